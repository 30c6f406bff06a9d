#include "client/humane.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>

#include "core/key_text.h"

namespace henge::client {

std::string grouped(std::int64_t number) {
  const std::string digits = std::to_string(number);
  const std::size_t sign = number < 0 ? 1 : 0;
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > sign && (digits.size() - i) % 3 == 0) out += ' ';
    out += digits[i];
  }
  return out;
}

std::string sizeText(std::int64_t bytes) {
  if (bytes < 1024) return fmt::format("{} B", bytes);
  const char* const units[] = {"KiB", "MiB", "GiB", "TiB"};
  double amount = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  while (amount >= 1023.95 && unit + 1 < std::size(units)) {
    amount /= 1024;
    ++unit;
  }
  return fmt::format("{:.1f} {}", amount, units[unit]);
}

std::string spanText(Duration span) {
  const std::int64_t seconds = std::max<std::int64_t>(0, span.micros / 1'000'000);
  const std::int64_t minutes = seconds / 60;
  const std::int64_t hours = minutes / 60;
  if (minutes == 0) return fmt::format("{} s", seconds);
  if (hours == 0) return fmt::format("{}m {}s", minutes, seconds % 60);
  if (hours < 24) return fmt::format("{}h {}m", hours, minutes % 60);
  return fmt::format("{}d {}h", hours / 24, hours % 24);
}

std::string millisText(Duration span) {
  return fmt::format("{:.2f} ms", static_cast<double>(span.micros) / 1000);
}

std::string offsetText(Duration offset) {
  const double ms = static_cast<double>(offset.micros) / 1000;
  if (std::abs(ms) < 0.05) return "0.0 ms";
  if (std::abs(ms) < 999.95) return fmt::format("{:+.1f} ms", ms);
  return fmt::format("{:+.1f} s", ms / 1000);
}

std::string percentText(double share) { return fmt::format("{:.1f} %", share * 100); }

std::string barText(double share, int fullWidth) {
  int blocks = static_cast<int>(std::lround(share * fullWidth));
  if (share > 0) blocks = std::max(blocks, 1);
  std::string bar;
  for (int i = 0; i < std::min(blocks, fullWidth); ++i) bar += "█";
  return bar;
}

std::string keyWord(BytesView key) {
  if (key.size() == 1) {
    const auto byte = static_cast<unsigned char>(key[0]);
    if (byte <= 0x20 || byte >= 0x7f) return fmt::format("u8:{}", byte);
  }
  return toKeyText(key);
}

std::string quotedKey(BytesView key) {
  const std::string text = keyWord(key);
  if (text != key && text.starts_with("u8:")) return text;
  const bool marked = text.starts_with('"') || (text.starts_with("x'") && text.ends_with('\''));
  if (marked) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string shellWord(BytesView key) {
  const std::string text = keyWord(key);
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || (c >= '0' && c <= '9') ||
           std::string_view("_-.:/@,+=%").find(c) != std::string_view::npos;
  });
  const std::string dashes = text.starts_with("--") ? "-- " : "";
  if (plain) return dashes + text;
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return dashes + out + "'";
}

std::string linePerSentence(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t stop = text.find(". ");
    out += out.empty() ? "" : "  ";
    if (stop == std::string_view::npos) return out.append(text) + "\n";
    out.append(text.substr(0, stop + 1)) += "\n";
    text.remove_prefix(stop + 2);
  }
  return out;
}

}  // namespace henge::client

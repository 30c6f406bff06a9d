#include "client/bench/workload.h"

#include <charconv>
#include <fmt/format.h>
#include <vector>

#include "core/did_you_mean.h"

namespace henge::bench {

namespace {

constexpr int shareMax = 1'000'000;

Error wrong(std::string message) { return {ErrorKind::invalidRequest, std::move(message)}; }

constexpr std::array<std::string_view, opKinds> names = {"get", "put", "insert", "rmw"};

std::optional<OpKind> kindOf(std::string_view name) {
  for (std::size_t i = 0; i < opKinds; ++i) {
    if (names[i] == name) return static_cast<OpKind>(i);
  }
  return std::nullopt;
}

std::vector<std::string_view> partsOf(std::string_view text) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t comma = text.find(',');
    parts.push_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

template <typename Number>
std::optional<Number> numberIn(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string_view nameOf(OpKind kind) { return names[static_cast<std::size_t>(kind)]; }

Status parseMix(std::string_view text, Workload& out) {
  std::array<int, opKinds> shares{};
  int sum = 0;
  for (const std::string_view part : partsOf(text)) {
    const std::size_t equals = part.find('=');
    const std::string_view name = part.substr(0, equals);
    const std::optional<OpKind> kind = kindOf(name);
    if (!kind) {
      const std::vector<std::string> known(names.begin(), names.end());
      return wrong(fmt::format("--mix knows get, put, insert and rmw, not \"{}\"{}", name,
                               didYouMean(name, known)));
    }
    const auto share =
        equals == std::string_view::npos ? std::nullopt : numberIn<int>(part.substr(equals + 1));
    if (!share || *share < 0 || *share > shareMax) {
      return wrong(
          fmt::format("--mix gives each kind a share, 0 to {}, as in get=50,put=50; \"{}\""
                      " has none",
                      shareMax, part));
    }
    shares[static_cast<std::size_t>(*kind)] = *share;
    sum += *share;
  }
  if (sum == 0) return wrong("--mix needs at least one share above 0");
  out.shares = shares;
  return {};
}

Status parseOrder(std::string_view text, Workload& out) {
  const std::size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  const bool hasTheta = colon != std::string_view::npos;
  if (name == "uniform" && !hasTheta) return out.order = KeyOrder::uniform, Status{};
  if (name == "sequential" && !hasTheta) return out.order = KeyOrder::sequential, Status{};
  if (name != "zipf" && name != "latest") {
    return wrong(fmt::format(
        "--keys_by is uniform, zipf, zipf:0.99, latest, latest:0.99 or sequential, not \"{}\"",
        text));
  }
  const std::optional<double> theta =
      hasTheta ? numberIn<double>(text.substr(colon + 1)) : std::optional(0.99);
  if (!theta || !(*theta > 0) || !(*theta < 1)) {
    return wrong(fmt::format("the skew after {}: is above 0 and below 1, not \"{}\"", name, text));
  }
  out.order = name == "zipf" ? KeyOrder::zipf : KeyOrder::latest;
  out.theta = *theta;
  return {};
}

Result<Workload> presetOf(std::string_view name) {
  Workload out;
  out.order = KeyOrder::zipf;
  if (name == "ycsb-a") return out.shares = {50, 50, 0, 0}, out;
  if (name == "ycsb-b") return out.shares = {95, 5, 0, 0}, out;
  if (name == "ycsb-c") return out.shares = {100, 0, 0, 0}, out;
  if (name == "ycsb-f") return out.shares = {50, 0, 0, 50}, out;
  if (name == "ycsb-d") {
    out.shares = {95, 0, 5, 0};
    out.order = KeyOrder::latest;
    return out;
  }
  if (name == "ycsb-e") return wrong("ycsb-e needs range scans, which are not there yet");
  return wrong(fmt::format("--workload is ycsb-a, -b, -c, -d or -f, not \"{}\"", name));
}

std::string toString(const Workload& workload) {
  int sum = 0;
  for (const int share : workload.shares) sum += share;
  std::string out;
  for (std::size_t i = 0; i < opKinds; ++i) {
    if (workload.shares[i] == 0) continue;
    out += fmt::format("{} {:.4g} % ", names[i], 100.0 * workload.shares[i] / sum);
  }
  switch (workload.order) {
    case KeyOrder::uniform:
      return out + "· uniform";
    case KeyOrder::zipf:
      return out + fmt::format("· zipf {:.4g}", workload.theta);
    case KeyOrder::latest:
      return out + fmt::format("· latest {:.4g}", workload.theta);
    case KeyOrder::sequential:
      return out + "· sequential";
  }
  return out;
}

}  // namespace henge::bench

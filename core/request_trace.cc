#include "core/request_trace.h"

#include <algorithm>

#include "core/bytes.h"
#include "core/text_table.h"

namespace henge {

namespace {

// At the end of a letter, so that what is left is still UTF-8.
std::string cut(std::string_view text, std::size_t bytesMax) {
  if (text.size() <= bytesMax) return printable(text);
  std::size_t end = bytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return printable(text.substr(0, end)) + "…";
}

std::string hex16(std::uint64_t number) {
  Bytes bytes;
  appendBigEndian64(bytes, number);
  return toHex(bytes);
}

}  // namespace

void RequestTrace::note(MonoTime at, NodeId node, std::string_view text) {
  if (steps_.size() == linesMax) {
    ++cut_;
    return;
  }
  steps_.push_back({toMillis(at - begun_), toString(node), cut(text, lineBytesMax)});
}

std::string RequestTrace::text(std::string_view title, MonoTime ended,
                               std::string_view closing) const {
  std::size_t atWidth = 0;
  std::size_t nodeWidth = 0;
  for (const Step& step : steps_) {
    atWidth = std::max(atWidth, step.at.size());
    nodeWidth = std::max(nodeWidth, step.node.size());
  }
  std::string out = "trace " + hex16(id_) + "  " + cut(title, lineBytesMax) + "  total " +
                    toMillis(ended - begun_) + " ms\n";
  for (const Step& step : steps_) {
    out += "  " + std::string(atWidth - step.at.size(), ' ') + step.at + "  " + step.node +
           std::string(nodeWidth - step.node.size(), ' ') + "  " + step.text + "\n";
  }
  if (cut_ > 0) out += "  " + std::to_string(cut_) + " more steps are not shown\n";
  return out + cut(closing, closingBytesMax) + "\n";
}

}  // namespace henge

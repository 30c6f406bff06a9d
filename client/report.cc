#include "client/report.h"

#include <algorithm>

namespace henge::client {

std::optional<NodeId> stamperOf(Version version, const Greeting& greeting,
                                const std::optional<RingView>& ring) {
  if (version.writer == 0) return std::nullopt;
  if (version.writer == greeting.writer) return greeting.node;
  if (!ring) return std::nullopt;
  for (const MemberView& view : ring->members) {
    if (view.writer == version.writer) return view.member.id;
  }
  return std::nullopt;
}

std::vector<std::string> linesOf(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace henge::client

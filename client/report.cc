#include "client/report.h"

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

}  // namespace henge::client

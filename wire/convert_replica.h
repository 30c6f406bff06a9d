// replica.thrift ↔ core. Private to wire: generated headers are in it.
#pragma once

#include <optional>
#include <string>
#include <thrift_gen/Replica.h>

#include "core/member_claim.h"
#include "core/peer_hello.h"
#include "core/replica_message.h"
#include "wire/convert_types.h"

namespace henge::wire {

thrift::PeerHelloRequest toThrift(const PeerHello& hello);
// Everything that decides must be there: the answer names the first field that is not.
std::optional<std::string> toCore(thrift::PeerHelloRequest& in, PeerHello& out);

// Requests: the deadline and the fields 20 and up are the door's and the link's to fill or check.
thrift::ApplyRequest toThrift(ApplyRequest request);
thrift::FetchRequest toThrift(FetchRequest request);
std::optional<std::string> toCore(thrift::ApplyRequest& in, ApplyRequest& out);
std::optional<std::string> toCore(thrift::FetchRequest& in, FetchRequest& out);

thrift::ApplyAnswer toThrift(const ApplyReply& reply);
thrift::FetchAnswer toThrift(FetchReply reply);
// An answer that says nothing understandable is `failed` (unknown), or for a fetch `refused`.
ApplyReply toCore(const thrift::ApplyAnswer& answer);
FetchReply toCore(thrift::FetchAnswer& answer);

// At most claimsMax of them: no message bears more. What cannot be understood is left out – also a
// standing that a later release may know.
inline constexpr std::size_t claimsMax = 64;
std::vector<thrift::Claim> toThrift(const std::vector<Claim>& claims);
std::vector<Claim> toCore(const std::vector<thrift::Claim>& claims);

}  // namespace henge::wire

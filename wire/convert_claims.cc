// The rumours of the failure detector; the rest of replica.thrift is in convert_replica.cc.
#include "wire/convert_replica.h"

namespace henge::wire {

static_assert(static_cast<int>(Standing::alive) == thrift::Standing::ALIVE);
static_assert(static_cast<int>(Standing::dead) == thrift::Standing::DEAD);

std::vector<thrift::Claim> toThrift(const std::vector<Claim>& claims) {
  std::vector<thrift::Claim> out;
  for (const Claim& claim : claims) {
    if (out.size() == claimsMax) break;
    thrift::Claim& one = out.emplace_back();
    one.__set_about(toThrift(claim.about));
    one.__set_standing(static_cast<thrift::Standing::type>(claim.standing));
    one.__set_boot(toSigned(claim.incarnation.boot));
    one.__set_refuted(toSigned(claim.incarnation.refuted));
    one.__set_by(toThrift(claim.by));
  }
  return out;
}

std::vector<Claim> toCore(const std::vector<thrift::Claim>& claims) {
  std::vector<Claim> out;
  for (const thrift::Claim& claim : claims) {
    if (out.size() == claimsMax) break;
    const auto& is = claim.__isset;
    const int standing = is.standing ? rawNumber(claim.standing) : 0;
    const bool known = thrift::Standing::ALIVE <= standing && standing <= thrift::Standing::DEAD;
    if (!known || !is.about || !is.boot || !is.refuted || !is.by) continue;
    out.push_back({toNode(claim.about),
                   static_cast<Standing>(standing),
                   {toUnsigned(claim.boot), toUnsigned(claim.refuted)},
                   toNode(claim.by)});
  }
  return out;
}

}  // namespace henge::wire

#include "server/membership/peer_file.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace henge::membership {
namespace {

PeerFile fullFile() {
  PeerFile file;
  file.cluster = {0x5f3a9c0012d4e8b7};
  file.self = {2};
  file.directory = {0xd2};
  file.confirmed = true;
  file.ownRebuilding = "a segment is damaged";
  RememberedPeer peer{{1}, {0xd1}, {7, 0x77}, {6, 0x66}, {12, 4096}, true, {}};
  file.peers.push_back(peer);
  peer.node = {3};
  peer.syncedBinds = false;
  peer.objection = Objection{{0xd3}, "another directory"};
  file.peers.push_back(peer);
  return file;
}

TEST(PeerFile, roundTrip) {
  const PeerFile file = fullFile();
  const Result<PeerFile> back = decodePeerFile(encode(file));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(*back, file);
  EXPECT_EQ(*decodePeerFile(encode(PeerFile())), PeerFile());
}

// The bytes as docs/format/peers.md has them: they must not change under version 1.
TEST(PeerFile, bytesStandAsDocumented) {
  PeerFile file = fullFile();
  file.ownRebuilding = "why";
  file.peers.resize(1);
  const Bytes bytes = encode(file);
  EXPECT_EQ(toHex(bytes.substr(0, bytes.size() - 8)),
            "48454e4745505253"                  // HENGEPRS
            "01000000"                          // format
            "03000000"                          // confirmed, rebuilding
            "b7e8d412009c3a5f"                  // cluster
            "02000000"                          // this node
            "01000000"                          // peers
            "d200000000000000"                  // directory
            "03000000776879"                    // why
            "01000000"                          // peer 1
            "01000000"                          // its position binds
            "d100000000000000"                  // its directory
            "07000000000000007700000000000000"  // boot, nonce
            "06000000000000006600000000000000"  // the start before
            "0c000000000000000010000000000000"  // synced
            "0000000000000000"                  // directory objected to
            "00000000");                        // why
  EXPECT_EQ(bytes.size(), 131u);
}

TEST(PeerFile, everyDamageIsNoticed) {
  const Bytes bytes = encode(fullFile());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    Bytes damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    ASSERT_FALSE(decodePeerFile(damaged).ok()) << "byte " << at;
    EXPECT_EQ(decodePeerFile(damaged).error().kind, ErrorKind::corrupt) << "byte " << at;
    ASSERT_FALSE(decodePeerFile(bytes.substr(0, at)).ok()) << "cut at " << at;
  }
  EXPECT_EQ(decodePeerFile("").error().kind, ErrorKind::corrupt);
  EXPECT_EQ(decodePeerFile(bytes + "x").error().kind, ErrorKind::corrupt);
}

Bytes withChecksum(Bytes body) {
  const std::uint64_t hash = hash64(body);
  for (int i = 0; i < 8; ++i) body.push_back(static_cast<char>(hash >> (8 * i)));
  return body;
}

TEST(PeerFile, aNewerFormatIsRefusedByName) {
  Bytes body = encode(PeerFile());
  body.resize(body.size() - 8);
  body[8] = 2;
  const Error error = decodePeerFile(withChecksum(body)).error();
  EXPECT_EQ(error.kind, ErrorKind::mismatch);
  EXPECT_NE(error.message.find("format 2"), std::string::npos);
}

TEST(PeerFile, fieldsThatDoNotAddUpAreRefused) {
  Bytes body = encode(fullFile());
  body.resize(body.size() - 8);
  Bytes flags = body;
  flags[12] = 4;  // a flag nobody knows
  EXPECT_FALSE(decodePeerFile(withChecksum(flags)).ok());
  Bytes count = body;
  count[31] = 0x7f;  // two thousand million peers
  EXPECT_FALSE(decodePeerFile(withChecksum(count)).ok());
  Bytes length = body;
  length[43] = 0x7f;  // a reason of two thousand million bytes
  EXPECT_FALSE(decodePeerFile(withChecksum(length)).ok());

  PeerFile twice = fullFile();
  twice.peers[1].node = twice.peers[0].node;
  EXPECT_FALSE(decodePeerFile(encode(twice)).ok());
}

TEST(PeerFile, longReasonsAreCut) {
  PeerFile file = fullFile();
  file.ownRebuilding = std::string(10'000, 'r');
  EXPECT_EQ(decodePeerFile(encode(file))->ownRebuilding, std::string(reasonBytesMax, 'r'));
}

RC_GTEST_PROP(PeerFile, anythingComesBackAsItWas, ()) {
  PeerFile file;
  file.cluster = {*rc::gen::arbitrary<std::uint64_t>()};
  file.confirmed = *rc::gen::arbitrary<bool>();
  if (*rc::gen::arbitrary<bool>()) file.ownRebuilding = *rc::gen::arbitrary<std::string>();
  const auto nodes = *rc::gen::unique<std::vector<std::uint32_t>>(rc::gen::inRange(0U, 100U));
  for (const std::uint32_t node : std::set<std::uint32_t>(nodes.begin(), nodes.end())) {
    RememberedPeer peer;
    peer.node = {node};
    peer.directory = {*rc::gen::arbitrary<std::uint64_t>()};
    peer.incarnation = {*rc::gen::arbitrary<std::uint64_t>(), *rc::gen::arbitrary<std::uint64_t>()};
    peer.synced = {*rc::gen::arbitrary<std::uint64_t>(), *rc::gen::arbitrary<std::uint64_t>()};
    peer.syncedBinds = *rc::gen::arbitrary<bool>();
    if (*rc::gen::arbitrary<bool>()) peer.objection = Objection{{node}, "because"};
    file.peers.push_back(peer);
  }
  RC_ASSERT(decodePeerFile(encode(file)).ok());
  RC_ASSERT(*decodePeerFile(encode(file)) == file);
}

RC_GTEST_PROP(PeerFile, noiseIsNoFile, (const std::string& noise)) {
  RC_ASSERT(!decodePeerFile(withChecksum("HENGEPRS" + std::string("\1\0\0\0", 4) + noise)).ok() ||
            noise.size() >= 32);
}

}  // namespace
}  // namespace henge::membership

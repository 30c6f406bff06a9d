#include "server/membership/peer_file.h"

#include <array>
#include <cassert>
#include <concepts>
#include <string_view>

namespace henge::membership {
namespace {

constexpr std::string_view magic = "HENGEPRS";
constexpr std::uint32_t confirmedBit = 1;
constexpr std::uint32_t rebuildingBit = 2;
constexpr std::uint32_t bindsBit = 1;
constexpr std::uint32_t objectionBit = 2;
constexpr std::uint32_t peersMax = 16'384;  // far above any cluster; keeps a bad count harmless

template <std::unsigned_integral T>
void put(Bytes& out, T value) {
  std::array<char, sizeof(T)> bytes{};
  for (std::size_t i = 0; i < sizeof(T); ++i) bytes[i] = static_cast<char>(value >> (8 * i));
  out.append(bytes.data(), bytes.size());
}

void putText(Bytes& out, const std::string& text) {
  const std::string cut = text.substr(0, reasonBytesMax);
  put(out, static_cast<std::uint32_t>(cut.size()));
  out += cut;
}

void putPeer(Bytes& out, const RememberedPeer& peer) {
  put(out, peer.node.value);
  put(out, (peer.syncedBinds ? bindsBit : 0U) | (peer.objection ? objectionBit : 0U));
  put(out, peer.directory.value);
  put(out, peer.incarnation.boot);
  put(out, peer.incarnation.nonce);
  put(out, peer.before.boot);
  put(out, peer.before.nonce);
  put(out, peer.synced.segment);
  put(out, peer.synced.offset);
  put(out, peer.objection ? peer.objection->directory.value : std::uint64_t{0});
  putText(out, peer.objection ? peer.objection->reason : std::string());
}

// Takes fields off the front. After the first that is not there, ok() is false and all are zero.
class Cursor {
 public:
  explicit Cursor(BytesView bytes) : left_(bytes) {}

  template <std::unsigned_integral T>
  T take() {
    T value = 0;
    const BytesView raw = takeBytes(sizeof(T));
    for (std::size_t i = 0; i < raw.size(); ++i) {
      value = static_cast<T>(value | static_cast<T>(static_cast<unsigned char>(raw[i])) << (8 * i));
    }
    return value;
  }
  std::string takeText() {
    const auto length = take<std::uint32_t>();
    if (length > reasonBytesMax) ok_ = false;
    return std::string(takeBytes(length));
  }
  BytesView takeBytes(std::size_t length) {
    if (!ok_ || left_.size() < length) return ok_ = false, BytesView();
    const BytesView taken = left_.substr(0, length);
    left_.remove_prefix(length);
    return taken;
  }
  void demand(bool holds) { ok_ = ok_ && holds; }
  bool ok() const { return ok_; }
  bool atEnd() const { return left_.empty(); }

 private:
  BytesView left_;
  bool ok_ = true;
};

RememberedPeer takePeer(Cursor& in) {
  RememberedPeer peer;
  peer.node = NodeId{in.take<std::uint32_t>()};
  const auto flags = in.take<std::uint32_t>();
  in.demand((flags & ~(bindsBit | objectionBit)) == 0);
  peer.syncedBinds = (flags & bindsBit) != 0;
  peer.directory = DirectoryId{in.take<std::uint64_t>()};
  peer.incarnation.boot = in.take<std::uint64_t>();
  peer.incarnation.nonce = in.take<std::uint64_t>();
  peer.before.boot = in.take<std::uint64_t>();
  peer.before.nonce = in.take<std::uint64_t>();
  peer.synced.segment = in.take<std::uint64_t>();
  peer.synced.offset = in.take<std::uint64_t>();
  const DirectoryId objected{in.take<std::uint64_t>()};
  std::string reason = in.takeText();
  if ((flags & objectionBit) != 0) peer.objection = Objection{objected, std::move(reason)};
  return peer;
}

PeerFile takeFile(Cursor& in) {
  PeerFile file;
  const auto flags = in.take<std::uint32_t>();
  in.demand((flags & ~(confirmedBit | rebuildingBit)) == 0);
  file.confirmed = (flags & confirmedBit) != 0;
  file.cluster = ClusterId{in.take<std::uint64_t>()};
  file.self = NodeId{in.take<std::uint32_t>()};
  const auto count = in.take<std::uint32_t>();
  in.demand(count <= peersMax);
  file.directory = DirectoryId{in.take<std::uint64_t>()};
  std::string reason = in.takeText();
  if ((flags & rebuildingBit) != 0) file.ownRebuilding = std::move(reason);
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
    RememberedPeer peer = takePeer(in);
    in.demand(file.peers.empty() || file.peers.back().node < peer.node);
    file.peers.push_back(std::move(peer));
  }
  return file;
}

Error corrupt(const std::string& what) {
  return {ErrorKind::corrupt, "the file peers is damaged (" + what +
                                  "): without it a node that lost its data could not be told"};
}

}  // namespace

Bytes encode(const PeerFile& file) {
  assert(file.peers.size() <= peersMax);
  Bytes out(magic);
  put(out, peerFileFormat);
  put(out, (file.confirmed ? confirmedBit : 0U) | (file.ownRebuilding ? rebuildingBit : 0U));
  put(out, file.cluster.value);
  put(out, file.self.value);
  put(out, static_cast<std::uint32_t>(file.peers.size()));
  put(out, file.directory.value);
  putText(out, file.ownRebuilding.value_or(""));
  for (const RememberedPeer& peer : file.peers) putPeer(out, peer);
  put(out, hash64(out));
  assert(out.size() <= peerFileBytesMax);
  return out;
}

Result<PeerFile> decodePeerFile(BytesView bytes) {
  if (!bytes.starts_with(magic)) return corrupt("it does not begin with HENGEPRS");
  if (bytes.size() < magic.size() + 12) return corrupt("it is too short");
  const BytesView body = bytes.substr(0, bytes.size() - 8);
  if (Cursor(bytes.substr(body.size())).take<std::uint64_t>() != hash64(body)) {
    return corrupt("its checksum does not fit");
  }
  Cursor in(body.substr(magic.size()));
  const auto format = in.take<std::uint32_t>();
  if (format > peerFileFormat) {
    return Error{ErrorKind::mismatch, "the file peers has format " + std::to_string(format) +
                                          ", this program knows " + std::to_string(peerFileFormat) +
                                          " and older"};
  }
  PeerFile file = takeFile(in);
  if (format == 0 || !in.ok() || !in.atEnd()) return corrupt("its fields do not add up");
  return file;
}

}  // namespace henge::membership

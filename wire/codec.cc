#include "wire/codec.h"

#include <limits>

namespace henge::wire {

namespace {

// The guard has measured every string and container against the bytes that are there; these only
// make Thrift's own "no limit" a number.
constexpr std::int32_t sizeMax = std::numeric_limits<std::int32_t>::max() / 4;

}  // namespace

Decoder::Decoder() : buffer_(std::make_shared<Buffer>()) { renew(); }

void Decoder::renew() {
  using apache::thrift::protocol::TBinaryProtocolT;
  using apache::thrift::protocol::TCompactProtocolT;
  binary_ = std::make_unique<TBinaryProtocolT<Buffer>>(buffer_, sizeMax, sizeMax, true, true);
  compact_ = std::make_unique<TCompactProtocolT<Buffer>>(buffer_, sizeMax, sizeMax);
}

void FrameSink::begin() { frame_.assign(4, '\0'); }

Bytes FrameSink::end() {
  const auto length = static_cast<std::uint32_t>(frame_.size() - 4);
  for (std::size_t i = 0; i < 4; ++i) frame_[i] = static_cast<char>(length >> (24 - 8 * i));
  return std::move(frame_);
}

Encoder::Encoder() : sink_(std::make_shared<FrameSink>()), binary_(sink_), compact_(sink_) {}

apache::thrift::protocol::TProtocol& Encoder::beginMessage(const FrameHead& head) {
  using apache::thrift::protocol::TProtocol;
  TProtocol& protocol = head.encoding == Encoding::binary ? static_cast<TProtocol&>(binary_)
                                                          : static_cast<TProtocol&>(compact_);
  protocol.writeMessageBegin(
      head.name, static_cast<apache::thrift::protocol::TMessageType>(head.kind), head.seqid);
  return protocol;
}

Bytes Encoder::endMessage(apache::thrift::protocol::TProtocol& protocol) {
  protocol.writeMessageEnd();
  return sink_->end();
}

}  // namespace henge::wire

#include "wire/codec.h"

#include <algorithm>
#include <limits>

namespace henge::wire {

Decoder::Decoder() : buffer_(std::make_shared<Buffer>()) {}

// The guard has measured strings and containers by the types that the message names for their
// elements. Thrift goes by those of the schema and reserves before it reads, so it is told what
// there can be at most: one element or character for each byte. That of a compact protocol cannot
// be changed later.
apache::thrift::protocol::TProtocol& Decoder::protocolFor(const MessageHead& head) {
  using apache::thrift::protocol::TBinaryProtocolT;
  using apache::thrift::protocol::TCompactProtocolT;
  const auto most = static_cast<std::int32_t>(
      std::clamp<std::size_t>(head.body.size(), 1, std::numeric_limits<std::int32_t>::max()));
  if (head.encoding == Encoding::compact) {
    compact_ = std::make_unique<TCompactProtocolT<Buffer>>(buffer_, most, most);
    return *compact_;
  }
  if (!binary_)
    binary_ = std::make_unique<TBinaryProtocolT<Buffer>>(buffer_, most, most, true, true);
  binary_->setStringSizeLimit(most);
  binary_->setContainerSizeLimit(most);
  return *binary_;
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

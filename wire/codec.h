// Generated structs to bytes and back. The only place that runs Thrift's protocols, and where their
// exceptions end. Private to wire: Thrift's headers are in it.
#pragma once

#include <memory>
#include <string>
#include <thrift/TApplicationException.h>
#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/protocol/TCompactProtocol.h>
#include <thrift/transport/TBufferTransports.h>

#include "core/bytes.h"
#include "core/result.h"
#include "wire/encoding.h"
#include "wire/message_guard.h"

namespace henge::wire {

// Reads bodies that inspect() has passed. Reused for message after message.
class Decoder {
 public:
  Decoder();

  template <typename Struct>
  Status read(const MessageHead& head, Struct& out) {
    using apache::thrift::protocol::TProtocol;
    return readWith(head, [&out](TProtocol& protocol) { out.read(&protocol); });
  }

 private:
  using Buffer = apache::thrift::transport::TMemoryBuffer;

  template <typename Read>
  Status readWith(const MessageHead& head, Read read);
  apache::thrift::protocol::TProtocol& protocolFor(const MessageHead& head);

  std::shared_ptr<Buffer> buffer_;
  std::unique_ptr<apache::thrift::protocol::TBinaryProtocolT<Buffer>> binary_;
  std::unique_ptr<apache::thrift::protocol::TCompactProtocolT<Buffer>> compact_;  // of one message
};

// A transport that writes into a string: what is encoded is sent without another copy.
class FrameSink final : public apache::thrift::transport::TVirtualTransport<FrameSink> {
 public:
  bool isOpen() const override { return true; }
  void write(const std::uint8_t* bytes, std::uint32_t count) {
    frame_.append(reinterpret_cast<const char*>(bytes), count);
  }
  void begin();
  Bytes end();  // with the length in front

 private:
  Bytes frame_;
};

// What a message is, beside its body.
struct FrameHead {
  Encoding encoding = Encoding::binary;
  MessageKind kind = MessageKind::call;
  std::string name;
  std::int32_t seqid = 0;
};

class Encoder {
 public:
  Encoder();

  // Length, message head and `body`, ready to be sent.
  template <typename Struct>
  Bytes write(const FrameHead& head, const Struct& body) {
    sink_->begin();
    apache::thrift::protocol::TProtocol& protocol = beginMessage(head);
    body.write(&protocol);
    return endMessage(protocol);
  }

 private:
  apache::thrift::protocol::TProtocol& beginMessage(const FrameHead& head);
  Bytes endMessage(apache::thrift::protocol::TProtocol& protocol);

  std::shared_ptr<FrameSink> sink_;
  apache::thrift::protocol::TBinaryProtocolT<FrameSink> binary_;
  apache::thrift::protocol::TCompactProtocolT<FrameSink> compact_;
};

template <typename Read>
Status Decoder::readWith(const MessageHead& head, Read read) {
  auto* const bytes = reinterpret_cast<std::uint8_t*>(const_cast<char*>(head.body.data()));
  buffer_->resetBuffer(bytes, static_cast<std::uint32_t>(head.body.size()), Buffer::OBSERVE);
  Status status;
  try {
    read(protocolFor(head));
  } catch (const std::exception&) {
    status = Error{ErrorKind::corrupt, "a message that cannot be decoded"};
    binary_.reset();  // it remembers the struct it was in
  }
  buffer_->readEnd();  // else the 100 MiB that one buffer may read in its life run out
  return status;
}

}  // namespace henge::wire

#include "tests/unit/wire/random_message.h"

#include <memory>
#include <string>
#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/protocol/TCompactProtocol.h>
#include <thrift/transport/TBufferTransports.h>

namespace henge::wire {

namespace {

using namespace apache::thrift::protocol;
using apache::thrift::transport::TMemoryBuffer;

std::unique_ptr<TProtocol> protocolOver(const std::shared_ptr<TMemoryBuffer>& buffer,
                                        Encoding encoding) {
  if (encoding == Encoding::binary) {
    return std::make_unique<TBinaryProtocolT<TMemoryBuffer>>(buffer, 0, 0, true, true);
  }
  return std::make_unique<TCompactProtocolT<TMemoryBuffer>>(buffer, 0, 0);
}

class Writer {
 public:
  Writer(std::mt19937_64& random, TProtocol& out, const MessageShape& shape)
      : random_(random), out_(out), shape_(shape) {}

  void structure(int depth) {
    out_.writeStructBegin("s");
    for (std::uint64_t left = random_() % (shape_.fieldsMax + 1); left > 0; --left) {
      const TType type = someType(depth);
      // Far apart now and then: the compact protocol then writes the number whole.
      const auto number = static_cast<std::int16_t>(random_() % (random_() % 4 == 0 ? 30'000 : 40));
      out_.writeFieldBegin("f", type, number);
      value(type, depth);
      out_.writeFieldEnd();
    }
    out_.writeFieldStop();
    out_.writeStructEnd();
  }

 private:
  TType someType(int depth) {
    static constexpr TType flat[] = {T_BOOL, T_BYTE, T_DOUBLE, T_I16, T_I32, T_I64, T_STRING};
    static constexpr TType deep[] = {T_STRUCT, T_MAP, T_SET, T_LIST};
    const bool isDeep = depth < shape_.depthMax && random_() % 3 == 0;
    return isDeep ? deep[random_() % 4] : flat[random_() % 7];
  }

  void value(TType type, int depth) {
    // Small and large, negative and not: varints of every length.
    const auto number = static_cast<std::int64_t>(random_() >> random_() % 64);
    switch (type) {
      case T_BOOL:
        out_.writeBool(number % 2 == 0);
        return;
      case T_BYTE:
        out_.writeByte(static_cast<std::int8_t>(number));
        return;
      case T_DOUBLE:
        out_.writeDouble(static_cast<double>(number) / 3);
        return;
      case T_I16:
        out_.writeI16(static_cast<std::int16_t>(number));
        return;
      case T_I32:
        out_.writeI32(static_cast<std::int32_t>(number));
        return;
      case T_I64:
        out_.writeI64(random_() % 2 == 0 ? number : -number);
        return;
      case T_STRING:
        out_.writeBinary(someString());
        return;
      case T_STRUCT:
        structure(depth + 1);
        return;
      default:
        container(type, depth + 1);
    }
  }

  void container(TType type, int depth) {
    const auto count = static_cast<std::uint32_t>(random_() % (shape_.elementsMax + 1));
    const TType first = someType(depth);
    const TType second = someType(depth);
    if (type == T_MAP) out_.writeMapBegin(first, second, count);
    if (type == T_LIST) out_.writeListBegin(first, count);
    if (type == T_SET) out_.writeSetBegin(first, count);
    for (std::uint32_t i = 0; i < count; ++i) {
      value(first, depth);
      if (type == T_MAP) value(second, depth);
    }
  }

  std::string someString() {
    std::string out(random_() % (shape_.stringBytesMax + 1), '\0');
    for (char& c : out) c = static_cast<char>(random_());
    return out;
  }

  std::mt19937_64& random_;
  TProtocol& out_;
  const MessageShape& shape_;
};

}  // namespace

Bytes randomMessage(std::mt19937_64& random, Encoding encoding, const MessageShape& shape) {
  const auto buffer = std::make_shared<TMemoryBuffer>();
  const std::unique_ptr<TProtocol> protocol = protocolOver(buffer, encoding);
  const std::string name(1 + random() % 20, 'm');
  protocol->writeMessageBegin(name, T_CALL, static_cast<std::int32_t>(random()));
  Writer(random, *protocol, shape).structure(0);
  protocol->writeMessageEnd();
  return buffer->getBufferAsString();
}

std::size_t endByThrift(BytesView bytes, Encoding encoding) {
  auto* const begin = reinterpret_cast<std::uint8_t*>(const_cast<char*>(bytes.data()));
  const auto buffer = std::make_shared<TMemoryBuffer>(
      begin, static_cast<std::uint32_t>(bytes.size()), TMemoryBuffer::OBSERVE);
  const std::unique_ptr<TProtocol> protocol = protocolOver(buffer, encoding);
  std::string name;
  TMessageType kind = T_CALL;
  std::int32_t seqid = 0;
  try {
    protocol->readMessageBegin(name, kind, seqid);
    protocol->skip(T_STRUCT);
  } catch (const apache::thrift::TException&) {
    return 0;
  }
  return bytes.size() - buffer->available_read();
}

}  // namespace henge::wire

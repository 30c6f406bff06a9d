#include "server/storage/identity.h"

#include <string>

#include "server/storage/little_endian.h"

namespace henge::storage {

namespace {

constexpr BytesView magic = "HENGEIDN";
constexpr std::uint32_t identityFormat = 1;
constexpr std::size_t checksumBytes = 8;

enum Field : std::uint32_t {
  fieldCluster = 1,
  fieldNode,
  fieldDirectory,
  fieldBoot,
  fieldShards,
  fieldWriter,
  fieldRingHash,
  fieldTokens,
  fieldEra,
  fieldHashSeed,
};
constexpr std::uint32_t fieldsNeeded = fieldWriter;  // 1 to this

void appendField64(Bytes& out, Field field, std::uint64_t value) {
  appendU32(out, field);
  appendU32(out, 8);
  appendU64(out, value);
}

void appendField32(Bytes& out, Field field, std::uint32_t value) {
  appendU32(out, field);
  appendU32(out, 4);
  appendU32(out, value);
}

bool decodeField(std::uint32_t field, BytesView bytes, Identity& out) {
  LittleEndianReader in(bytes);
  switch (field) {
    case fieldCluster:
      out.cluster.value = in.u64();
      break;
    case fieldNode:
      out.node.value = in.u32();
      break;
    case fieldDirectory:
      out.directory.value = in.u64();
      break;
    case fieldBoot:
      out.boot = in.u64();
      break;
    case fieldShards:
      out.shards = in.u32();
      break;
    case fieldWriter:
      out.writer = in.u64();
      break;
    case fieldRingHash:
      out.ringHash = in.u64();
      break;
    case fieldTokens:
      while (in.ok() && !in.atEnd()) out.tokens.emplace_back(in.sized());
      break;
    case fieldEra:
      out.era = in.u64();
      break;
    case fieldHashSeed:
      out.hashSeed = in.u64();
      break;
    default:
      out.extensions.emplace(field, in.bytes(bytes.size()));
  }
  return in.ok() && in.atEnd();
}

Error unreadable(const std::string& why) {
  return {ErrorKind::corrupt, "the identity file cannot be read: " + why};
}

}  // namespace

Bytes encode(const Identity& identity) {
  Bytes fields;
  appendField64(fields, fieldCluster, identity.cluster.value);
  appendField32(fields, fieldNode, identity.node.value);
  appendField64(fields, fieldDirectory, identity.directory.value);
  appendField64(fields, fieldBoot, identity.boot);
  appendField32(fields, fieldShards, identity.shards);
  appendField64(fields, fieldWriter, identity.writer);
  appendField64(fields, fieldRingHash, identity.ringHash);
  Bytes tokens;
  for (const Bytes& token : identity.tokens) appendSized(tokens, token);
  appendU32(fields, fieldTokens);
  appendSized(fields, tokens);
  appendField64(fields, fieldEra, identity.era);
  appendField64(fields, fieldHashSeed, identity.hashSeed);
  for (const auto& [number, bytes] : identity.extensions) {
    appendU32(fields, number);
    appendSized(fields, bytes);
  }

  Bytes out(magic);
  appendU32(out, identityFormat);
  appendSized(out, fields);
  appendU64(out, hash64(out));
  return out;
}

Result<Identity> decodeIdentity(BytesView bytes) {
  if (!bytes.starts_with(magic)) return unreadable("it is none");
  BytesView covered = bytes.substr(0, bytes.size() - checksumBytes);
  if (LittleEndianReader(bytes.substr(covered.size())).u64() != hash64(covered))
    return unreadable("its checksum is wrong");
  LittleEndianReader in(covered);
  in.bytes(magic.size());
  std::uint32_t format = in.u32();
  if (in.ok() && format > identityFormat)
    return Error{ErrorKind::mismatch, "the identity file has format " + std::to_string(format) +
                                          "; this version knows 1"};
  BytesView fields = in.sized();
  if (!in.ok() || !in.atEnd() || format != identityFormat) return unreadable("its length is wrong");
  Identity out;
  LittleEndianReader next(fields);
  std::uint32_t last = 0;
  while (next.ok() && !next.atEnd()) {
    std::uint32_t field = next.u32();
    BytesView value = next.sized();
    if (field <= last || (field <= fieldsNeeded && field != last + 1))
      return unreadable("field " + std::to_string(last + 1) + " is missing");
    if (!next.ok() || !decodeField(field, value, out))
      return unreadable("field " + std::to_string(field) + " is broken");
    last = field;
  }
  if (last < fieldsNeeded) return unreadable("field " + std::to_string(last + 1) + " is missing");
  return out;
}

}  // namespace henge::storage

// zstd as two functions of bytes (docs/decisions/0010-zstd-inside-core.md). Pure.
#pragma once

#include <memory>
#include <optional>

#include "core/bytes.h"

namespace henge {

// Compresses one piece after another with one context of about 1 MiB. Thread: its owner's only.
class Compressor {
 public:
  Compressor();
  ~Compressor();
  Compressor(Compressor&&) noexcept;
  Compressor& operator=(Compressor&&) noexcept;

  // Appends one frame to `out`, if it has at most `frameBytesMax`. False: `out` is as it was.
  bool append(Bytes& out, BytesView content, std::size_t frameBytesMax);

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// The content of `frame`, which must be exactly one frame that says itself that its content has
// `contentBytes`. That much is reserved: the caller has compared it with a limit. nullopt: it is
// not that, or damaged.
std::optional<Bytes> decompressed(BytesView frame, std::size_t contentBytes);

}  // namespace henge

#include "core/compression.h"

#include <cassert>
#include <zstd.h>

namespace henge {

namespace {

// The fastest: a log is written once and hardly ever read.
constexpr int level = 1;

}  // namespace

struct Compressor::Context {
  struct Free {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  };
  std::unique_ptr<ZSTD_CCtx, Free> zstd{ZSTD_createCCtx()};
};

Compressor::Compressor() : context_(std::make_unique<Context>()) {
  assert(context_->zstd != nullptr);
}
Compressor::~Compressor() = default;
Compressor::Compressor(Compressor&&) noexcept = default;
Compressor& Compressor::operator=(Compressor&&) noexcept = default;

bool Compressor::append(Bytes& out, BytesView content, std::size_t frameBytesMax) {
  const std::size_t before = out.size();
  out.resize(before + frameBytesMax);
  const std::size_t length =
      ZSTD_compressCCtx(context_->zstd.get(), out.data() + before, frameBytesMax, content.data(),
                        content.size(), level);
  const bool fits = ZSTD_isError(length) == 0;
  out.resize(fits ? before + length : before);
  return fits;
}

std::optional<Bytes> decompressed(BytesView frame, std::size_t contentBytes) {
  // Cheap checks first: nothing is reserved for what cannot be it.
  if (ZSTD_getFrameContentSize(frame.data(), frame.size()) != contentBytes) return std::nullopt;
  if (ZSTD_findFrameCompressedSize(frame.data(), frame.size()) != frame.size()) return std::nullopt;
  Bytes content(contentBytes, '\0');
  const std::size_t length =
      ZSTD_decompress(content.data(), contentBytes, frame.data(), frame.size());
  if (ZSTD_isError(length) != 0 || length != contentBytes) return std::nullopt;
  return content;
}

}  // namespace henge

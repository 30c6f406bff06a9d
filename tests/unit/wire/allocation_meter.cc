#include "tests/unit/wire/allocation_meter.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <malloc.h>
#include <new>

namespace {

std::atomic<bool> metering = false;
std::atomic<std::ptrdiff_t> held = 0;
std::atomic<std::ptrdiff_t> peak = 0;

void* metered(std::size_t bytes) {
  void* const block = std::malloc(bytes == 0 ? 1 : bytes);
  if (block == nullptr) throw std::bad_alloc();
  if (metering) {
    held += static_cast<std::ptrdiff_t>(malloc_usable_size(block));
    peak = std::max(peak.load(), held.load());
  }
  return block;
}

void release(void* block) {
  if (metering && block != nullptr) held -= static_cast<std::ptrdiff_t>(malloc_usable_size(block));
  std::free(block);
}

}  // namespace

void* operator new(std::size_t bytes) { return metered(bytes); }
void* operator new[](std::size_t bytes) { return metered(bytes); }
void operator delete(void* block) noexcept { release(block); }
void operator delete[](void* block) noexcept { release(block); }
void operator delete(void* block, std::size_t) noexcept { release(block); }
void operator delete[](void* block, std::size_t) noexcept { release(block); }

namespace henge::wire {

AllocationMeter::AllocationMeter() {
  held = 0;
  peak = 0;
  metering = true;
}

AllocationMeter::~AllocationMeter() { metering = false; }

std::size_t AllocationMeter::peakBytes() const {
  return static_cast<std::size_t>(std::max<std::ptrdiff_t>(peak, 0));
}

}  // namespace henge::wire

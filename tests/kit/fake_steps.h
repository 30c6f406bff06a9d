// What the calls of a disk are made of, step by step, as server/runtime/posix_files.cc makes them.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "server/ports/disk.h"
#include "tests/kit/fake_faults.h"
#include "tests/kit/fake_file_system.h"

namespace henge::kit {

// A call that has not ended.
struct DiskOp {
  OpId op{};
  ports::DiskSink* sink = nullptr;
  DiskCall call = DiskCall::sync;
  std::string path{};        // the file that is worked on: of a replace() the new one
  std::string to{};          // rename and replace: its name in the end
  std::uint64_t number = 0;  // offset, size or characters of the path done, as the call needs
  std::uint64_t length = 0;
  Bytes bytes{};
  std::optional<DiskFault> fault{};
  std::size_t step = 0;
};

// In the order of the calls; the first is the one in work.
using DiskLane = std::deque<DiskOp>;

// The name that replace() of `path` writes first.
inline std::string freshName(const std::string& path) { return path + ".new"; }

// Does one step; its result if that was the last one.
std::optional<ports::DiskResult> advance(FakeFileSystem& files, DiskOp& op);
// Does all that are left.
ports::DiskResult finish(FakeFileSystem& files, DiskOp& op);

}  // namespace henge::kit

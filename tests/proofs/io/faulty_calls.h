// The system calls of this very program that touch files, in front of the C library's: the n-th of
// a kind fails as it is told. The code above – our disk, RocksDB – is the one that ships.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace henge::proofs {

enum class Call : std::uint8_t {
  open,
  write,
  read,
  sync,       // of bytes: fdatasync, sync_file_range
  syncWhole,  // of a file: fsync
  syncDirectory,
  rename,
  unlink,
  truncate,
  allocate,
  list,
  makeDirectory
};
inline constexpr int callCount = 12;
std::string_view nameOf(Call call);

// Whose files: RocksDB's, below store/, or those of our own disk, everything else.
enum class Part : std::uint8_t { disk, engine };
std::string_view nameOf(Part part);

// half: as many bytes as half of what was asked for (at least one) are read or written.
enum class Fault : std::uint8_t { eio, enospc, eintr, half };
std::string_view nameOf(Fault fault);

struct FaultPlan {
  Part part = Part::disk;
  Call call = Call::open;
  Fault fault = Fault::eio;
  std::uint32_t first = 0;  // the call from which on; 0: none fails
  bool always = false;      // or that one alone
};

// Syncs that do not fail do nothing: no power is cut here, and what a process has written is there
// for the next one.
//
// From now on, for what lies below `root` (absolute, no link in it). `calls` gets the number of
// those of the plan's part and kind so far, `failed` whether one has failed. Before the process has
// a second thread.
void faultCalls(const std::string& root, const FaultPlan& plan, std::atomic<std::uint32_t>& calls,
                std::atomic<bool>& failed);

}  // namespace henge::proofs

// Files, asynchronously. Every call returns at once; its end is an event on the same loop.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/ids.h"
#include "core/result.h"

namespace henge::ports {

struct DirectoryEntry {
  std::string name;
  std::uint64_t bytes = 0;
};

// What an operation brought. Only the fields its call names are filled.
struct DiskResult {
  Status status;
  Bytes bytes;                          // read
  std::vector<DirectoryEntry> entries;  // list, ascending by name
  std::uint64_t freeBytes = 0;          // space
};

class DiskSink {
 public:
  virtual void onDisk(OpId op, DiskResult result) = 0;

 protected:
  ~DiskSink() = default;
};

// Paths are relative to the data directory. Operations of one Disk happen in the order of the
// calls, and end in that order; a node has two, so that a commit never waits for the making of the
// next segment. `op` is the caller's; the sink outlives the operation.
// Thread: the loop's.
class Disk {
 public:
  virtual ~Disk() = default;

  // Makes a file of `bytes` zeroes that is on disk, name and all, when the event arrives: a later
  // write into it needs no new space. notFound: no such directory; alreadyExists; diskFull; io.
  virtual void create(OpId op, DiskSink& sink, const std::string& path, std::uint64_t bytes) = 0;

  // Writes into a file that was created or opened before. On disk only after a sync().
  virtual void write(OpId op, DiskSink& sink, const std::string& path, std::uint64_t offset,
                     Bytes bytes) = 0;
  // fdatasync. After an error nothing is known of anything written since the last success.
  virtual void sync(OpId op, DiskSink& sink, const std::string& path) = 0;

  // Up to `length` bytes from `offset`; fewer at the file's end.
  virtual void read(OpId op, DiskSink& sink, const std::string& path, std::uint64_t offset,
                    std::uint64_t length) = 0;
  virtual void list(OpId op, DiskSink& sink, const std::string& directory) = 0;
  // How much of the file system under the data directory this process may still fill.
  virtual void space(OpId op, DiskSink& sink) = 0;

  // Each is on disk, the directory entries too, when the event arrives.
  virtual void rename(OpId op, DiskSink& sink, const std::string& from, const std::string& to) = 0;
  virtual void remove(OpId op, DiskSink& sink, const std::string& path) = 0;
  virtual void makeDirectory(OpId op, DiskSink& sink, const std::string& path) = 0;  // or exists
  virtual void truncate(OpId op, DiskSink& sink, const std::string& path, std::uint64_t bytes) = 0;

  // The file holds all of `bytes`, or what it held before, whatever happens (new file, sync,
  // rename, directory sync). For small files.
  virtual void replace(OpId op, DiskSink& sink, const std::string& path, Bytes bytes) = 0;
};

}  // namespace henge::ports

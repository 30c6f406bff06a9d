// RocksDB's files in memory, beside the log's: what it does is one more hand on the same disk.
#pragma once

#include <memory>
#include <rocksdb/file_system.h>
#include <string>

#include "tests/kit/fake_file_system.h"

namespace henge::proofs {

// RocksDB's paths below `root` are those of `files`, which outlive it. Steps are those of the POSIX
// file system that RocksDB uses: open, write behind the end, fdatasync, rename, unlink, fsync of a
// directory; sync_file_range keeps nothing and is none. A file that is read is copied when it is
// opened: what RocksDB reads it does not write any more.
// Thread: any.
std::shared_ptr<rocksdb::FileSystem> rocksFilesOn(kit::FakeFileSystem& files, std::string root);

}  // namespace henge::proofs

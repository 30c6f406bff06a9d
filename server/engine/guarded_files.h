#pragma once

#include <memory>
#include <rocksdb/file_system.h>

namespace henge::engine {

// The same files, with two traps covered that a power cut can spring on RocksDB 7.8. Null: the
// operating system's files. Thread: any.
//
// - It lets CURRENT name a manifest whose own name no sync has kept yet; a store that has the one
//   and not the other cannot be opened. Here nothing is renamed before the names in its directory
//   are on the disk.
// - It takes a manifest whose last change was torn for damage. That change was told to nobody, so a
//   manifest is read up to it. Should more be cut off than that, the store shows an older applied
//   position than the log reaches back to, and the replay says so.
std::shared_ptr<rocksdb::FileSystem> guardedFiles(std::shared_ptr<rocksdb::FileSystem> files);

}  // namespace henge::engine

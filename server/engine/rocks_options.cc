#include "server/engine/rocks_options.h"

#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "server/engine/rocks_log.h"

namespace henge::engine {

namespace {

rocksdb::CompressionType compressionOf(Compression compression) {
  switch (compression) {
    case Compression::none:
      return rocksdb::kNoCompression;
    case Compression::lz4:
      return rocksdb::kLZ4Compression;
    case Compression::zstd:
      return rocksdb::kZSTD;
  }
  return rocksdb::kNoCompression;
}

std::shared_ptr<rocksdb::TableFactory> tablesOf(const EngineOptions& options) {
  rocksdb::BlockBasedTableOptions tables;
  tables.block_cache = rocksdb::NewLRUCache(options.cacheBytes);
  tables.cache_index_and_filter_blocks = true;  // else their memory has no limit
  tables.pin_l0_filter_and_index_blocks_in_cache = true;
  tables.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  // In parts: a whole file's filter may be larger than a shard of the cache, which then never keeps
  // it, and each read of a key reads and checks a MiB.
  tables.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  tables.partition_filters = true;
  tables.block_size = 8ULL * 1024;
  return std::shared_ptr<rocksdb::TableFactory>(rocksdb::NewBlockBasedTableFactory(tables));
}

}  // namespace

rocksdb::Options rocksOptions(const EngineOptions& options) {
  rocksdb::Options rocks;
  rocks.create_if_missing = true;
  rocks.table_factory = tablesOf(options);
  rocks.compression = compressionOf(options.compression);
  rocks.level_compaction_dynamic_level_bytes = true;
  rocks.write_buffer_size = options.memtableBytes;
  rocks.max_write_buffer_number = 3;
  rocks.max_background_jobs = options.backgroundJobs;
  rocks.max_open_files = options.openFilesMax;
  rocks.bytes_per_sync = 1 << 20;            // so that a table's sync does not hold up the log's
  rocks.avoid_flush_during_shutdown = true;  // a stop loses what a crash loses: tested every day
  rocks.max_bgerror_resume_count = 0;        // a failed engine is left, not mended under way
  rocks.max_manifest_file_size = 64 << 20;
  rocks.info_log = std::make_shared<RocksLog>(options.directory);
  rocks.stats_dump_period_sec = 0;
  rocks.stats_persist_period_sec = 0;
  return rocks;
}

Status makeStoreDirectory(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0) {
    if (errno == EEXIST) return {};
    return Error{ErrorKind::io, "cannot make the store's directory " + path + ": " +
                                    std::generic_category().message(errno)};
  }
  const auto slash = path.find_last_of('/');
  const std::string above = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int fd = ::open(above.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = fd >= 0 && ::fsync(fd) == 0;
  const int failure = errno;
  if (fd >= 0) ::close(fd);
  if (synced) return {};
  return Error{ErrorKind::io,
               "cannot sync " + above + ": " + std::generic_category().message(failure)};
}

}  // namespace henge::engine

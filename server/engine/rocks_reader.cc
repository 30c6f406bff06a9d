#include "server/engine/rocks_reader.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/options.h>
#include <sys/stat.h>
#include <utility>

#include "server/engine/guarded_files.h"
#include "server/engine/rocks_listener.h"

namespace henge::engine {

namespace {

// Else RocksDB opens a LOG of its own in the store's directory.
class NoLog final : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, std::va_list) override {}
};

bool holdsStore(const std::string& directory) {
  struct stat found {};
  return ::stat((directory + "/CURRENT").c_str(), &found) == 0;
}

rocksdb::Options readOnlyOptions() {
  rocksdb::Options options;
  options.create_if_missing = false;
  options.info_log = std::make_shared<NoLog>();
  options.max_open_files = 64;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

rocksdb::ReadOptions reading() {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  options.fill_cache = false;
  return options;
}

}  // namespace

// A manifest that a power cut has torn is read as the server reads it.
struct RocksReader::Impl {
  std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(guardedFiles(nullptr));
  std::unique_ptr<rocksdb::DB> db;  // the first to go
};

Result<RocksReader> RocksReader::open(const std::string& directory) {
  if (!holdsStore(directory))
    return Error{ErrorKind::notFound, "there is no store in " + directory};
  auto impl = std::make_unique<Impl>();
  rocksdb::Options options = readOnlyOptions();
  options.env = impl->env.get();
  rocksdb::DB* db = nullptr;
  const auto status = rocksdb::DB::OpenForReadOnly(options, directory, &db);
  if (!status.ok()) return errorOf(status);
  impl->db.reset(db);
  return RocksReader(std::move(impl));
}

RocksReader::RocksReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RocksReader::RocksReader(RocksReader&&) noexcept = default;
RocksReader& RocksReader::operator=(RocksReader&&) noexcept = default;
RocksReader::~RocksReader() = default;

Result<std::optional<Bytes>> RocksReader::get(BytesView key) {
  std::string value;
  const auto status = impl_->db->Get(reading(), rocksdb::Slice(key.data(), key.size()), &value);
  if (status.IsNotFound()) return std::optional<Bytes>();
  if (!status.ok()) return errorOf(status);
  return std::optional<Bytes>(std::move(value));
}

Result<std::vector<ports::StoreEntry>> RocksReader::scan(BytesView from, std::size_t entriesMax) {
  std::vector<ports::StoreEntry> entries;
  const std::unique_ptr<rocksdb::Iterator> at(impl_->db->NewIterator(reading()));
  for (at->Seek(rocksdb::Slice(from.data(), from.size()));
       at->Valid() && entries.size() < entriesMax; at->Next()) {
    entries.push_back({at->key().ToString(), at->value().ToString()});
  }
  if (!at->status().ok()) return errorOf(at->status());
  return entries;
}

}  // namespace henge::engine

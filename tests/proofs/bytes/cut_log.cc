#include "tests/proofs/bytes/cut_log.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "server/storage/batch_payload.h"
#include "server/storage/segment_names.h"
#include "server/storage/store_keys.h"
#include "tests/proofs/bytes/random_records.h"

namespace henge::proofs {

using namespace storage;

namespace {

constexpr std::uint64_t segmentsMin = 7;
constexpr std::uint64_t lastBatchBytesMin = 500;

std::string pathOf(std::uint64_t id) { return logDirectory(0) + "/" + segmentName(id); }

MemoryStoreOptions storeOptions(bool usedAgain) {
  return {.latency = {}, .answersCached = true, .unflushedBatchesMax = usedAgain ? 1U : 1'000'000U};
}

StorageOptions optionsOf(LogCompression codec) {
  StorageOptions options = smallOptions();
  options.logCompression = codec;
  options.logBytesMax = 1ULL << 30;
  return options;
}

// Adds the writes that one segment's file holds.
void addWrites(const Bytes& file, std::uint64_t id, std::size_t& records, WrittenLog& log) {
  std::uint64_t at = segmentHeaderBytes;
  while (const auto batch = batchAt(file, log.options.owner.directory, {id, at})) {
    const bool first = at == segmentHeaderBytes;
    Write write{id, first ? 0 : at, at + batch->header.length, records, records};
    if (batch->header.kind == BatchKind::entries) write.recordsAfter += batch->header.count;
    records = write.recordsAfter;
    at = write.end;
    log.writes.push_back(write);
  }
}

std::map<Bytes, Record> newestOf(const std::vector<Record>& records, std::size_t count) {
  std::map<Bytes, Record> newest;
  for (std::size_t i = 0; i < count; ++i) {
    auto [at, isNew] = newest.try_emplace(records[i].key, records[i]);
    if (!isNew && isNewer(records[i], at->second)) at->second = records[i];
  }
  return newest;
}

bool holds(ShardWorld& world, const std::map<Bytes, Record>& expected) {
  const std::vector<Record> found = world.scanAll(1000);
  return std::equal(found.begin(), found.end(), expected.begin(), expected.end(),
                    [](const Record& is, const auto& should) {
                      return is == should.second && is.extensions == should.second.extensions;
                    });
}

// Segments above that of `last` were never used: the next one stands there, made ahead.
void cutFiles(const WrittenLog& log, const Write& last, std::uint64_t cut, Rest rest,
              kit::FakeFiles& files) {
  files = log.files;
  Bytes file = *files.contents(pathOf(last.segment));
  const Bytes unused =
      rest == Rest::earlier ? log.earlierLife : Bytes(log.options.segmentBytes, '\0');
  if (rest == Rest::nothing)
    file.resize(cut);
  else
    file.replace(cut, Bytes::npos, unused, cut);
  files.put(pathOf(last.segment), file);
  for (const std::string& path : files.paths()) {
    const auto slash = path.rfind('/');
    const auto id =
        slash == std::string::npos ? std::nullopt : segmentOfName(path.substr(slash + 1));
    if (id && *id > last.segment) files.erase(path);
  }
  files.put(pathOf(last.segment + 1), unused);
}

bool goesOn(ShardWorld& world, std::map<Bytes, Record> expected) {
  const Record more = recordOf("one more", INT64_MAX / 2);
  if (!world.put(more)) return false;
  expected[more.key] = more;
  world.die(0);
  return world.open().ok() && world.report.damage.empty() && holds(world, expected);
}

}  // namespace

WrittenLog writeLog(LogCompression codec, bool usedAgain, std::uint64_t seed) {
  WrittenLog log;
  log.options = optionsOf(codec);
  ShardWorld world(log.options, storeOptions(usedAgain));
  RandomRecords chance(seed);
  if (!world.open().ok()) std::abort();
  for (bool enough = false; !enough;) {
    const LogPosition before = world.shard->status().end;
    chance.burst(world, log.records);
    const LogPosition end = world.shard->status().end;
    if (const auto* first = world.files.peek(pathOf(1)); first != nullptr) log.earlierLife = *first;
    enough = end.segment >= segmentsMin && end.segment == before.segment &&
             before.offset > segmentHeaderBytes && end.offset - before.offset >= lastBatchBytesMin;
  }
  world.die(usedAgain ? world.store.unflushedBatches() : 0);
  log.files = world.files;
  log.store = world.store.persisted();

  std::uint64_t applied = 0;
  if (const auto found = log.store.find(appliedKey(0)); found != log.store.end())
    applied = decodeApplied(found->second)->segment;
  std::size_t records = 0;
  std::vector<std::string> paths = world.segmentFiles();
  for (const std::string& path : paths) {
    const std::uint64_t id = *segmentOfName(path.substr(path.rfind('/') + 1));
    if (id > applied) addWrites(*world.files.peek(path), id, records, log);
  }
  // The store has the records before those.
  for (Write& write : log.writes) {
    write.recordsBefore += log.records.size() - records;
    write.recordsAfter += log.records.size() - records;
  }
  return log;
}

Start startFrom(const WrittenLog& log, const Write& last, std::uint64_t cut, Rest rest) {
  ShardWorld world(log.options, storeOptions(false));
  world.store.replaceAll(log.store);
  cutFiles(log, last, cut, rest, world.files);
  // What stands behind the cut may be just what was cut off.
  const std::string path = pathOf(last.segment);
  const bool all =
      world.files.peek(path)->substr(0, last.end) == log.files.peek(path)->substr(0, last.end);
  const auto expected = newestOf(log.records, all ? last.recordsAfter : last.recordsBefore);

  Start start;
  const Status opened = world.open();
  start.opened = opened.ok();
  if (!start.opened) return start.why = opened.error().message, start;
  start.damage = !world.report.damage.empty();
  const std::string damage = start.damage ? world.report.damage.front().reason : "";
  start.saysTorn = world.report.tornBytes > 0;
  start.whole = holds(world, expected);
  start.goesOn = goesOn(world, expected);
  if (!start.goesOn) start.why = "it does not go on";
  if (!start.whole) start.why = "the prefix is not whole, or something is behind it";
  if (start.damage) start.why = damage;
  return start;
}

}  // namespace henge::proofs

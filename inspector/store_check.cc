// Do the store and the log beside it agree?
#include <algorithm>

#include "core/key_text.h"
#include "core/ring.h"
#include "inspector/hint_tally.h"
#include "inspector/survey.h"
#include "server/storage/record_codec.h"
#include "server/storage/store_keys.h"

namespace henge::inspector {

namespace {

constexpr std::size_t rowsPerScan = 1000;

void contradict(Survey& survey, std::string sentence) {
  ++survey.contradictionCount;
  if (survey.contradictions.size() < Survey::contradictionsMax) {
    survey.contradictions.push_back(std::move(sentence));
  }
}

// What is before the store's position, the store holds, or something newer.
class HeldCheck final : public SegmentSink {
 public:
  HeldCheck(StoppedNode& node, Survey& survey) : node_(node), survey_(survey) {}

  bool onSegment(const SegmentReading& reading) override {
    if (reading.sight.verdict != SegmentVerdict::inStore) return true;
    for (const LogEntry& entry : reading.entries) {
      if (failure_.ok() && survey_.storeTrouble.empty()) look(entry);
    }
    return true;
  }
  const Status& failure() const { return failure_; }

 private:
  void look(const LogEntry& entry) {
    const Bytes key = storage::dataKey(orderedKey(survey_.partitioner, entry.record.key));
    const auto row = node_.storeGet(key);
    if (!row) {
      failure_ = row.error();
      return;
    }
    ++survey_.lookedUp;
    const std::string what = "key " + toKeyText(entry.record.key) + ": the batch at " +
                             toString(entry.batch) + " holds a newer version than the store, ";
    if (!*row) return contradict(survey_, what + "which has none");
    const Result<Record> held = storage::decodeRow(entry.record.key, **row);
    if (held && isNewer(entry.record, *held)) contradict(survey_, what + "which has an older one");
  }

  StoppedNode& node_;
  Survey& survey_;
  Status failure_;
};

// Every row: its block's checksum and its own form.
Status readRows(StoppedNode& node, Survey& survey) {
  Bytes from = storage::dataKey("");
  while (true) {
    const auto rows = node.storeScan(from, rowsPerScan);
    if (!rows) return rows.error();
    for (const ports::StoreEntry& row : *rows) {
      if (row.key >= storage::dataEnd()) return {};
      ++survey.rows;
      const BytesView key =
          storage::keyOfOrdered(survey.partitioner, storage::orderedOfDataKey(row.key));
      const Result<Record> record = storage::decodeRow(key, *row.value);
      if (!record) {
        contradict(survey,
                   "the store's row of key " + toKeyText(key) + ": " + record.error().message);
      }
    }
    if (rows->size() < rowsPerScan) return {};
    from = rows->back().key + '\0';
  }
}

}  // namespace

Result<Survey> surveyAll(StoppedNode& node) {
  Result<Survey> survey = beginSurvey(node);
  if (!survey) return survey;
  HeldCheck check(node, *survey);
  if (Status status = readSegments(node, *survey, check); !status) return status.error();
  if (!survey->storeTrouble.empty()) return survey;
  Status read = check.failure();
  if (read.ok()) read = readRows(node, *survey);
  // Of hints only whether each can be read: what has ended is no row any more.
  HintTally hints;
  if (read.ok()) read = hints.count(node);
  for (const std::string& broken : hints.broken()) contradict(*survey, broken);
  const bool noStore = !read.ok() && read.error().kind == ErrorKind::notFound;
  if (!read.ok() && !noStore) survey->storeTrouble = read.error().message;
  return survey;
}

}  // namespace henge::inspector

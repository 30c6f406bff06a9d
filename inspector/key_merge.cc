#include "inspector/key_merge.h"

#include <algorithm>
#include <cassert>
#include <fmt/format.h>
#include <utility>

#include "core/key_text.h"
#include "core/ring.h"

namespace henge::inspector {

NodeStream::NodeStream(NodeId node, DumpSource& source, Partitioner partitioner, KeyRange range,
                       std::size_t pageRecords)
    : node_(node),
      source_(source),
      partitioner_(partitioner),
      range_(std::move(range)),
      pageRecords_(pageRecords) {}

const Record* NodeStream::peek() {
  if (!ready_ && !advance()) return nullptr;
  return &page_.records[at_];
}

void NodeStream::pop() {
  assert(ready_);
  ready_ = false;
  ++at_;
  ++popped_;
}

// Moves to the next record and makes sure that it comes after the last one.
bool NodeStream::advance() {
  for (int empty = 0; failure_.empty() && at_ >= page_.records.size(); ++empty) {
    if (started_ && !page_.more) return false;
    if (empty > emptyPagesMax) return fail("it sends empty pages without end"), false;
    fetch();
  }
  if (!failure_.empty()) return false;
  Bytes position = orderedKey(partitioner_, page_.records[at_].key);
  if (popped_ > 0 && position <= position_) {
    return fail(fmt::format("its keys are out of order at {}", toKeyText(page_.records[at_].key))),
           false;
  }
  position_ = std::move(position);
  ready_ = true;
  return true;
}

void NodeStream::fetch() {
  const std::optional<Bytes> resume = started_ ? std::optional(page_.resumeKey) : std::nullopt;
  Result<DumpPage> page = source_.dump(range_, resume, pageRecords_);
  started_ = true;
  at_ = 0;
  page_ = {};
  if (!page) return fail(page.error().message);
  if (page->records.size() > pageRecords_) return fail("it sends larger pages than were asked for");
  page_ = std::move(*page);
}

void NodeStream::fail(std::string why) {
  failure_ = std::move(why);
  page_ = {};
}

NodeStream* KeyMerge::least() {
  NodeStream* least = nullptr;
  for (NodeStream& stream : streams_) {
    if (stream.peek() == nullptr) continue;
    if (least == nullptr || stream.position() < least->position()) least = &stream;
  }
  return least;
}

std::optional<Bytes> KeyMerge::nextKey() {
  NodeStream* stream = least();
  return stream != nullptr ? std::optional(stream->peek()->key) : std::nullopt;
}

std::optional<MergedKey> KeyMerge::next() {
  const NodeStream* first = least();
  if (first == nullptr) return std::nullopt;
  const Bytes position = first->position();
  MergedKey merged;
  for (NodeStream& stream : streams_) {
    const Record* record = stream.peek();
    if (record == nullptr || stream.position() != position) continue;
    merged.key = record->key;
    merged.copies.push_back({stream.node(), *record});
    stream.pop();
  }
  return merged;
}

}  // namespace henge::inspector

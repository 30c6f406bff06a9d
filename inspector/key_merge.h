// Puts the nodes' dumps together, key by key, in ring order (k-way merge: Knuth, TAOCP vol. 3,
// section 5.4.1). At most one page of each node is held: the next page is asked for when the last
// one is used up.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/cluster.h"
#include "inspector/dump_source.h"

namespace henge::inspector {

// What one node holds, record by record.
class NodeStream {
 public:
  static constexpr std::size_t recordsPerPage = 500;
  static constexpr int emptyPagesMax = 16;  // in a row, "more" said: then the node is not believed

  // The source outlives the stream.
  NodeStream(NodeId node, DumpSource& source, Partitioner partitioner, KeyRange range = {},
             std::size_t pageRecords = recordsPerPage);

  NodeId node() const { return node_; }

  // The record that comes next; nullptr: there is none, or reading failed. Valid until pop().
  const Record* peek();
  // Where peek() stands in ring order. Precondition: peek() gave a record.
  const Bytes& position() const { return position_; }
  void pop();

  // Why the rest could not be read; empty: it could.
  const std::string& failure() const { return failure_; }
  std::uint64_t records() const { return popped_; }

 private:
  void fetch();
  bool advance();
  void fail(std::string why);

  const NodeId node_;
  DumpSource& source_;
  const Partitioner partitioner_;
  const KeyRange range_;
  const std::size_t pageRecords_;
  DumpPage page_;  // never more than pageRecords_ records
  std::size_t at_ = 0;
  bool started_ = false;
  Bytes position_;
  bool ready_ = false;  // position_ belongs to page_.records[at_]
  std::uint64_t popped_ = 0;
  std::string failure_;
};

struct HeldCopy {
  NodeId node;
  Record record;
};

// One key and everybody who holds something of it, in the order of the streams.
struct MergedKey {
  Bytes key;
  std::vector<HeldCopy> copies;  // never empty
};

class KeyMerge {
 public:
  explicit KeyMerge(std::vector<NodeStream>& streams) : streams_(streams) {}

  std::optional<Bytes> nextKey();  // nullopt: there is none. May ask for pages.
  std::optional<MergedKey> next();

 private:
  NodeStream* least();  // the stream whose record comes next

  std::vector<NodeStream>& streams_;
};

}  // namespace henge::inspector

// Do the replicas of one key agree? Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/ring.h"
#include "inspector/key_merge.h"

namespace henge::inspector {

// ok: has the newest, or nothing where nobody has. behind: an older version, or the newest version
// with bytes that lose. missing: a replica that has nothing. notRead: the node did not answer, or
// not to the end. stray: has something, but is no replica of the key.
enum class CopyState { ok, behind, missing, notRead, stray };

struct Copy {
  NodeId node;
  CopyState state = CopyState::ok;
  const Record* record = nullptr;  // into the MergedKey; nullptr: missing or not read
};

struct Agreement {
  std::vector<NodeId> replicas;
  std::vector<Copy> copies;        // the replicas in ring order, then strays
  const Record* newest = nullptr;  // nullptr: nobody holds anything
  int current = 0;                 // replicas that have it
  int read = 0;                    // replicas that were read

  bool agree() const;  // as far as was read: nobody behind, missing or stray
  bool tombstone() const { return newest != nullptr && newest->isTombstone(); }
};

// `merged` outlives the answer. `unread`: nodes whose silence says nothing.
Agreement judge(const Ring& ring, const MergedKey& merged, const std::vector<NodeId>& unread);

Agreement judge(const Ring& ring, MergedKey&& merged, const std::vector<NodeId>& unread) = delete;

// Nothing is said of these nodes: they were not to be read. They are among `unread` before.
void leaveOut(Agreement& agreement, const std::vector<NodeId>& nodes);

// One word: "missing" before "behind" before "stray", else "absent", "tombstone" or "ok".
std::string_view stateOf(const Agreement& agreement);

}  // namespace henge::inspector

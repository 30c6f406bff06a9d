// What a node must not forget about another, and what it concludes when they meet again.
#pragma once

#include <optional>
#include <string>

#include "core/ids.h"
#include "core/peer_hello.h"

namespace henge::membership {

// The hello feature of a node that acknowledges only what is synced (--log_sync always): only from
// such a node may it be demanded that its log has not become shorter.
inline constexpr const char* logSyncAlways = "logSyncAlways";
bool hasFeature(const PeerHello& hello, const char* feature);

// A directory that was seen where another state was expected. It stays objected to, through
// restarts of either side, until an operator accepts it or the expected one comes back.
struct Objection {
  DirectoryId directory;
  std::string reason;
  friend bool operator==(const Objection&, const Objection&) = default;
};

struct RememberedPeer {
  NodeId node;
  DirectoryId directory;     // the one that may vote
  Incarnation incarnation;   // its latest start that was met; {0,0} after an operator's acceptance
  Incarnation before;        // the start before that: its last words may come late
  LogPosition synced;        // its log was on disk up to here
  bool syncedBinds = false;  // it said that it syncs always: its log cannot end before `synced`
  std::optional<Objection> objection;

  friend bool operator==(const RememberedPeer&, const RememberedPeer&) = default;
};

enum class Meeting {
  same,      // the very start that is remembered, once more
  later,     // a later start of the remembered directory
  belated,   // words of an earlier start that arrive after a later one's: they change nothing
  earlier,   // an earlier start that was never met: an old copy, or words left over from before
  objected,  // not what this node knew: may have lost what it acknowledged
};

struct Judgement {
  Meeting meeting = Meeting::same;
  std::string reason;  // earlier, objected: why, in words
};

// Pure. An objection stands as long as the directory objected to shows up; the remembered
// directory, come back with all it had, is met as if nothing had been.
Judgement judge(const RememberedPeer& known, const PeerHello& hello);

}  // namespace henge::membership

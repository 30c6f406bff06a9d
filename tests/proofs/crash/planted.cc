#include "tests/proofs/crash/planted.h"

#include <utility>

namespace henge::proofs {

namespace {

using Kind = Event::Kind;
using storage::LogSync;

bool isSegmentSync(const Event& event) {
  return event.kind == Kind::sync && event.path.starts_with("log/0/segment-");
}

std::function<Trace(const Trace&)> losing(std::function<bool(const Event&)> isLost) {
  return [isLost = std::move(isLost)](const Trace& trace) {
    Trace left;
    for (const Event& event : trace)
      if (!isLost(event)) left.push_back(event);
    return left;
  };
}

std::function<Trace(const Trace&)> losingNamesOf(const std::string& directory) {
  return losing([directory](const Event& event) {
    return event.kind == Kind::syncNames && event.path == directory;
  });
}

std::function<Trace(const Trace&)> losingSyncsOf(const std::string& begin, const std::string& end) {
  return losing([begin, end](const Event& event) {
    return event.kind == Kind::sync && event.path.starts_with(begin) && event.path.ends_with(end);
  });
}

// Every thirtieth write of a batch.
std::function<Trace(const Trace&)> losingWrites() {
  return losing([count = 0](const Event& event) mutable {
    const bool batch =
        event.kind == Kind::write && event.path.starts_with("log/0/segment-") && event.number > 0;
    return batch && ++count % 30 == 0;
  });
}

// A sync happens only after the next answer.
Trace answeredBeforeTheSync(const Trace& trace) {
  Trace late;
  Trace held;
  for (const Event& event : trace) {
    if (isSegmentSync(event)) {
      held.push_back(event);
      continue;
    }
    const bool moved = event.kind == Kind::rename || event.kind == Kind::unlink;
    const bool before = moved && !held.empty();
    if (before) late.insert(late.end(), held.begin(), held.end());
    late.push_back(event);
    if (event.kind == Kind::promised && !before) late.insert(late.end(), held.begin(), held.end());
    if (before || event.kind == Kind::promised) held.clear();
  }
  return late;
}

}  // namespace

std::vector<Planted> plantedBugs() {
  constexpr StoreBug none = StoreBug::none;
  return {
      {"the log's fdatasync does nothing",
       LogSync::always,
       none,
       none,
       losingSyncsOf("log/0/segment-", ".log"),
       {}},
      {"answered before the sync", LogSync::always, none, none, answeredBeforeTheSync, {}},
      {"a log's write gets lost", LogSync::always, none, none, losingWrites(), {}},
      {"names of segments are not synced", LogSync::always, none, none, losingNamesOf("log/0"), {}},
      {"the log's directory is not synced", LogSync::always, none, none, losingNamesOf("log"), {}},
      {"fed before it is synced",
       LogSync::off,
       none,
       none,
       losingSyncsOf("log/0/segment-", ".log"),
       {}},
      {"the rename of CURRENT is not synced",
       LogSync::always,
       none,
       none,
       losingNamesOf("store"),
       {}},
      {"a table file is not synced",
       LogSync::always,
       none,
       none,
       losingSyncsOf("store/", ".sst"),
       {}},
      {"the manifest is not synced",
       LogSync::always,
       none,
       none,
       losingSyncsOf("store/MANIFEST", ""),
       {}},
      {"the position before a table's last rows",
       LogSync::always,
       StoreBug::positionFirst,
       none,
       {},
       {}},
      {"a segment dropped on an unflushed position",
       LogSync::always,
       StoreBug::positionUnflushed,
       none,
       {},
       {}},
      {"a start forgets the applied position",
       LogSync::always,
       none,
       StoreBug::positionForgotten,
       {},
       {}},
      {"a start's flush is not done", LogSync::always, none, StoreBug::flushUndone, {}, {}},
      {"a start reads what it has not synced", LogSync::periodic, none, none, {}, isSegmentSync},
  };
}

}  // namespace henge::proofs

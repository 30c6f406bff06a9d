// What goes wrong in a story, and what is done about it.
#include "server/storage/segment_names.h"
#include "server/storage/segment_reader.h"
#include "tests/sim/scenario/teller.h"

namespace henge::sim {

namespace {

constexpr std::int64_t inFirstBatch = 150;  // of a segment

// The segments that hold something, ascending.
std::vector<std::string> segmentsInUse(const Machine& machine, const kit::FakeFiles& files,
                                       ClusterId cluster) {
  const std::string directory = storage::logDirectory(0) + "/";
  std::vector<std::string> used;
  for (const std::string& path : files.paths()) {
    if (!path.starts_with(directory)) continue;
    const auto id = storage::segmentOfName(std::string_view(path).substr(directory.size()));
    if (id && storage::headerInUse(*files.peek(path), {cluster, machine.directory(), 0}, *id)) {
      used.push_back(path);
    }
  }
  return used;
}

}  // namespace

// --- the net -------------------------------------------------------------------------------------

// "cut n0 n1", or one way: "cut n0->n1".
void Teller::cut(Words& words) {
  const std::string first = words.word("a node");
  const std::size_t arrow = first.find("->");
  const std::uint32_t from = nodeOf(first.substr(0, arrow), words);
  if (arrow != std::string::npos) return stage_->cut(from, nodeOf(first.substr(arrow + 2), words));
  const std::uint32_t to = node(words);
  stage_->cut(from, to);
  stage_->cut(to, from);
}

void Teller::isolate(Words& words) {
  const std::uint32_t alone = node(words);
  for (std::uint32_t other = 0; other < stage_->nodes(); ++other) {
    if (other == alone) continue;
    stage_->cut(alone, other);
    stage_->cut(other, alone);
  }
}

void Teller::heal(Words&) { stage_->heal(); }

void Teller::reset(Words& words) {
  const HostId a = stage_->machine(node(words)).host();
  stage_->net().resetStreams(a, stage_->machine(node(words)).host());
}

void Teller::halfOpen(Words& words) {
  const HostId a = stage_->machine(node(words)).host();
  stage_->net().breakSilently(a, stage_->machine(node(words)).host());
}

// --- disks ---------------------------------------------------------------------------------------

void Teller::wipe(Words& words) {
  Machine& machine = atRest(words);
  if (!machine.isRunning()) machine.wipe();
}

void Teller::backup(Words& words) { stage_->keepBackup(node(words)); }

void Teller::restore(Words& words) {
  const std::uint32_t at = node(words);
  if (stage_->machine(at).isRunning()) return words.complain("its process runs: kill it first");
  if (!stage_->putBack(at)) words.complain("there is no backup of it");
}

void Teller::disk(Words& words) {
  kit::FakeFiles& files = stage_->machine(node(words)).files();
  if (words.accept("full")) return files.setCapacity(files.bytesUsed());
  if (words.accept("room")) return files.setCapacity(std::nullopt);
  if (words.accept("fast")) return files.slow(1);
  if (words.accept("stall")) {
    return files.stall(stage_->heap().now() + words.duration("time"));
  }
  if (words.accept("slow")) {
    return files.slow(static_cast<int>(words.duration("time").micros / diskCall.micros));
  }
  const auto failNext = [&](std::initializer_list<kit::DiskCall> calls, const char* sentence) {
    for (const kit::DiskCall call : calls) {
      files.faults().failAfter(call, 1, Error{ErrorKind::io, sentence});
    }
  };
  using enum kit::DiskCall;
  if (words.accept("fail sync once")) return failNext({sync}, "the sync failed");
  if (words.accept("fail write once")) return failNext({write}, "the write failed");
  if (words.accept("fail rename once")) return failNext({rename, replace}, "the rename failed");
  words.complain("a disk can be full, slow 50ms, stall 2s, fail sync|write|rename once");
}

// "damage n1 truncate segment newest to=64", "flip … at=150", "remove …".
void Teller::damage(Words& words) {
  Machine& machine = atRest(words);
  kit::FakeFiles& files = machine.files();
  const auto to = words.numberOption("to"), at = words.numberOption("at");
  const std::string how = words.word("truncate, flip or remove");
  if (!words.accept("segment")) words.complain("only segments are damaged here");
  const std::string which = words.word("newest or oldest");
  const auto used = segmentsInUse(machine, files, stage_->cluster().id);
  if (used.empty()) return words.complain("no segment holds anything");
  const std::string& path = which == "oldest" ? used.front() : used.back();
  Bytes bytes = *files.contents(path);
  if (how == "remove") return files.erase(path);
  if (how == "truncate" && to) {
    bytes.resize(std::min(bytes.size(), static_cast<std::size_t>(*to)));
  } else if (how == "flip") {
    bytes.at(static_cast<std::size_t>(at.value_or(inFirstBatch))) ^= 1;
  } else {
    return words.complain("truncate … to=64, flip … at=150, or remove");
  }
  files.put(path, std::move(bytes));
}

void Teller::store(Words& words) {
  const std::uint32_t at = node(words);
  if (!words.accept("flush")) return words.complain("store n1 flush");
  if (!stage_->machine(at).isRunning()) return words.complain("it is not running");
  stage_->flushStore(at);
}

void Teller::clock(Words& words) {
  SimClock& clock = stage_->machine(node(words)).clock();
  clock.step(words.duration("time"));
}

}  // namespace henge::sim

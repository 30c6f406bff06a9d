// What an operator would look at, and what only a story can see.
#include "server/node/node_parts.h"
#include "tests/sim/scenario/teller.h"

namespace henge::sim {

namespace {

std::string_view nameOf(Liveness liveness) {
  return liveness == Liveness::up ? "up" : liveness == Liveness::down ? "down" : "rebuilding";
}

}  // namespace

// To every node, itself last: docs/mechanisms/rebuilding.md.
void Teller::accept(Words& words) {
  const std::uint32_t patient = node(words);
  if (!words.accept("everywhere")) return words.complain("accept n1 everywhere");
  const auto acceptAt = [&](std::uint32_t at) {
    node::NodeParts* parts = stage_->machine(at).parts();
    if (parts == nullptr) return say(toString(NodeId{at}) + " is not there to be told");
    const DirectoryId directory = stage_->machine(patient).directory();
    const auto said = parts->admin.accept(NodeId{patient}, directory);
    say(stage_->names().put(said.ok() ? *said : said.error().message));
  };
  for (std::uint32_t at = 0; at < stage_->nodes(); ++at) {
    if (at != patient) acceptAt(at);
  }
  acceptAt(patient);
}

void Teller::show(Words& words) {
  for (const std::uint32_t node : nodes(words)) showNode(node);
}

// "n0 serves: n1 up, n2 down", why if not, and what it holds of the keys of the story.
void Teller::showNode(std::uint32_t node) {
  Machine& machine = stage_->machine(node);
  const std::string name = toString(NodeId{node});
  if (!machine.isRunning()) return say(name + " is not running");
  if (!machine.isServing()) return say(name + " is starting");
  const std::string own = machine.parts()->peerBook.ownReason();
  std::string line = name + (machine.isPaused() ? " is paused" : " serves");
  line += own.empty() ? ":" : " without a vote:";
  Lines reasons;
  if (!own.empty()) reasons.push_back("  itself: " + own);
  for (const MemberView& view : machine.parts()->peerBook.memberViews()) {
    if (view.member.id == NodeId{node}) continue;
    line += " " + toString(view.member.id) + " " + std::string(nameOf(view.liveness));
    if (!view.reason.empty())
      reasons.push_back("  " + toString(view.member.id) + ": " + view.reason);
  }
  say(line);
  for (const std::string& reason : reasons) say(stage_->names().put(reason));
  std::string holds;
  for (const Bytes& key : keys_) {
    const auto record = stage_->held(node, key);
    holds += "  " + key + "=" + textOf(record);
    if (record) holds += " " + stage_->names().of(record->version);
  }
  if (!holds.empty()) say(holds);
}

void Teller::events(Words& words) {
  for (const std::string& line : stage_->takeLines(node(words))) say(stage_->names().put(line));
}

// What was said so far is not worth telling.
void Teller::quiet(Words&) {
  for (std::uint32_t node = 0; node < stage_->nodes(); ++node) (void)stage_->takeLines(node);
}

void Teller::status(Words& words) {
  Machine& machine = stage_->machine(node(words));
  if (machine.parts() == nullptr) return words.complain("it is not running");
  const NodeStatus status = machine.parts()->admin.status();
  auto counters = status.counters;
  counters.emplace("log_bytes", status.logBytes);
  counters.emplace("segments", status.segments);
  while (!words.empty()) {
    const std::string name = words.word("a counter");
    const auto found = counters.find(name);
    if (found == counters.end()) return words.complain("no counter is named " + name);
    say(name + " " + std::to_string(found->second));
  }
}

void Teller::order(Words&) { say(stage_->names().order()); }

}  // namespace henge::sim

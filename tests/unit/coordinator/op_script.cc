#include "tests/unit/coordinator/op_script.h"

#include <gtest/gtest.h>
#include <sstream>

namespace henge::coordinator {
namespace {

constexpr std::int64_t wallAtStart = 1'700'000'000'000'000;

Refusal refusalOf(const std::string& name) {
  static const std::map<std::string, Refusal> refusals = {
      {"overloaded", Refusal::overloaded}, {"staleEpoch", Refusal::staleEpoch},
      {"diskFull", Refusal::diskFull},     {"stamp", Refusal::stamp},
      {"expired", Refusal::expired},       {"notOwner", Refusal::notOwner},
      {"invalid", Refusal::invalid},       {"unread", Refusal::none}};
  return refusals.at(name);
}

std::string nameOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::applied:
      return "applied";
    case Outcome::surelyNotApplied:
      return "surely not applied";
    case Outcome::unknown:
      return "unknown";
  }
  return "?";
}

std::string nameOf(RequestErrorKind kind) {
  switch (kind) {
    case RequestErrorKind::unavailable:
      return "unavailable";
    case RequestErrorKind::timeout:
      return "timeout";
    case RequestErrorKind::overloaded:
      return "overloaded";
    case RequestErrorKind::invalidRequest:
      return "invalid";
    case RequestErrorKind::rebuilding:
      return "rebuilding";
    case RequestErrorKind::unsupported:
      return "unsupported";
  }
  return "?";
}

ReplicaTimes timesOf(const golden::Command& command) {
  ReplicaTimes times;
  if (command.has("had")) times.had = Duration{command.number("had")};
  if (command.has("disk")) times.storage = Duration{command.number("disk")};
  return times;
}

// Set off from what the script itself prints.
std::string shownTrace(const std::string& trace) {
  std::string out;
  std::istringstream lines(trace);
  for (std::string line; std::getline(lines, line);) out += "| " + line + "\n";
  return out;
}

std::string withNodes(const std::string& name, const std::vector<NodeId>& nodes) {
  return nodes.empty() ? "" : " " + name + "=" + golden::listOf(nodes);
}

}  // namespace

std::string OpScript::run(const golden::Command& command) {
  if (command.name() == "counters") return countersShown();
  act(command);
  return effects();
}

void OpScript::act(const golden::Command& command) {
  if (command.name() == "start") {
    const NodeId self{static_cast<std::uint32_t>(command.number("self", 1))};
    stage_ = std::make_unique<Stage>(self, static_cast<std::size_t>(command.number("max", 100)));
    names_.clear();
    answersSeen_.clear();
    sentSeen_ = inFlight_ = 0;
  } else if (command.name() == "up") {
    stage_->membership.up = UpSet();
    for (NodeId node : command.nodes("nodes")) stage_->membership.up.set(node, Liveness::up);
    for (NodeId node : command.nodes("rebuilding")) {
      stage_->membership.up.set(node, Liveness::rebuilding);
    }
  } else if (command.name() == "slow") {
    for (NodeId node : command.nodes("nodes")) stage_->membership.up.setSlow(node, true);
  } else if (command.name() == "stamps") {
    if (command.words().at(0) == "none") {
      stage_->stamps.exhausted = true;
    } else {
      stage_->stamps.raise();
    }
  } else if (command.name() == "answer") {
    answer(command);
  } else if (command.name() == "wait") {
    stage_->loop.runFor(Duration{command.number("ms", 0) * 1000 + command.number("us", 0)});
  } else {
    ask(command);
  }
}

void OpScript::ask(const golden::Command& command) {
  const Duration in{command.number("ms", 2000) * 1000};
  const Consistency level = parseConsistency(command.text("level", "quorum")).value();
  names_[OpId{stage_->lastOp + 1}] = command.words().at(0);
  if (command.name() == "get") {
    GetRequest request = stage_->getOf(level);
    setTrace(command, request.context);
    stage_->get(std::move(request), in);
    return;
  }
  PutRequest request = stage_->putOf(command.text("value"), level);
  if (command.has("key")) request.key = command.text("key");
  if (command.name() == "remove") request.kind = RecordKind::tombstone;
  if (command.has("version")) request.version = versionOf(command.text("version"));
  setTrace(command, request.context);
  stage_->put(std::move(request), in);
}

void OpScript::setTrace(const golden::Command& command, RequestContext& context) const {
  const std::vector<std::string> words = command.words();
  context.trace = std::find(words.begin(), words.end(), "trace") != words.end();
  if (command.has("id")) context.traceId = std::stoull(command.text("id"), nullptr, 16);
  context.receivedAt = MonoTime{stage_->loop.now().micros - command.number("read", 0)};
}

void OpScript::answer(const golden::Command& command) {
  const std::vector<std::string> words = command.words();
  const NodeId node{static_cast<std::uint32_t>(std::stoul(words.at(0)))};
  const std::string what = words.size() > 1 ? words[1] : "";
  const bool anyOp = !command.has("op");
  const OpId op{static_cast<std::uint64_t>(command.number("op"))};
  const bool isFetched = command.has("held") || what == "absent";
  const Sent* sent = nullptr;
  for (const Sent& each : stage_->peers.sent) {
    const bool fits = !isFetched || each.fetch() != nullptr;
    if (each.to == node && fits && (anyOp || each.op == op)) sent = &each;
  }
  ASSERT_NE(sent, nullptr) << "nothing was sent there";
  const Sent to = *sent;

  if (to.apply() != nullptr) {
    ApplyReply reply;
    if (what == "applied") reply.outcome = ApplyOutcome::applied;
    reply.alreadyHeld = words.back() == "already";
    if (what == "rebuilding") reply.outcome = ApplyOutcome::rebuilding;
    if (what == "unreachable") {
      reply = unreachable(std::find(words.begin(), words.end(), "unsent") == words.end());
    }
    if (command.has("superseded")) reply = superseded(versionOf(command.text("superseded")));
    if (command.has("refused")) reply = refused(refusalOf(command.text("refused")));
    reply.times = timesOf(command);
    return to.sink->onApplied(to.op, node, std::move(reply));
  }
  FetchReply reply;  // unreachable
  if (what == "absent") reply.outcome = FetchOutcome::absent;
  if (what == "rebuilding") reply.outcome = FetchOutcome::rebuilding;
  if (command.has("held")) {
    Record record = recordOf(versionOf(command.text("held")), command.text("value"));
    const bool tombstone = std::find(words.begin(), words.end(), "tombstone") != words.end();
    if (tombstone) record.kind = RecordKind::tombstone;
    if (command.has("key")) record.key = command.text("key");
    reply = held(std::move(record));
    reply.hasValue = std::find(words.begin(), words.end(), "digest") == words.end();
    if (!reply.hasValue) reply.record.value.clear();
  }
  if (command.has("refused")) {
    reply.outcome = FetchOutcome::refused;
    reply.refusal = refusalOf(command.text("refused"));
  }
  reply.times = timesOf(command);
  to.sink->onFetched(to.op, node, std::move(reply));
}

std::string OpScript::effects() {
  std::string out;
  for (; sentSeen_ < stage_->peers.sent.size(); ++sentSeen_) {
    out += sentShown(stage_->peers.sent[sentSeen_]);
  }
  out += clientsShown();
  for (kit::NotedHints::Kept& hint : stage_->hints.kept) {
    std::string& seen = hintsSeen_[{hint.write, hint.target}];
    const std::string is = hint.cancelled ? "cancelled" : "kept";
    if (std::exchange(seen, is) == is) continue;
    out += "hint for " + std::to_string(hint.target.value) +
           " op=" + std::to_string(hint.write.value) + " " + shown(hint.record.version) +
           (hint.cancelled ? " cancelled" : "") + "\n";
    EXPECT_GE(hint.dispatchedAtMicros, hint.record.version.timestamp);
  }
  for (; !stage_->events.lines.empty(); stage_->events.lines.erase(stage_->events.lines.begin())) {
    out += "event: " + stage_->events.lines.front() + "\n";
  }
  if (stage_->coordinator.operations() != inFlight_) {
    inFlight_ = stage_->coordinator.operations();
    out += "in flight: " + std::to_string(inFlight_) + "\n";
  }
  return out;
}

std::string OpScript::sentShown(const Sent& sent) const {
  std::string out = sent.apply() != nullptr ? "apply" : "fetch";
  out += " to " + std::to_string(sent.to.value) + " op=" + std::to_string(sent.op.value);
  if (const ApplyRequest* apply = sent.apply()) {
    out += " " + shown(apply->record.version);
    out += apply->record.isTombstone() ? " tombstone" : " value=" + apply->record.value;
    if (apply->source == Source::readRepair) out += " readRepair";
    EXPECT_GE(apply->dispatchedAtMicros, apply->record.version.timestamp);
  }
  if (sent.fetch() != nullptr && !sent.fetch()->withValue) out += " digest";
  return out + "\n";
}

std::string OpScript::clientsShown() {
  std::string out;
  for (const auto& [op, answers] : stage_->client.puts) {
    for (std::size_t& seen = answersSeen_[op]; seen < answers.size(); ++seen) {
      const PutAnswer& a = answers[seen];
      out += "client " + names_[op] + ": " + nameOf(a.outcome) + " " + shown(a.version) + " " +
             std::to_string(a.acknowledged) + " of " + std::to_string(a.needed) +
             " (N=" + std::to_string(a.replicas) + ")" + withNodes("by", a.acknowledgedBy) +
             withNodes("missed", a.missed) + (a.superseded ? " superseded" : "") +
             (a.error ? shown(*a.error) : "") + "\n" + shownTrace(a.trace);
    }
  }
  for (const auto& [op, answers] : stage_->client.gets) {
    for (std::size_t& seen = answersSeen_[op]; seen < answers.size(); ++seen) {
      const GetAnswer& a = answers[seen];
      out += "client " + names_[op] + ": ";
      if (a.record) out += shown(a.record->version) + " ";
      if (a.found()) out += "value=" + a.record->value + " ";
      if (a.record && !a.found()) out += "tombstone ";
      if (!a.record) out += a.error ? "no answer " : "absent ";
      out += std::to_string(a.acknowledged) + " of " + std::to_string(a.needed) +
             " (N=" + std::to_string(a.replicas) + ")" + withNodes("by", a.answeredBy) +
             withNodes("repaired", a.repaired) + (a.error ? shown(*a.error) : "") + "\n" +
             shownTrace(a.trace);
    }
  }
  return out;
}

std::string OpScript::countersShown() const {
  std::string out;
  for (const auto& [name, value] : stage_->coordinator.counters().named()) {
    if (value != 0) out += name + " " + std::to_string(value) + "\n";
  }
  return out;
}

Version OpScript::versionOf(const std::string& text) const {
  const std::size_t slash = text.find('/');
  const std::int64_t offset = std::stoll(text.substr(0, slash));
  const bool relative = text[0] == '+' || text[0] == '-';
  return {relative ? wallAtStart + offset : offset,
          std::stoull(text.substr(slash + 1), nullptr, 16)};
}

std::string OpScript::shown(Version version) const {
  if (version.isNone()) return "unstamped";
  const std::int64_t offset = version.timestamp - wallAtStart;
  const std::string writer = toString(version).substr(toString(version).find('/'));
  return (offset < 0 ? "" : "+") + std::to_string(offset) + writer;
}

std::string OpScript::shown(const RequestError& error) const {
  std::string out = "\n  " + nameOf(error.kind) + ":";
  if (error.needed != 0) out += " needed=" + std::to_string(error.needed);
  if (error.kind == RequestErrorKind::unavailable) out += " alive=" + std::to_string(error.alive);
  if (error.kind == RequestErrorKind::timeout) {
    out += " acknowledged=" + std::to_string(error.acknowledged);
  }
  out += withNodes("missing", error.missing);
  if (error.limit != 0) out += " limit=" + std::to_string(error.limit);
  if (error.retryAfterMs != 0) out += " retryAfterMs=" + std::to_string(error.retryAfterMs);
  return out + " \"" + error.message + "\"";
}

}  // namespace henge::coordinator

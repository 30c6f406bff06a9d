#include "tests/unit/client_library/driver_script.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <utility>

#include "core/time.h"

namespace henge::library {

namespace {

RequestError errorOf(const std::string& what) {
  RequestError error;
  error.message = what;
  if (what == "unavailable") {
    error.kind = RequestErrorKind::unavailable;
    error.needed = 2;
    error.alive = 1;
  } else if (what == "timeout") {
    error.kind = RequestErrorKind::timeout;
    error.needed = 2;
    error.acknowledged = 1;
  } else if (what.starts_with("overloaded=")) {
    error.kind = RequestErrorKind::overloaded;
    error.message = "overloaded";
    error.retryAfterMs = std::stoll(what.substr(11));
  } else if (what == "rebuilding") {
    error.kind = RequestErrorKind::rebuilding;
  } else {
    EXPECT_EQ(what, "invalid") << "no such answer";
    error.limit = 9;
  }
  return error;
}

std::string nameOf(Outcome outcome) {
  return outcome == Outcome::applied            ? "applied"
         : outcome == Outcome::surelyNotApplied ? "surely not applied"
                                                : "unknown";
}

// The timestamp as microseconds above the wall clock that a stage begins with.
std::string shownVersion(Version version) {
  if (version.isNone()) return "none";
  constexpr std::int64_t begin = 1'700'000'000'000'000;
  const std::int64_t ahead = version.timestamp - begin;
  const std::string time =
      ahead >= 0 ? "+" + std::to_string(ahead) : std::to_string(version.timestamp);
  return time + "/" + (version.writer == 0xc1 ? "me" : std::to_string(version.writer));
}

std::string shownFailure(const std::optional<Failure>& failure) {
  if (!failure) return "";
  return "\n   " + std::string(henge::nameOf(failure->kind)) + ": " + failure->message;
}

}  // namespace

std::string DriverScript::run(const golden::Command& command) {
  if (command.name() == "start") {
    *this = DriverScript();
    std::vector<std::uint32_t> seeds;
    for (const NodeId id : command.nodes("seeds")) seeds.push_back(id.value);
    stage_ =
        std::make_unique<Stage>(seeds, static_cast<std::uint64_t>(command.number("reserve", 100)));
  } else if (command.name() == "counters") {
    return counters();
  } else {
    act(command);
  }
  stage_->settle();
  return effects();
}

void DriverScript::act(const golden::Command& command) {
  const std::string name = command.name();
  if (name == "put" || name == "remove" || name == "get") return ask(command);
  if (name == "answer") return answer(command);
  if (name == "wait") return wait(1_ms * command.number("ms"));
  if (name == "close") return stage_->driver.close();
  const std::string who = command.words().at(0);
  if (name == "cancel") return stage_->driver.cancel(ops_.at(who));
  if (who == "all") return stage_->acceptAll();
  const auto n = static_cast<std::uint32_t>(std::stoul(who));
  if (name == "accept") return stage_->accept(n);
  if (name == "refuse") return stage_->refuse(n);
  if (name == "break") return stage_->nodes.at(n)->reset();
  ASSERT_EQ(name, "deaf") << "no such command";
  stage_->nodes.at(n)->socket()->roomToSend = 0;
}

// In small steps, so that what is asked on the way is shown with the time it has then.
void DriverScript::wait(Duration span) {
  const MonoTime end = stage_->loop.now() + span;
  while (stage_->loop.now() < end) {
    stage_->wait(std::min(end - stage_->loop.now(), 1_ms));
    waited_ += effects();
  }
}

void DriverScript::ask(const golden::Command& command) {
  const std::string who = command.words().at(0);
  Ask ask;
  if (command.name() != "get") {
    ask.verb = command.name() == "put" ? Ask::Verb::put : Ask::Verb::remove;
  }
  ask.key = command.text("key", "k");
  ask.value = command.text("value");
  ask.level = *parseConsistency(command.text("level", "quorum"));
  ask.deadline = stage_->loop.now() + 1_ms * command.number("ms", 2000);
  if (command.text("retry") == "never") ask.retry = Retry::never;
  if (command.has("version")) ask.version = Version{command.number("version"), 9};
  ops_[who] = {stage_->lastOp + 1};
  (void)stage_->ask(std::move(ask));
}

void DriverScript::answer(const golden::Command& command) {
  const std::vector<std::string> words = command.words();
  FakeNode& node = *stage_->nodes.at(static_cast<std::uint32_t>(std::stoul(words.at(0))));
  std::string what = words.size() > 1 ? words[1] : "";
  for (const char* name : {"overloaded", "value", "removed"}) {
    if (command.has(name)) what = std::string(name) + "=" + command.text(name);
  }
  node.service.puts.empty() ? answerGet(node, what) : answerPut(node, what);
}

// The oldest that it was asked and has not answered.
void DriverScript::answerPut(FakeNode& node, const std::string& what) {
  const auto put = node.service.puts.front();
  node.service.puts.pop_front();
  PutAnswer answer = wire::FakeClientService::applied();
  answer.version = put.request.version.value_or(Version{});
  answer.superseded = what == "superseded";
  if (what != "applied" && what != "superseded") {
    answer.error = errorOf(what);
    const bool isOpen = what == "timeout";
    answer.outcome = isOpen ? Outcome::unknown : Outcome::surelyNotApplied;
  }
  node.service.answer(put, answer);
}

void DriverScript::answerGet(FakeNode& node, const std::string& what) {
  ASSERT_FALSE(node.service.gets.empty()) << "it was asked nothing";
  const auto get = node.service.gets.front();
  node.service.gets.pop_front();
  GetAnswer answer = wire::FakeClientService::found(get.request.key, "");
  if (what.starts_with("value=")) {
    answer.record->value = what.substr(6);
  } else if (what.starts_with("removed=")) {
    answer.record->kind = RecordKind::tombstone;
    answer.record->version.timestamp = std::stoll(what.substr(8));
  } else if (what == "absent") {
    answer.record.reset();
  } else {
    answer = {};
    answer.error = errorOf(what);
  }
  node.service.answer(get, answer);
}

std::string DriverScript::effects() {
  std::string out = std::exchange(waited_, "");
  for (const auto& [address, count] : stage_->network.dials) {
    for (int& seen = dialsSeen_[address]; seen < count; ++seen) out += "dials " + address + "\n";
  }
  for (const auto& [n, node] : stage_->nodes) out += asked(n, *node);
  for (; endedSeen_ < stage_->ended.size(); ++endedSeen_) out += shown(stage_->ended[endedSeen_]);
  return out;
}

std::string DriverScript::asked(std::uint32_t n, FakeNode& node) {
  std::string out;
  const auto line = [&](const std::string& verb, const RequestContext& context, const Bytes& key) {
    const std::int64_t ms = (context.deadline - stage_->loop.now()).micros / 1000;
    return "n" + std::to_string(n) + " is asked: " + verb + " " + key + " " +
           std::string(henge::nameOf(context.level)) + " within " + std::to_string(ms) + " ms";
  };
  for (auto& put : node.service.puts) {
    if (put.op.value <= putsSeen_[n]) continue;
    putsSeen_[n] = put.op.value;
    const bool isRemove = put.request.kind == RecordKind::tombstone;
    out += line(isRemove ? "remove" : "put", put.request.context, put.request.key) + " " +
           (isRemove ? "" : "value=" + put.request.value + " ") +
           shownVersion(put.request.version.value_or(Version{})) + "\n";
  }
  for (auto& get : node.service.gets) {
    if (get.op.value <= getsSeen_[n]) continue;
    getsSeen_[n] = get.op.value;
    out += line("get", get.request.context, get.request.key) + "\n";
  }
  return out;
}

std::string DriverScript::shown(OpId op) const {
  const auto name =
      std::find_if(ops_.begin(), ops_.end(), [&](const auto& entry) { return entry.second == op; });
  std::string out = (name == ops_.end() ? "?" : name->first) + ": ";
  if (const auto put = stage_->puts.find(op); put != stage_->puts.end()) {
    const PutResult& result = put->second;
    out += nameOf(result.outcome) + " " + shownVersion(result.version);
    if (result.superseded) out += " superseded";
    return out + shownFailure(result.failure) + "\n";
  }
  const GetResult& result = stage_->gets.at(op);
  if (result.value) out += "value=" + *result.value;
  if (!result.value && !result.failure) out += result.removed ? "removed" : "absent";
  if (result.failure) out += "failed";
  return out + shownFailure(result.failure) + "\n";
}

std::string DriverScript::counters() const {
  const ClientCounters counters = stage_->driver.counters();
  return "requests " + std::to_string(counters.requests) + " resends " +
         std::to_string(counters.resends) + " denied " + std::to_string(counters.resendsDenied) +
         " to replicas " + std::to_string(counters.toReplicas) + " rings " +
         std::to_string(counters.ringsLearned) + " up " + std::to_string(counters.nodesUp) + "\n";
}

}  // namespace henge::library

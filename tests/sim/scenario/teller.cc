#include "tests/sim/scenario/teller.h"

#include <algorithm>
#include <map>

namespace henge::sim {

const std::vector<Teller::Command>& Teller::commands() {
  static const std::vector<Command> all = {
      {"cluster", &Teller::cluster},   {"start", &Teller::start},
      {"kill", &Teller::kill},         {"power cut", &Teller::powerCut},
      {"stop", &Teller::stop},         {"pause", &Teller::pause},
      {"go on", &Teller::goOn},        {"put", &Teller::put},
      {"remove", &Teller::remove},     {"get", &Teller::get},
      {"begin", &Teller::begin},       {"await", &Teller::await},
      {"fill", &Teller::fill},         {"cut", &Teller::cut},
      {"isolate", &Teller::isolate},   {"heal", &Teller::heal},
      {"reset", &Teller::reset},       {"half open", &Teller::halfOpen},
      {"wipe", &Teller::wipe},         {"backup", &Teller::backup},
      {"restore", &Teller::restore},   {"disk", &Teller::disk},
      {"damage", &Teller::damage},     {"clock", &Teller::clock},
      {"run", &Teller::run},           {"accept", &Teller::accept},
      {"show", &Teller::show},         {"events", &Teller::events},
      {"status", &Teller::status},     {"order", &Teller::order},
      {"quiet", &Teller::quiet},       {"store", &Teller::store},
      {"settings", &Teller::settings},
  };
  return all;
}

Teller::Lines Teller::tell(const std::string& line) {
  Words words(line);
  said_.clear();
  const auto& known = commands();
  const auto found = std::find_if(known.begin(), known.end(), [&](const Command& command) {
    return words.accept(command.words);
  });
  if (found == known.end()) return {"?? no such command"};
  if (!stage_ && found->telling != &Teller::cluster) return {"?? there is no cluster yet"};
  (this->*found->telling)(words);
  if (!words.empty()) words.complain("\"" + words.peek() + "\" means nothing here");
  if (!words.complaint().empty()) said_.push_back("?? " + words.complaint());
  if (stage_) {
    for (const std::string& news : stage_->takeNews()) say(news);
  }
  return std::exchange(said_, {});
}

std::uint32_t Teller::nodeOf(const std::string& word, Words& words) {
  for (std::uint32_t node = 0; node < stage_->nodes(); ++node) {
    if (word == toString(NodeId{node})) return node;
  }
  words.complain("\"" + word + "\" is no node");
  return 0;
}

std::uint32_t Teller::node(Words& words) { return nodeOf(words.word("a node"), words); }

std::vector<std::uint32_t> Teller::nodes(Words& words) {
  std::vector<std::uint32_t> chosen;
  while (!words.accept("all") && !words.empty()) chosen.push_back(node(words));
  if (!chosen.empty()) return chosen;
  for (std::uint32_t every = 0; every < stage_->nodes(); ++every) chosen.push_back(every);
  return chosen;
}

Machine& Teller::atRest(Words& words) {
  Machine& machine = stage_->machine(node(words));
  if (machine.isRunning()) words.complain("its process runs: kill it first");
  return machine;
}

// "cluster 3 nodes replication 3 segmentBytes=4096"
void Teller::cluster(Words& words) {
  Settings settings = storySettings();
  settings.nodes = words.number("number of nodes");
  if (!words.accept("nodes replication")) words.complain("wants: 3 nodes replication 3");
  settings.replication = words.number("number of replicas");
  set(settings, words);
  if (!words.complaint().empty()) return;
  stage_ = std::make_unique<Stage>(settings);
  began_ = stage_->heap().now();
}

void Teller::set(Settings& settings, Words& words) {
  while (!words.empty()) {
    const std::string word = words.word("a setting");
    const std::size_t equals = std::min(word.find('='), word.size() - 1);
    const Status done = setByName(settings, word.substr(0, equals), word.substr(equals + 1));
    if (!done.ok()) words.complain(done.error().message);
  }
}

// For the next start; the store's and the disk's stay as they are.
void Teller::settings(Words& words) {
  Machine& machine = atRest(words);
  Settings settings = machine.settings();
  set(settings, words);
  machine.setSettings(settings);
}

// --- processes -----------------------------------------------------------------------------------

void Teller::start(Words& words) {
  const auto chosen = nodes(words);
  for (const std::uint32_t node : chosen) {
    if (stage_->machine(node).isRunning()) return words.complain("it runs already");
  }
  stage_->start(chosen);
}

void Teller::kill(Words& words) {
  for (const std::uint32_t node : nodes(words)) stage_->kill(node);
}

void Teller::powerCut(Words& words) { stage_->cutPower(nodes(words)); }

void Teller::stop(Words& words) {
  for (const std::uint32_t node : nodes(words)) stage_->stop(node);
}

void Teller::pause(Words& words) { stage_->machine(node(words)).pause(); }

void Teller::goOn(Words& words) { stage_->machine(node(words)).goOn(); }

void Teller::run(Words& words) { stage_->run(words.duration("time")); }

// --- requests ------------------------------------------------------------------------------------

void Teller::useKey(const Bytes& key) {
  if (std::find(keys_.begin(), keys_.end(), key) == keys_.end()) keys_.push_back(key);
}

// "key=value QUORUM stamp=10s writer=2 deadline=500ms"; a stamp is a time since the story began.
Ask Teller::asked(Ask::Verb verb, Words& words) {
  Ask ask;
  ask.verb = verb;
  ask.deadline = words.durationOption("deadline").value_or(ask.deadline);
  const auto stamp = words.durationOption("stamp");
  const auto writer = words.numberOption("writer");
  if (stamp) {
    const WallTime zero{stage_->heap().wall().micros - (stage_->heap().now() - began_).micros};
    ask.version =
        Version{zero.micros + stamp->micros, static_cast<std::uint64_t>(writer.value_or(1))};
  }
  const std::string what = words.word("a key");
  const std::size_t equals = what.find('=');
  ask.key = what.substr(0, equals);
  if ((equals != std::string::npos) != (verb == Ask::Verb::put)) words.complain("key=value to put");
  if (equals != std::string::npos) ask.value = what.substr(equals + 1);
  if (!words.empty()) {
    const auto level = parseConsistency(words.word("a level"));
    if (!level) words.complain("a level is ONE, QUORUM or ALL");
    ask.level = level.value_or(ask.level);
  }
  useKey(ask.key);
  return ask;
}

void Teller::ask(Ask::Verb verb, Words& words) {
  const std::uint32_t at = node(words);
  const Call& call = stage_->begin(asked(verb, words), at);
  stage_->await(call);
  say(call.line(stage_->names()));
}

void Teller::put(Words& words) { ask(Ask::Verb::put, words); }
void Teller::remove(Words& words) { ask(Ask::Verb::remove, words); }
void Teller::get(Words& words) { ask(Ask::Verb::get, words); }

void Teller::begin(Words& words) {
  Ask::Verb verb = Ask::Verb::get;
  if (words.accept("put")) {
    verb = Ask::Verb::put;
  } else if (words.accept("remove")) {
    verb = Ask::Verb::remove;
  } else if (!words.accept("get")) {
    return words.complain("begin put, remove or get");
  }
  const std::uint32_t at = node(words);
  begun_.push_back(&stage_->begin(asked(verb, words), at));
}

void Teller::await(Words&) {
  std::vector<const Call*> over;
  while (!begun_.empty()) {
    const auto isOver = [](const Call* call) { return call->isOver(); };
    const Duration most = 120_s;
    if (!stage_->run(most, [&] { return std::any_of(begun_.begin(), begun_.end(), isOver); })) {
      return say("?? no answer at all");
    }
    const auto first = std::find_if(begun_.begin(), begun_.end(), isOver);
    say((*first)->ask().key + ": " + (*first)->line(stage_->names()));
    begun_.erase(first);
  }
}

// "fill n0 k count=20 bytes=3000 every=150ms": puts, one after the other, and what they came to.
void Teller::fill(Words& words) {
  const std::uint32_t at = node(words);
  const std::int64_t count = words.numberOption("count").value_or(1);
  const auto bytes = static_cast<std::size_t>(words.numberOption("bytes").value_or(1));
  const Duration every = words.durationOption("every").value_or(Duration{});
  Ask ask;
  ask.verb = Ask::Verb::put;
  ask.key = words.word("a key");
  useKey(ask.key);
  std::map<std::string, std::int64_t> verdicts;
  for (std::int64_t i = 1; i <= count; ++i) {
    ask.value = std::to_string(i);
    ask.value.resize(std::max(bytes, ask.value.size()), '.');
    const Call& call = stage_->begin(ask, at);
    stage_->await(call);
    ++verdicts[call.verdict()];
    stage_->run(every);
  }
  for (const auto& [verdict, times] : verdicts) say(std::to_string(times) + " " + verdict);
}

}  // namespace henge::sim

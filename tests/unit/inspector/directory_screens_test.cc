// The screens of `log DIR`, `hints DIR` and `verify DIR`, as a person reads them:
// tests/golden/inspector_log.txt, inspector_hints.txt, inspector_verify.txt.
#include <gtest/gtest.h>
#include <memory>
#include <sstream>

#include "core/key_text.h"
#include "inspector/inspect.h"
#include "server/storage/segment_names.h"
#include "server/storage/store_keys.h"
#include "tests/golden/script_runner.h"
#include "tests/unit/inspector/fake_directory.h"
#include "tests/unit/inspector/inspector_run.h"

namespace henge::inspector::testing {

namespace {

std::string marked(const std::string& text, const std::string& mark) {
  std::istringstream lines(text);
  std::string out;
  for (std::string line; std::getline(lines, line);) {
    for (std::size_t at = 0; (at = line.find('\x1b', at)) != line.npos;) line.replace(at, 1, "\\e");
    out += mark + (line.empty() ? "~" : line) + "\n";
  }
  return out;
}

class Script {
 public:
  std::string answer(const golden::Command& command) {
    if (command.name() == "directory") return makeDirectory();
    if (command.name() == "put") return put(command);
    if (command.name() == "hint") return hint(command);
    if (command.name() == "mark") return mark(command);
    if (command.name() == "stop") return stop(command);
    if (command.name() == "start") return start();
    if (command.name() == "change") return change(command);
    if (command.name() == "store") return changeStore(command);
    if (command.name() == "inspect") return inspect(command);
    return "unknown command " + command.name();
  }

 private:
  storage::ShardWorld& world() { return directories_->world; }

  std::string makeDirectory() {
    directories_ = std::make_unique<FakeDirectories>();
    next_ = 1;
    return start();
  }

  std::string start() {
    const Status opened = world().open();
    return opened.ok() ? "" : opened.error().message + "\n";
  }

  // put key=k count=20 bytes=200: k01, k02 … one batch each; without a count the key alone
  std::string put(const golden::Command& command) {
    const Bytes key = *parseKeyText(command.text("key"));
    const auto value = Bytes(static_cast<std::size_t>(command.number("bytes", 3)), 'x');
    const std::int64_t count = command.number("count");
    const bool deleted = command.text("deleted") == "yes";
    for (std::int64_t i = 0; i < std::max<std::int64_t>(count, 1); ++i) {
      Record record = storage::recordOf(count == 0 ? key : key + std::to_string(10 + i),
                                        1'795'236'000'000'000 + next_++, deleted ? Bytes() : value);
      if (deleted) record.kind = RecordKind::tombstone;
      if (!world().put(record)) return "refused\n";
    }
    return "";
  }

  static std::uint32_t nodeOf(const golden::Command& command) {
    return static_cast<std::uint32_t>(command.number("for"));
  }

  // hint for=2 number=1 key=k, or with done=yes instead of a key
  std::string hint(const golden::Command& command) {
    const auto number = static_cast<std::uint64_t>(command.number("number"));
    Hint hint;
    hint.id = {{nodeOf(command)}, number};
    hint.keptAt = {1'795'236'000'000'000 + command.number("number") * 1'000'000};
    hint.expiresAt = {hint.keptAt.micros + 10'800'000'000};
    hint.record = storage::recordOf(command.text("key"), 1'795'236'000'000'000);
    const bool done = command.text("done") == "yes";
    const Status told = world().shard->appendHint(done ? HintEntry(HintDone{hint.id}) : hint);
    world().settle(10_ms);
    return told.ok() ? "" : "refused\n";
  }

  // mark for=2 first=a end=m [repaired=yes]
  std::string mark(const golden::Command& command) {
    const bool needed = command.text("repaired") != "yes";
    const Status told = world().shard->appendHint(RepairMark{{nodeOf(command)},
                                                             command.text("first"),
                                                             command.text("end"),
                                                             {1'795'236'000'000'000},
                                                             needed});
    world().settle(10_ms);
    return told.ok() ? "" : "refused\n";
  }

  // stop how=killed|drained, after=ms
  std::string stop(const golden::Command& command) {
    world().settle({command.number("after") * 1000});
    if (command.text("how") == "drained") {
      if (Status drained = world().drain(); !drained) return drained.error().message + "\n";
      if (command.text("at_once") != "yes") world().settle(1_s);
    }
    world().die(0);
    return "";
  }

  // change segment=2 at=700 (a bit), segment=3 erase=yes, segment=1 tear=21 at=end, in_use=yes
  std::string change(const golden::Command& command) {
    if (command.text("in_use") == "yes") {
      directories_->inUse =
          "data directory n2 is in use by process 4711; only a stopped node's "
          "can be read";
      return "";
    }
    if (command.has("identity")) {
      world().files.erase(command.text("identity"));
      return "";
    }
    const auto id = static_cast<std::uint64_t>(command.number("segment"));
    const std::string path = "log/0/" + storage::segmentName(id);
    if (command.text("erase") == "yes") {
      world().files.erase(path);
      return "";
    }
    const auto found = world().files.contents(path);
    if (!found) return "no such segment\n";
    Bytes bytes = *found;
    if (command.has("tear")) {
      const std::size_t end = bytes.find_last_not_of('\0') + 1;
      bytes.replace(end, static_cast<std::size_t>(command.number("tear")),
                    Bytes(static_cast<std::size_t>(command.number("tear")), 'T'));
    } else {
      bytes[static_cast<std::size_t>(command.number("at"))] ^= 1;
    }
    world().files.put(path, bytes);
    return "";
  }

  // store trouble=yes, with the reason as its line; store forget=k: the row of k is gone; store
  // add=u8:3: a row of that store key
  std::string changeStore(const golden::Command& command) {
    if (command.text("trouble") == "yes") {
      directories_->storeTrouble = command.lines.front();
      return "";
    }
    auto held = world().store.persisted();
    if (command.has("add")) {
      held[*parseKeyText(command.text("add"))] = "x";
      world().store.replaceAll(held);
      return "";
    }
    const Bytes key = *parseKeyText(command.text("forget"));
    if (held.erase(storage::dataKey(key)) == 0) return "not held\n";
    world().store.replaceAll(held);
    return "";
  }

  std::string inspect(const golden::Command& command) {
    std::istringstream line(command.lines.empty() ? "" : command.lines.front());
    std::vector<std::string> words;
    for (std::string word; line >> word;) words.push_back(word);
    FakeNodes nobody(1, 1);
    const InspectorRun run = runWords(nobody, words, {}, directories_.get());
    return marked(run.out, "") + marked(run.err, "! ") + "exit " + std::to_string(run.exit) + "\n";
  }

  std::unique_ptr<FakeDirectories> directories_ = std::make_unique<FakeDirectories>();
  std::int64_t next_ = 1;
};

class DirectoryScreens : public ::testing::TestWithParam<const char*> {};

TEST_P(DirectoryScreens, ReadAsInTheirFile) {
  Script script;
  golden::runScript(GetParam(),
                    [&](const golden::Command& command) { return script.answer(command); });
}

INSTANTIATE_TEST_SUITE_P(Files, DirectoryScreens,
                         ::testing::Values("inspector_log.txt", "inspector_hints.txt",
                                           "inspector_verify.txt"),
                         [](const auto& file) {
                           const std::string name = file.param;
                           return name.substr(10, name.size() - 14);
                         });

}  // namespace

}  // namespace henge::inspector::testing

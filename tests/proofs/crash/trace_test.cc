#include "tests/proofs/crash/trace.h"

#include <gtest/gtest.h>

#include "tests/kit/fake_disk.h"
#include "tests/kit/virtual_loop.h"
#include "tests/proofs/crash/images.h"

namespace henge::proofs {
namespace {

class NoSink final : public ports::DiskSink {
 public:
  void onDisk(OpId, ports::DiskResult) override { ++ended; }
  int ended = 0;
};

// One of the calls of a disk, on few names.
void callSomething(ports::Disk& disk, ports::DiskSink& sink, sim::Chance& chance) {
  const OpId op{1};
  const std::string name = "d/" + std::to_string(chance.below(4));
  const std::string other = "d/" + std::to_string(chance.below(4));
  switch (chance.below(8)) {
    case 0:
      return disk.create(op, sink, name, 700);
    case 1:
      return disk.write(op, sink, name, chance.below(900), Bytes(chance.below(1500), 'x'));
    case 2:
      return disk.sync(op, sink, name);
    case 3:
      return disk.rename(op, sink, name, other);
    case 4:
      return disk.remove(op, sink, name);
    case 5:
      return disk.makeDirectory(op, sink, "d/e");
    case 6:
      return disk.truncate(op, sink, name, chance.below(2000));
    default:
      return disk.replace(op, sink, name, Bytes(chance.below(900), 'y'));
  }
}

TEST(Trace, DoneAgainGivesTheSameFilesAndTheSameThingsToLose) {
  std::size_t steps = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    sim::Chance chance(seed);
    kit::VirtualLoop loop;
    kit::FakeFiles files;
    Recorder recorder;
    files.setWatch(&recorder);
    kit::FakeDisk one(files, loop, loop, 40_us);
    kit::FakeDisk two(files, loop, loop, 70_us);
    one.goStepByStep();
    two.goStepByStep();
    NoSink sink;
    one.makeDirectory(OpId{1}, sink, "d");
    for (int call = 0; call < 40; ++call) callSomething(chance.oneIn(2) ? one : two, sink, chance);
    loop.run();
    ASSERT_EQ(sink.ended, 41);
    kit::FakeFiles again;
    const Trace trace = recorder.take();
    for (const Event& event : trace) redo(event, again);
    ASSERT_EQ(hashOf(again), hashOf(files)) << "seed " << seed;
    ASSERT_EQ(again.pendingSectors(), files.pendingSectors()) << "seed " << seed;
    again.powerCut();
    files.powerCut();
    ASSERT_EQ(hashOf(again), hashOf(files)) << "seed " << seed;
    steps += trace.size();
  }
  EXPECT_GT(steps, 5000U);
}

TEST(Trace, StepsOfTwoDisksComeBetweenEachOther) {
  kit::VirtualLoop loop;
  kit::FakeFiles files;
  Recorder recorder;
  files.setWatch(&recorder);
  kit::FakeDisk one(files, loop, loop, 50_us);
  kit::FakeDisk two(files, loop, loop, 50_us);
  one.goStepByStep();
  two.goStepByStep();
  NoSink sink;
  one.create(OpId{1}, sink, "a", 10);
  two.create(OpId{1}, sink, "b", 10);
  loop.run();
  const Trace trace = recorder.take();
  ASSERT_GT(trace.size(), 4U);
  EXPECT_NE(trace[0].path, trace[1].path);
  EXPECT_EQ(trace[0].kind, trace[1].kind);
}

TEST(Trace, CountsWhatItWentThrough) {
  const auto event = [](Event::Kind kind, const std::string& path, const std::string& to = "") {
    Event made;
    made.kind = kind;
    made.path = path;
    made.to = to;
    return made;
  };
  const std::string a = "log/0/segment-0000000000000001.log";
  const std::string b = "log/0/segment-0000000000000002.log";
  const Passages seen =
      passagesOf({event(Event::Kind::write, a), event(Event::Kind::write, b),
                  event(Event::Kind::promised, "key"), event(Event::Kind::sync, "store/000009.sst"),
                  event(Event::Kind::rename, a, "log/0/spare-0000000000000001.log"),
                  event(Event::Kind::unlink, b)});
  EXPECT_EQ(seen.points, 6U);
  EXPECT_EQ(seen.rolls, 1U);
  EXPECT_EQ(seen.tables, 1U);
  EXPECT_EQ(seen.storeSteps, 1U);
  EXPECT_EQ(seen.deleted, 2U);
}

}  // namespace
}  // namespace henge::proofs

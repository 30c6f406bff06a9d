#include "server/storage/quarantine.h"

#include <gtest/gtest.h>

#include "server/storage/segment_names.h"
#include "tests/kit/fake_disk.h"
#include "tests/kit/node_fakes.h"
#include "tests/kit/virtual_loop.h"
#include "tests/unit/storage/shard_world.h"

namespace henge::storage {
namespace {

class QuarantineTest : public ::testing::Test, public QuarantineSink {
 protected:
  QuarantineTest() { begin(); }

  // A process on the directory as it is.
  void begin() {
    disk = std::make_unique<kit::FakeDisk>(files, loop, loop);
    quarantine = std::make_unique<Quarantine>(options, *disk, events, *this);
    told.clear();
    quarantine->read();
    loop.run();
  }
  void onQuarantine(Status status) override { told.push_back(std::move(status)); }

  static LogDamage damageOf(std::uint64_t segment) {
    return {"log/0/" + segmentName(segment), 512, "why", KeyBounds{"a", "b"}, 1};
  }

  StorageOptions options = smallOptions();
  kit::VirtualLoop loop;
  kit::FakeFiles files;
  kit::NotedEvents events;
  std::unique_ptr<kit::FakeDisk> disk;
  std::unique_ptr<Quarantine> quarantine;
  std::vector<Status> told;
};

TEST_F(QuarantineTest, WithoutADirectoryThereIsNothing) {
  ASSERT_EQ(told.size(), 1u);
  EXPECT_TRUE(told[0].ok());
  EXPECT_TRUE(quarantine->damage().empty());
  EXPECT_FALSE(quarantine->busy());
}

TEST_F(QuarantineTest, ANoteIsDurableWhenToldAndReadAtTheNextStart) {
  quarantine->note(damageOf(7));
  EXPECT_TRUE(quarantine->busy());
  loop.runUntil([&] { return told.size() == 2; });
  EXPECT_FALSE(quarantine->busy());
  files.powerCut();
  begin();
  EXPECT_EQ(quarantine->damage(), std::vector<LogDamage>{damageOf(7)});
  EXPECT_TRUE(quarantine->isNoted(7));
  EXPECT_FALSE(quarantine->isNoted(17));
  quarantine->note(damageOf(7));
  EXPECT_FALSE(quarantine->busy()) << "known already";
}

TEST_F(QuarantineTest, AcceptedNotesKeepTheirBytesUnderAnotherName) {
  quarantine->note(damageOf(7));
  quarantine->note(damageOf(8));
  loop.run();
  const auto note = files.contents("log/0/quarantine/" + noteName(7));
  quarantine->acceptAll();
  EXPECT_TRUE(quarantine->damage().empty());
  loop.run();
  begin();
  EXPECT_TRUE(quarantine->damage().empty());
  EXPECT_EQ(quarantine->files().size(), 2u);
  EXPECT_EQ(files.contents("log/0/quarantine/" + acceptedNoteName(7)), note);
}

TEST_F(QuarantineTest, AnAcceptanceThatDoesNotReachTheDiskIsSaidAndForgotten) {
  quarantine->note(damageOf(7));
  loop.run();
  disk->failAlways(kit::DiskCall::rename, {ErrorKind::io, "bad sector"});
  quarantine->acceptAll();
  loop.run();
  EXPECT_TRUE(events.mentions("stands again at the next start: bad sector"));
  begin();
  EXPECT_EQ(quarantine->damage().size(), 1u);
}

TEST_F(QuarantineTest, AFailureIsTold) {
  disk->failAlways(kit::DiskCall::replace, {ErrorKind::diskFull, "no space"});
  quarantine->note(damageOf(7));
  loop.run();
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told.back().error().kind, ErrorKind::diskFull);
}

TEST_F(QuarantineTest, MoreNotesThanAreReadStillTakeTheVote) {
  for (std::uint64_t id = 1; id <= Quarantine::notesReadMax + 2; ++id)
    files.put("log/0/quarantine/" + noteName(id), "some reason\n");
  begin();
  EXPECT_EQ(quarantine->damage().size(), Quarantine::notesReadMax + 2);
  EXPECT_TRUE(quarantine->isNoted(Quarantine::notesReadMax + 2));
}

}  // namespace
}  // namespace henge::storage

#include <gtest/gtest.h>

#include "server/membership/peer_file.h"
#include "tests/kit/fake_disk.h"
#include "tests/kit/virtual_loop.h"

namespace henge::membership {
namespace {

// Its state is a number, kept as the id of its cluster.
class State final : public PeerFileSink {
 public:
  PeerFile currentFile() override {
    ++asked;
    PeerFile file;
    file.cluster = {value};
    return file;
  }
  void onSaved(std::uint64_t generation) override { saved.push_back(generation); }
  void onSaveFailed(const Error&) override { ++failures; }

  std::uint64_t value = 0;
  int asked = 0;
  int failures = 0;
  std::vector<std::uint64_t> saved;
};

struct PeerFileWriterTest : testing::Test {
  std::uint64_t save(std::uint64_t value) {
    state.value = value;
    return writer.save();
  }
  std::uint64_t onDisk() const {
    const Bytes* bytes = files.peekDurable(peerFileName);
    return bytes == nullptr ? 0 : decodePeerFile(*bytes)->cluster.value;
  }

  kit::VirtualLoop loop;
  kit::FakeFiles files;
  kit::FakeDisk disk{files, loop, loop};
  State state;
  PeerFileWriter writer{disk, state};
};

TEST_F(PeerFileWriterTest, writesAtOnceWhenIdle) {
  EXPECT_EQ(save(7), 1U);
  EXPECT_FALSE(writer.idle());
  EXPECT_EQ(writer.durable(), 0U);
  loop.run();
  EXPECT_TRUE(writer.idle());
  EXPECT_EQ(writer.durable(), 1U);
  EXPECT_EQ(onDisk(), 7U);
}

TEST_F(PeerFileWriterTest, whatIsAskedMeanwhileIsOneMoreWrite) {
  save(1);
  for (std::uint64_t value = 2; value <= 1000; ++value) EXPECT_EQ(save(value), value);
  EXPECT_EQ(state.asked, 1);
  loop.run();
  EXPECT_EQ(state.asked, 2);
  EXPECT_EQ(disk.calls(kit::DiskCall::replace), 2U);
  EXPECT_EQ(state.saved, (std::vector<std::uint64_t>{1, 1000}));
  EXPECT_EQ(onDisk(), 1000U);
}

// A save() counts when a write that began after it has ended: the one on its way has not its state.
TEST_F(PeerFileWriterTest, aSaveDuringAWriteIsNotDurableWithIt) {
  save(1);
  const std::uint64_t second = save(2);
  ASSERT_TRUE(loop.runUntil([&] { return !state.saved.empty(); }));
  EXPECT_LT(writer.durable(), second);
  EXPECT_FALSE(writer.idle());
  loop.run();
  EXPECT_EQ(writer.durable(), second);
}

TEST_F(PeerFileWriterTest, afterAFailureOnlyWhatWasAskedSinceIsWritten) {
  disk.failAfter(kit::DiskCall::replace, 1, {ErrorKind::io, "no"});
  save(1);
  loop.run();
  EXPECT_EQ(state.failures, 1);
  EXPECT_EQ(writer.durable(), 0U);
  EXPECT_TRUE(writer.idle());
  EXPECT_EQ(state.asked, 1);
  disk.failAfter(kit::DiskCall::replace, 1, {ErrorKind::io, "no"});
  save(2);
  const std::uint64_t last = save(3);
  loop.run();
  EXPECT_EQ(state.failures, 2);
  EXPECT_EQ(writer.durable(), last);
  EXPECT_EQ(onDisk(), 3U);
}

}  // namespace
}  // namespace henge::membership

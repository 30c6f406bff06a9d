#include "server/storage/segment_reader.h"

#include <gtest/gtest.h>

#include "tests/unit/storage/segment_builder.h"
#include "tests/unit/storage/shard_world.h"

namespace henge::storage {
namespace {

constexpr std::uint64_t id = 5;
constexpr std::uint64_t usedAgain = 2;

SegmentHeader header(bool recycled = false) {
  SegmentHeader out;
  out.owner = testOwner();
  out.id = id;
  out.recycled = recycled;
  out.predecessor = {id - 1, 300, 9};
  out.syncedTo = {id - 1, 300};
  return out;
}

// Three batches, each synced before the next was written, and a mark.
SegmentBuilder threeBatches(SegmentBuilder builder) {
  for (int i = 1; i <= 3; ++i) {
    LogPosition synced = i == 1 ? LogPosition{id - 1, 300} : builder.at();
    builder.add({recordOf("a", 10 * i), recordOf("b", 10 * i, Bytes(100, 'x'))}, synced);
  }
  LogPosition synced = builder.at();
  builder.add({}, synced);
  return builder;
}

SegmentContent read(BytesView bytes, const std::optional<SegmentHeader>& successor = {}) {
  auto content = readSegment(bytes, {testOwner(), id, usedAgain}, successor);
  EXPECT_TRUE(content.ok()) << content.error().message;
  return *content;
}

SegmentHeader successorOf(const SegmentBuilder& builder) {
  SegmentHeader out = header();
  out.id = id + 1;
  out.predecessor = {id, builder.at().offset, builder.lastChecksum()};
  out.syncedTo = builder.at();
  return out;
}

TEST(SegmentReader, ReadsToACleanEnd) {
  SegmentBuilder builder = threeBatches(SegmentBuilder(header()));
  SegmentContent content = read(builder.file());
  EXPECT_EQ(content.end, SegmentEnd::clean);
  EXPECT_EQ(content.batches.size(), 3u);
  EXPECT_EQ(content.endOffset, builder.at().offset);
  EXPECT_EQ(content.lastChecksum, builder.lastChecksum());
  EXPECT_EQ(content.tornBytes, 0u);
}

TEST(SegmentReader, ATrailerEndsIt) {
  SegmentBuilder builder = threeBatches(SegmentBuilder(header()));
  builder.end(builder.at());
  EXPECT_EQ(read(builder.file()).end, SegmentEnd::ended);
  EXPECT_EQ(read(builder.file(), successorOf(builder)).end, SegmentEnd::ended);
}

// What a crash can leave of the last write: any beginning of it, before zeroes.
TEST(SegmentReader, EveryPlaceToCutTheLastBatchIsATornTail) {
  SegmentBuilder builder = threeBatches(SegmentBuilder(header()));
  std::size_t before = builder.at().offset;
  builder.add({recordOf("last", 99, Bytes(40, 'l'))}, builder.at());
  std::size_t after = builder.at().offset;
  for (std::size_t cut = before; cut < after; ++cut) {
    Bytes file = builder.file().substr(0, cut);
    std::size_t written = file.find_last_not_of('\0') + 1;
    file.resize(4096, '\0');
    SegmentContent content = read(file);
    EXPECT_EQ(content.batches.size(), 3u);
    EXPECT_EQ(content.endOffset, before);
    EXPECT_EQ(content.end, written > before ? SegmentEnd::torn : SegmentEnd::clean) << cut;
    EXPECT_EQ(content.tornBytes, written > before ? written - before : 0) << cut;
  }
}

// Cut off the file itself, anywhere: never an error, never a record that was not whole.
TEST(SegmentReader, EveryLengthOfTheFileGivesABeginning) {
  SegmentBuilder builder = threeBatches(SegmentBuilder(header()));
  SegmentContent whole = read(builder.file());
  for (std::size_t length = 0; length <= builder.file().size(); ++length) {
    SegmentContent content = read(BytesView(builder.file()).substr(0, length));
    ASSERT_LE(content.batches.size(), 3u);
    // What bears a segment's name has had its whole size once.
    EXPECT_EQ(content.end == SegmentEnd::damaged, length < segmentHeaderBytes) << length;
    for (std::size_t i = 0; i < content.batches.size(); ++i)
      EXPECT_EQ(content.batches[i].payload, whole.batches[i].payload);
    EXPECT_LE(content.endOffset, length);
  }
}

void expectFlipsNoticed(const SegmentBuilder& builder) {
  std::size_t markAt = builder.at().offset - batchHeaderBytes;
  for (std::size_t bit = 0; bit < builder.file().size() * 8; ++bit) {
    Bytes file = builder.file();
    file[bit / 8] = static_cast<char>(file[bit / 8] ^ (1 << bit % 8));
    SegmentContent content = read(file);
    // What a later batch calls synced is damage; the mark itself nobody vouches for.
    bool vouchedFor = bit / 8 < markAt;
    EXPECT_EQ(content.end, vouchedFor ? SegmentEnd::damaged : SegmentEnd::torn) << "bit " << bit;
    EXPECT_EQ(content.reason.empty(), !vouchedFor);
    EXPECT_LE(content.endOffset, bit / 8);
  }
}

TEST(SegmentReader, EveryFlippedBitIsNoticed) {
  for (LogCompression codec : {LogCompression::none, LogCompression::zstd}) {
    SegmentHeader coded = header();
    coded.codec = codec;
    SegmentBuilder builder = threeBatches(SegmentBuilder(coded, 1200));
    expectFlipsNoticed(builder);
  }
}

// Found by bursts of flipped bits: one that breaks a batch and the beginning of the last one takes
// the witness too. What the last one's header says is still there to be read.
TEST(SegmentReader, ABurstOverTheEdgeOfTheLastBatchIsDamage) {
  SegmentBuilder builder = threeBatches(SegmentBuilder(header()));
  std::size_t edge = builder.at().offset;
  builder.add({recordOf("last", 99)}, builder.at());
  for (std::size_t into = 1; into <= 8; ++into) {
    Bytes file = builder.file();
    for (std::size_t at = edge - 1; at < edge + into; ++at) file[at] ^= 1;
    SegmentContent content = read(file);
    EXPECT_EQ(content.end, SegmentEnd::damaged) << into;
    EXPECT_EQ(content.batches.size(), 3u) << "before the mark, which is broken";
  }
}

TEST(SegmentReader, GoodBatchesBehindDamageAreKept) {
  SegmentBuilder builder = threeBatches(SegmentBuilder(header()));
  Bytes file = builder.file();
  file[segmentHeaderBytes + 80] ^= 1;  // in the first batch
  SegmentContent content = read(file);
  EXPECT_EQ(content.end, SegmentEnd::damaged);
  EXPECT_EQ(content.endOffset, segmentHeaderBytes);
  EXPECT_EQ(content.batches.size(), 2u);
}

TEST(SegmentReader, ALaterBatchThatVouchesForNothingIsATornTail) {
  SegmentBuilder builder{header()};
  LogPosition synced = builder.at();
  builder.add({recordOf("a", 1)}, synced);
  LogPosition second = builder.at();
  builder.add({recordOf("b", 2)}, synced);
  builder.add({recordOf("c", 3)}, synced);  // periodic: nothing was synced meanwhile
  Bytes file = builder.file();
  file[second.offset + 80] ^= 1;
  SegmentContent content = read(file);
  EXPECT_EQ(content.end, SegmentEnd::torn);
  EXPECT_EQ(content.batches.size(), 1u) << "no hole: what follows the cut is not replayed";
  EXPECT_EQ(content.tornBytes, builder.at().offset - second.offset);
}

TEST(SegmentReader, TheNextSegmentVouchesForThisOne) {
  SegmentBuilder builder = threeBatches(SegmentBuilder(header()));
  builder.end(builder.at());
  SegmentHeader successor = successorOf(builder);
  Bytes zeroed = builder.file();
  std::fill(zeroed.begin() + 400, zeroed.end(), '\0');
  EXPECT_NE(read(zeroed).end, SegmentEnd::damaged) << "nobody knows";
  EXPECT_EQ(read(zeroed, successor).end, SegmentEnd::damaged);
  EXPECT_EQ(read(Bytes(4096, '\0'), successor).end, SegmentEnd::damaged);
  successor.predecessor.checksum ^= 1;
  EXPECT_EQ(read(builder.file(), successor).end, SegmentEnd::damaged) << "another one's successor";
}

TEST(SegmentReader, AnEarlierLifeIsNeitherReadNorTakenForDamage) {
  SegmentHeader earlierHeader = header();
  earlierHeader.id = 2;
  SegmentBuilder earlier(earlierHeader);
  for (int i = 0; i < 12; ++i) earlier.add({recordOf("old", i, Bytes(150, 'o'))}, earlier.at());
  EXPECT_EQ(read(earlier.file()).end, SegmentEnd::unused) << "not written in this life";

  SegmentBuilder builder = threeBatches(SegmentBuilder(header(true), earlier.file()));
  SegmentContent content = read(builder.file());
  EXPECT_EQ(content.end, SegmentEnd::clean);
  EXPECT_EQ(content.batches.size(), 3u);

  Bytes torn = builder.file();
  torn[builder.at().offset - 1] ^= 1;  // the mark
  content = read(torn);
  EXPECT_EQ(content.end, SegmentEnd::torn);
  EXPECT_EQ(content.tornBytes, batchHeaderBytes);
}

TEST(SegmentReader, AFirstWriteThatLostItsHeaderDoesNotCount) {
  SegmentBuilder builder{header()};
  builder.add({recordOf("a", 1, Bytes(1000, 'a'))}, {id - 1, 300});
  Bytes file = builder.file();
  std::fill(file.begin(), file.begin() + 512, '\0');  // a sector is there whole or not at all
  SegmentContent content = read(file);
  EXPECT_EQ(content.end, SegmentEnd::unused);
  EXPECT_TRUE(content.batches.empty());
}

// The header and the beginning of the first batch are in one sector: no crash loses one alone.
TEST(SegmentReader, AHeaderThatIsNotThereBeforeAWholeBatchIsDamage) {
  SegmentBuilder builder{header()};
  builder.add({recordOf("a", 1)}, {id - 1, 300});  // the only one: no later batch vouches for it
  for (std::size_t bit = 0; bit < segmentHeaderBytes * 8; ++bit) {
    Bytes file = builder.file();
    file[bit / 8] = static_cast<char>(file[bit / 8] ^ (1 << bit % 8));
    SegmentContent content = read(file);
    EXPECT_EQ(content.end, SegmentEnd::damaged) << "bit " << bit;
    EXPECT_EQ(content.batches.size(), 1u) << "it can be read all the same";
  }
}

TEST(SegmentReader, AnotherSegmentsBytesAreDamage) {
  SegmentBuilder builder = threeBatches(SegmentBuilder(header()));
  for (std::uint64_t other : {id - 1, id + 1}) {
    auto content = readSegment(builder.file(), {testOwner(), other, usedAgain}, {});
    ASSERT_TRUE(content.ok());
    EXPECT_EQ(content->end, SegmentEnd::damaged);
    EXPECT_TRUE(content->batches.empty());
    EXPECT_NE(content->reason.find("holds segment 5"), std::string::npos) << content->reason;
  }
  auto spare = readSegment(builder.file(), {testOwner(), id + 1, id}, {});
  EXPECT_EQ(spare->end, SegmentEnd::unused) << "the store has segment 5: a file used again";
}

// Found by flipping every bit: of a segment used again, damage to the place in a batch's header let
// the batch look like bytes of an earlier life, and its records went without a word.
TEST(SegmentReader, EveryFlippedBitOfTheLastBatchOfASegmentUsedAgainIsReported) {
  SegmentHeader earlierHeader = header();
  earlierHeader.id = 2;
  SegmentBuilder earlier(earlierHeader);
  for (int i = 0; i < 12; ++i) earlier.add({recordOf("old", i, Bytes(150, 'o'))}, earlier.at());
  SegmentBuilder builder = threeBatches(SegmentBuilder(header(true), earlier.file()));
  std::size_t from = builder.at().offset;
  builder.add({recordOf("last", 99)}, builder.at());
  for (std::size_t bit = from * 8; bit < builder.at().offset * 8; ++bit) {
    Bytes file = builder.file();
    file[bit / 8] = static_cast<char>(file[bit / 8] ^ (1 << bit % 8));
    SegmentContent content = read(file);
    EXPECT_EQ(content.end, SegmentEnd::torn) << "bit " << bit - from * 8;
    EXPECT_EQ(content.batches.size(), 3u);
  }
}

TEST(SegmentReader, ABatchOfANewerVersionIsRefusedByName) {
  SegmentBuilder builder = threeBatches(SegmentBuilder(header()));
  Bytes batch(batchHeaderBytes, '\0');
  BatchHeader newer;
  newer.directory = testOwner().directory;
  newer.at = builder.at();
  newer.codec = static_cast<LogCompression>(9);
  seal(batch, newer);
  Bytes file = builder.file();
  file.replace(builder.at().offset, batch.size(), batch);
  auto content = readSegment(file, {testOwner(), id, usedAgain}, {});
  ASSERT_FALSE(content.ok());
  EXPECT_EQ(content.error().kind, ErrorKind::unsupported);
  EXPECT_NE(content.error().message.find("codec 9"), std::string::npos) << content.error().message;
}

// A client may write the bytes of a batch into a value; they stand where no batch ends.
TEST(SegmentReader, ABatchInsideAValueIsNoBatch) {
  SegmentBuilder forged{header()};
  forged.add({recordOf("x", 1)}, {id - 1, 300});
  SegmentBuilder builder{header()};
  builder.add({recordOf("a", 1, forged.file().substr(segmentHeaderBytes, 300))}, {id - 1, 300});
  builder.add({recordOf("b", 2)}, builder.at());
  SegmentContent content = read(builder.file());
  EXPECT_EQ(content.end, SegmentEnd::clean);
  EXPECT_EQ(content.batches.size(), 2u);
}

TEST(SegmentReader, ABatchThatFollowsAnotherOneIsNotPartOfTheRun) {
  SegmentBuilder builder = threeBatches(SegmentBuilder(header()));
  SegmentHeader other = header();
  other.predecessor.checksum ^= 1;  // same owner, same id, same lengths: another chain
  SegmentBuilder strange = threeBatches(SegmentBuilder(other));
  std::size_t at = builder.at().offset;
  strange.add({recordOf("strange", 1)}, {id - 1, 300});
  Bytes file = builder.file();
  file.replace(at, 300, strange.file().substr(at, 300));
  SegmentContent content = read(file);
  EXPECT_EQ(content.end, SegmentEnd::torn);
  EXPECT_EQ(content.endOffset, at);
  EXPECT_EQ(content.batches.size(), 3u);
}

TEST(SegmentReader, AnotherOwnersSegmentIsRefusedByName) {
  for (auto [field, word] : {std::pair(0, "cluster"), {1, "directory"}, {2, "shard"}}) {
    SegmentHeader foreign = header();
    if (field == 0) foreign.owner.cluster.value ^= 1;
    if (field == 1) foreign.owner.directory.value ^= 1;
    if (field == 2) foreign.owner.shard ^= 1;
    auto content = readSegment(SegmentBuilder(foreign).file(), {testOwner(), id, usedAgain}, {});
    ASSERT_FALSE(content.ok());
    EXPECT_EQ(content.error().kind, ErrorKind::mismatch);
    EXPECT_NE(content.error().message.find(word), std::string::npos) << content.error().message;
  }
}

}  // namespace
}  // namespace henge::storage

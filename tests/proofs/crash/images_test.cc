#include "tests/proofs/crash/images.h"

#include <gtest/gtest.h>
#include <set>

namespace henge::proofs {
namespace {

using OpenAs = kit::FakeFileSystem::OpenAs;

// A file of `sectors` sectors that was written and never synced; its name is kept.
kit::FakeFiles fileOf(std::size_t sectors) {
  kit::FakeFiles files;
  EXPECT_TRUE(files.open("f", OpenAs::exclusive).ok());
  files.syncDirectory("");
  EXPECT_TRUE(files.write("f", 0, Bytes(sectors * kit::sectorBytes, 'x')).ok());
  return files;
}

std::set<std::uint64_t> imagesOf(const kit::FakeFiles& files, int subsets) {
  sim::Chance chance(1);
  std::set<std::uint64_t> images;
  for (const Cut& cut : cutsOf(files, chance, subsets)) {
    kit::FakeFiles image(files);
    image.powerCut(cut);
    EXPECT_TRUE(image.pendingSectors().empty());
    images.insert(hashOf(image));
  }
  return images;
}

std::uint64_t hashOfFile(const Bytes& bytes) {
  kit::FakeFiles files;
  files.put("f", bytes);
  return hashOf(files);
}

TEST(Images, OfADiskThatIsWholeThereIsOne) {
  kit::FakeFiles files = fileOf(1);
  ASSERT_TRUE(files.sync("f").ok());
  sim::Chance chance(1);
  EXPECT_EQ(cutsOf(files, chance, 3).size(), 1U);
}

TEST(Images, OfAWriteOfThreeSectorsAreThoseTornAtEachBorder) {
  const Bytes x(kit::sectorBytes, 'x');
  const Bytes none(kit::sectorBytes, '\0');
  const std::set<std::uint64_t> all = {hashOfFile(""),           hashOfFile(x),
                                       hashOfFile(x + x),        hashOfFile(x + x + x),
                                       hashOfFile(none + x + x), hashOfFile(none + none + x)};
  EXPECT_EQ(imagesOf(fileOf(3), 0), all);
}

TEST(Images, TakeEachOfTwoThingsAlone) {
  kit::FakeFiles files;
  files.put("f", "");
  ASSERT_TRUE(files.write("f", 0, Bytes(kit::sectorBytes, 'x')).ok());
  ASSERT_TRUE(files.open("g", OpenAs::exclusive).ok());
  EXPECT_EQ(imagesOf(files, 0).size(), 4U);
}

TEST(Images, LaterBytesMayBeThereWithoutEarlierOnes) {
  kit::FakeFiles files;
  files.put("f", "");
  ASSERT_TRUE(files.write("f", 0, Bytes(kit::sectorBytes, 'x')).ok());
  ASSERT_TRUE(files.write("f", kit::sectorBytes, Bytes(kit::sectorBytes, 'y')).ok());
  const auto images = imagesOf(files, 0);
  EXPECT_TRUE(
      images.contains(hashOfFile(Bytes(kit::sectorBytes, '\0') + Bytes(kit::sectorBytes, 'y'))));
}

TEST(Images, BytesOfOneSectorComeInTheirOrder) {
  kit::FakeFiles files;
  files.put("f", Bytes(kit::sectorBytes, '.'));
  ASSERT_TRUE(files.write("f", 0, "a").ok());
  ASSERT_TRUE(files.write("f", 1, "b").ok());
  const Bytes rest(kit::sectorBytes - 2, '.');
  const std::set<std::uint64_t> all = {hashOfFile(".." + rest), hashOfFile("a." + rest),
                                       hashOfFile("ab" + rest)};
  EXPECT_EQ(imagesOf(files, 20), all);
}

}  // namespace
}  // namespace henge::proofs

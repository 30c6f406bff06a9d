#include "server/storage/damage_note.h"

#include <gtest/gtest.h>

namespace henge::storage {
namespace {

LogDamage someDamage() {
  return {"log/0/segment-0000000000000002.log", 512,
          "what stood here was synced: a later batch says", KeyBounds{Bytes("\0a", 2), "zz"}, 3};
}

TEST(DamageNote, IsReadBackAsItWasWritten) {
  EXPECT_EQ(decodeDamageNote(encodeDamageNote(someDamage()), "other"), someDamage());
  LogDamage unbounded = someDamage();
  unbounded.keys.reset();
  unbounded.recordsMax.reset();
  EXPECT_EQ(decodeDamageNote(encodeDamageNote(unbounded), "other"), unbounded);
}

// Whatever becomes of a note, it never says that less may be lost.
TEST(DamageNote, AnyChangedByteWidensItToAnyKeyOrChangesNothing) {
  const LogDamage damage = someDamage();
  const Bytes note = encodeDamageNote(damage);
  for (std::size_t at = 0; at < note.size(); ++at) {
    for (const int bit : {1, 16}) {
      Bytes changed = note;
      changed[at] = static_cast<char>(changed[at] ^ bit);
      const LogDamage read = decodeDamageNote(changed, damage.file);
      EXPECT_TRUE(!read.keys || read.keys == damage.keys) << at << ": " << changed;
      EXPECT_FALSE(read.reason.empty());
    }
    const LogDamage cut = decodeDamageNote(note.substr(0, at), damage.file);
    EXPECT_TRUE(!cut.keys || cut.keys == damage.keys) << at;
  }
}

TEST(DamageNote, ASentenceOfAnOlderVersionIsTheReason) {
  const LogDamage read = decodeDamageNote("log/0/segment-2.log is damaged at 7\nmore", "the file");
  EXPECT_EQ(read.file, "the file");
  EXPECT_EQ(read.reason, "log/0/segment-2.log is damaged at 7");
  EXPECT_FALSE(read.keys);
}

}  // namespace
}  // namespace henge::storage

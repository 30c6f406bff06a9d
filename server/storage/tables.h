// The newest records of the segments that the store does not hold yet, in memory.
#pragma once

#include <deque>
#include <map>

#include "core/cluster.h"
#include "core/hint.h"
#include "core/ids.h"
#include "core/record.h"
#include "server/ports/storage.h"
#include "server/storage/key_sample.h"
#include "server/storage/pins.h"
#include "server/storage/table_garbage.h"

namespace henge::storage {

// The newest version per ordered key (core/ring.h) of exactly one segment's records; and what its
// entries about hints make of the store, of which the last counts.
class Table {
 public:
  using Rows = std::map<Bytes, Record, std::less<>>;
  using HintRows = std::map<Bytes, std::optional<Bytes>, std::less<>>;  // by store key

  // Replaces what was there. Precondition: it was older.
  void insert(Bytes orderedKey, Record record);
  const Record* find(BytesView orderedKey) const;  // nullptr: none
  const Rows& rows() const { return rows_; }

  void insert(const HintEntry& entry);
  const HintRows& hintRows() const { return hintRows_; }

  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t recordsBetween(BytesView from, BytesView to) const;  // estimated if there are many

  // Of a table that nobody reads any more: gives back the memory of so many rows. True: of all.
  bool freeRows(std::size_t rowsMax);

 private:
  KeySample sample_;  // of the keys in rows_
  Rows rows_;
  HintRows hintRows_;
  std::uint64_t bytes_ = 0;
};

struct FrozenTable {
  Table table;
  LogPosition end;            // of its segment
  bool fed = false;           // then the store holds it all, and …
  std::uint64_t fedUpTo = 0;  // … it waits for the pins up to this number
};

// One active table and the frozen ones, oldest first. Look-ups go from the newest to the oldest:
// the first hit is the newest record there is, since insertIfNewest() takes none that is older than
// any. Pointers and references to a frozen table hold until it is dropped. Thread: the loop's.
class Tables {
 public:
  // What is dropped goes to `garbage`, which outlives this; nullptr: it is freed at once.
  explicit Tables(Partitioner partitioner, TableGarbage* garbage = nullptr)
      : partitioner_(partitioner), garbage_(garbage) {}

  const Record* find(BytesView key) const;
  const Record* findOrdered(BytesView orderedKey) const;
  // The first record at or behind `from`, the newest version of it; nullptr: none before `to`
  // (empty: no end). `at` gets its ordered key.
  const Record* findFrom(BytesView from, BytesView to, Bytes& at) const;

  // Into the active table, unless something as new or newer is held: then says what.
  ports::AppendOutcome insertIfNewest(Record record);

  // The active table becomes a frozen one that ends there; a new one begins.
  void freeze(LogPosition end);
  FrozenTable* oldestUnfed();  // nullptr: none
  void markFed(FrozenTable& table, const Pins& pins);
  void dropFed(const Pins& pins);  // those that nobody compares with any more
  void clear();                    // drops all, fed or not

  // Into the active table. Hints and records know nothing of each other.
  void insert(const HintEntry& entry) { active_.insert(entry); }
  // The first row about hints with from ≤ store key < to, as the newest table that has it says:
  // null `value` = it is no more. False: none.
  bool findHintRow(BytesView from, BytesView to, BytesView& key,
                   const std::optional<Bytes>*& value) const;

  std::size_t frozen() const { return frozen_.size(); }
  bool allFed() const;
  const Table& active() const { return active_; }
  std::uint64_t records() const;
  std::uint64_t bytes() const;
  // Over all tables; an estimate if there are many.
  std::uint64_t recordsBetween(BytesView from, BytesView to) const;

 private:
  void drop(Table table);

  Partitioner partitioner_;
  TableGarbage* garbage_;
  Table active_;
  std::deque<FrozenTable> frozen_;
};

}  // namespace henge::storage

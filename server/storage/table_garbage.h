// Tables that nobody reads any more, until their memory is given back.
#pragma once

#include <cstddef>
#include <list>

#include "server/ports/clock.h"
#include "server/ports/timers.h"

namespace henge::storage {

class Table;

// A table of a full segment has some hundred thousand rows: freed at once they would hold up the
// loop for as long as a sync takes. So a thousand go at a time, a millisecond apart.
// Thread: the loop's. Clock and timers outlive it.
class TableGarbage final : public ports::TimerSink {
 public:
  static constexpr std::size_t rowsAtOnce = 1000;

  TableGarbage(const ports::Clock& clock, ports::Timers& timers);
  ~TableGarbage();
  TableGarbage(const TableGarbage&) = delete;
  TableGarbage& operator=(const TableGarbage&) = delete;

  void take(Table table);
  std::size_t rows() const;  // that are not freed yet

 private:
  void onTimer(std::uint64_t token) override;

  const ports::Clock& clock_;
  ports::Timers& timers_;
  std::list<Table> tables_;  // a timer is armed while there are any
};

}  // namespace henge::storage

#include "server/storage/table_garbage.h"

#include <numeric>
#include <utility>

#include "server/storage/tables.h"

namespace henge::storage {

namespace {
constexpr Duration pause = 1_ms;
}

TableGarbage::TableGarbage(const ports::Clock& clock, ports::Timers& timers)
    : clock_(clock), timers_(timers) {}

TableGarbage::~TableGarbage() = default;

// A small one is freed inside the call.
void TableGarbage::take(Table table) {
  const bool armed = !tables_.empty();
  if (table.freeRows(rowsAtOnce)) return;
  tables_.push_back(std::move(table));
  if (!armed) timers_.wakeAt(clock_.now() + pause, *this, 0);
}

std::size_t TableGarbage::rows() const {
  return std::accumulate(tables_.begin(), tables_.end(), std::size_t{0},
                         [](std::size_t sum, const Table& table) {
                           return sum + table.rows().size() + table.hintRows().size();
                         });
}

void TableGarbage::onTimer(std::uint64_t) {
  if (tables_.front().freeRows(rowsAtOnce)) tables_.pop_front();
  if (!tables_.empty()) timers_.wakeAt(clock_.now() + pause, *this, 0);
}

}  // namespace henge::storage

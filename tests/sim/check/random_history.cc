#include "tests/sim/check/random_history.h"

#include <algorithm>

namespace henge::sim {

namespace {

constexpr int unknownPercent = 15;
constexpr std::int64_t pauseMax = 3;
constexpr std::int64_t durationMax = 8;
constexpr std::int64_t lateMax = 30;

struct Effect {
  std::int64_t at;
  std::uint64_t drawn;  // decides between equal times
  std::size_t op;
  auto operator<=>(const Effect&) const = default;
};

std::uint64_t valueFor(Chance& chance, const HistoryShape& shape, std::uint64_t id) {
  return shape.valuesMax == 0 ? id : 1 + chance.below(shape.valuesMax);
}

RegisterOp drawOp(Chance& chance, const HistoryShape& shape, std::uint64_t id) {
  RegisterOp op;
  op.id = id;
  if (chance.percent(shape.casPercent)) {
    op.kind = OpKind::cas;
    op.expected = shape.valuesMax == 0 ? chance.below(id) : chance.below(shape.valuesMax + 1);
    op.next = valueFor(chance, shape, id);
  } else if (chance.percent(50)) {
    op.kind = OpKind::put;
    op.value = valueFor(chance, shape, id);
  }
  op.unknown = op.kind != OpKind::get && chance.percent(unknownPercent);
  return op;
}

void takeEffect(std::uint64_t& state, RegisterOp& op) {
  switch (op.kind) {
    case OpKind::put:
      state = op.value;
      break;
    case OpKind::get:
      op.value = state;
      break;
    case OpKind::cas:
      op.swapped = state == op.expected;
      if (op.swapped) state = op.next;
      break;
  }
}

void changeTimes(Chance& chance, RegisterOp& op) {
  const std::int64_t by = chance.between(-durationMax, durationMax);
  if (chance.percent(50)) op.time.begin = op.time.begin + Duration{by};
  if (!op.unknown) op.time.end = std::max(op.time.begin, op.time.end + Duration{by});
}

void changeOne(Chance& chance, std::vector<RegisterOp>& history) {
  RegisterOp& op = history[chance.below(history.size())];
  if (op.kind == OpKind::get && chance.percent(70)) {
    const RegisterOp& other = history[chance.below(history.size())];
    op.value = chance.oneIn(12) ? 99 : other.kind == OpKind::cas ? other.next : other.value;
  } else if (op.kind == OpKind::cas && !op.unknown && chance.percent(50)) {
    op.swapped = !op.swapped;
  } else if (op.unknown && chance.percent(50)) {
    op.unknown = false;
    op.time.end = op.time.begin + Duration{chance.between(0, durationMax)};
  } else {
    changeTimes(chance, op);
  }
}

}  // namespace

std::vector<RegisterOp> historyOfARegister(Chance& chance, const HistoryShape& shape) {
  std::vector<std::int64_t> freeAt(chance.below(static_cast<std::uint64_t>(shape.clientsMax)) + 1);
  std::vector<RegisterOp> history;
  std::vector<Effect> effects;
  const std::int64_t count = chance.between(1, shape.opsMax);
  for (std::int64_t i = 0; i < count; ++i) {
    std::int64_t& now = freeAt[chance.below(freeAt.size())];
    RegisterOp op = drawOp(chance, shape, static_cast<std::uint64_t>(i) + 1);
    const std::int64_t begin = now + chance.between(0, pauseMax);
    now = begin + chance.between(0, durationMax);
    op.time = {{begin}, op.unknown ? forever : MonoTime{now}};
    const std::int64_t latest = op.unknown ? now + lateMax : now;
    const bool never = op.unknown && chance.percent(30);
    if (!never) effects.push_back({chance.between(begin, latest), chance.next(), history.size()});
    history.push_back(op);
  }
  std::sort(effects.begin(), effects.end());
  std::uint64_t state = absent;
  for (const Effect& effect : effects) takeEffect(state, history[effect.op]);
  return history;
}

void mutate(Chance& chance, std::vector<RegisterOp>& history) {
  const std::int64_t changes = chance.between(1, 3);
  for (std::int64_t i = 0; i < changes; ++i) changeOne(chance, history);
}

std::string toString(const std::vector<RegisterOp>& history) {
  std::string text;
  for (const RegisterOp& op : history) {
    text += std::to_string(op.id) + (op.kind == OpKind::put ? " put " : " get ");
    if (op.kind == OpKind::cas) {
      text = text.substr(0, text.size() - 4) + (op.swapped ? "swap " : "no swap ") +
             std::to_string(op.expected) + " to " + std::to_string(op.next);
    } else {
      text += std::to_string(op.value);
    }
    text += " from " + std::to_string(op.time.begin.micros) +
            (op.unknown ? ", unknown" : " to " + std::to_string(op.time.end.micros)) + "\n";
  }
  return text;
}

}  // namespace henge::sim

#include "tests/proofs/ledger/account.h"

#include <charconv>
#include <fmt/format.h>

namespace henge::proofs {

namespace {

constexpr std::uint64_t hotKeys = 32;
constexpr std::size_t valueBytes = 100;

}  // namespace

Bytes Account::nextKey() {
  const std::uint64_t number = writes_++;
  if (number % 2 == 0) return fmt::format("{}/own/{}", owner_, number);
  return fmt::format("{}/hot/{}", owner_, number / 2 % hotKeys);
}

void Account::acknowledge(const Bytes& key) {
  Entry& entry = entries_.at(key);
  entry.acknowledged = entry.tried;
}

Bytes Account::valueOf(std::uint64_t number) {
  Bytes value = fmt::format("{} ", number);
  value.resize(valueBytes, '.');
  return value;
}

Account::Verdict Account::judge(const Entry& entry, const std::optional<Bytes>& value) {
  std::uint64_t number = 0;
  if (value) {
    const auto end = std::from_chars(value->data(), value->data() + value->size(), number).ptr;
    if (end == value->data() || *value != valueOf(number) || number == 0) return Verdict::strange;
  }
  if (number > entry.tried) return Verdict::strange;
  return number < entry.acknowledged ? Verdict::lost : Verdict::good;
}

}  // namespace henge::proofs

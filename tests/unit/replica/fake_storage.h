// Storage in memory that checks the order it is used in, and answers when the test says so.
#pragma once

#include <gtest/gtest.h>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "server/ports/storage.h"

namespace henge::replica {

class FakeStorage : public ports::Storage {
 public:
  explicit FakeStorage(ports::StorageSink& sink) : sink_(sink) {}

  Status admit(OpId op, RecordKind kind, std::uint64_t bytes) override {
    admittedKind = kind;
    if (!admission.ok()) return admission;
    EXPECT_TRUE(stages.emplace(op, "admitted").second) << "an operation admitted twice";
    admittedBytes += bytes;
    return {};
  }

  ports::Look lookForWrite(OpId op, const Record& record) override {
    EXPECT_EQ(stages[op], "admitted");
    stages[op] = "looked";
    return lookUp(op, record.key);
  }

  void append(OpId op, Record record) override {
    EXPECT_EQ(stages[op], "looked");
    stages[op] = "appended";
    appends.emplace_back(op, std::move(record));
  }

  void abandon(OpId op) override {
    EXPECT_EQ(stages[op], "looked");
    stages.erase(op);
    ++abandoned;
  }

  ports::Look lookForRead(OpId op, BytesView key) override { return lookUp(op, Bytes(key)); }

  void scan(OpId, ports::ScanSink&, Bytes, Bytes, std::size_t, std::size_t) override {}
  std::uint64_t approximateRecords(const Bytes&, const Bytes&) const override { return 0; }
  ports::StorageStatus status() const override { return {}; }
  LogView log() const override { return {}; }
  void acceptDamage() override {}

  // The `index`-th append that waits is synced and meets the tables.
  void complete(std::size_t index = 0) {
    auto [op, record] = appends.at(index);
    appends.erase(appends.begin() + static_cast<std::ptrdiff_t>(index));
    EXPECT_EQ(stages[op], "appended");
    stages.erase(op);
    std::optional<Record>& there = held[record.key];
    const bool applied = !there || newness(record, *there) >= 0;
    if (applied) there = record;
    sink_.onAppended(op, {applied, applied ? Version{} : there->version});
  }

  void answerLook(std::size_t index = 0) {
    const auto [op, key] = looks.at(index);
    looks.erase(looks.begin() + static_cast<std::ptrdiff_t>(index));
    sink_.onLooked(op, held[key]);
  }

  void failLook(Error error) {
    const OpId op = looks.front().first;
    looks.erase(looks.begin());
    sink_.onLooked(op, error);
  }

  std::map<Bytes, std::optional<Record>> held;
  Status admission;
  bool later = false;
  std::map<OpId, std::string> stages;  // of writes that have not ended
  std::vector<std::pair<OpId, Bytes>> looks;
  std::vector<std::pair<OpId, Record>> appends;
  std::uint64_t admittedBytes = 0;
  std::optional<RecordKind> admittedKind;  // of the last one asked for
  int abandoned = 0;

 private:
  ports::Look lookUp(OpId op, const Bytes& key) {
    if (!later) return {false, held[key]};
    looks.emplace_back(op, key);
    return {true, std::nullopt};
  }

  ports::StorageSink& sink_;
};

}  // namespace henge::replica

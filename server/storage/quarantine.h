// Damaged segments set aside, and the notes of what they may have lost
// (docs/mechanisms/recovery_log.md).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/log_view.h"
#include "server/ports/disk.h"
#include "server/ports/events.h"
#include "server/storage/storage_options.h"

namespace henge::storage {

class QuarantineSink {
 public:
  // read(), note() or setAside() has ended, or all of them that were on their way.
  virtual void onQuarantine(Status status) = 0;

 protected:
  ~QuarantineSink() = default;
};

// A note stands for damage that no operator has accepted yet: while there is one, the node may have
// lost what it acknowledged, whatever else it remembers. Nothing here is ever removed: an accepted
// note only changes its name. Thread: the loop's.
class Quarantine final : private ports::DiskSink {
 public:
  static constexpr std::size_t notesReadMax = 256;  // further ones are named, and not read
  static constexpr std::size_t noteBytesMax = 4096;

  Quarantine(const StorageOptions& options, ports::Disk& disk, ports::Events& events,
             QuarantineSink& sink)
      : options_(options), disk_(disk), events_(events), sink_(sink) {}

  void read();
  // Makes it durable: before the applied position may pass the segment, which is not read again.
  void note(const LogDamage& damage);
  void setAside(std::uint64_t segment);  // moves the segment's file here
  bool busy() const { return !words_.empty(); }

  // Of every note that is not accepted, those of this start too.
  const std::vector<LogDamage>& damage() const { return damage_; }
  const std::vector<std::string>& files() const { return files_; }  // found by read(); paths
  bool isNoted(std::uint64_t segment) const;

  // An operator has accepted what was lost. A note whose name cannot be changed stands again at the
  // next start; that is said as an event.
  void acceptAll();

 private:
  enum class Word { listed, read, made, noted, moved, accepted };

  void onDisk(OpId op, ports::DiskResult result) override;
  void onListed(const ports::DiskResult& result);
  OpId expect(Word word, const std::string& path = "");
  std::string pathOf(const std::string& name) const;
  std::string notePath(std::uint64_t segment) const;

  struct Awaited {
    Word word;
    std::string path;
  };

  const StorageOptions& options_;
  ports::Disk& disk_;
  ports::Events& events_;
  QuarantineSink& sink_;
  std::map<OpId, Awaited> words_;
  std::uint64_t lastOp_ = 0;
  std::vector<std::string> files_;
  std::vector<LogDamage> damage_;
};

}  // namespace henge::storage

// What a link has asked and was not answered yet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/ids.h"
#include "core/time.h"
#include "server/ports/gossip.h"
#include "server/ports/replica_service.h"
#include "wire/fifo.h"

namespace henge::wire {

enum class CallKind : std::uint8_t { hello, ping, pingReq, apply, fetch };

struct PendingCall {
  CallKind kind = CallKind::ping;
  OpId op{};                           // of all but hello, and the link's own pings
  ports::ReplicaSink* sink = nullptr;  // apply, fetch
  ports::ProbeSink* prober = nullptr;  // ping, pingReq; nullptr: the link itself has asked
  MonoTime deadline{};
  MonoTime askedAt{};
  std::uint64_t streamOffset = 0;  // where its frame begins among all bytes of the link
  std::size_t bytes = 0;           // of its frame

  bool isRequest() const { return kind == CallKind::apply || kind == CallKind::fetch; }
};

// Addressed by seqids of our own, none of them twice in flight. Of the applies and probes whose
// deadline has passed the last lateMax are remembered, for what their answers say after all; a late
// fetch is of no use to anybody.
class PendingCalls {
 public:
  static constexpr std::size_t lateMax = 4096;

  std::int32_t nextSeqid();  // for the next add()
  void add(std::int32_t seqid, PendingCall call);

  std::optional<PendingCall> take(std::int32_t seqid);
  std::optional<PendingCall> takeExpired(MonoTime now);     // one whose deadline is not after now
  std::optional<PendingCall> takeLate(std::int32_t seqid);  // once taken as expired
  std::vector<PendingCall> takeAll();                       // by deadline; late ones are forgotten

  std::size_t size() const { return calls_.size(); }
  std::size_t requests() const { return requests_; }  // applies and fetches
  std::size_t bytes() const { return bytes_; }
  std::optional<MonoTime> nextDeadline() const;

 private:
  std::int32_t lastSeqid_ = 0;
  std::unordered_map<std::int32_t, PendingCall> calls_;
  std::set<std::pair<MonoTime, std::int32_t>> deadlines_;
  std::unordered_map<std::int32_t, PendingCall> late_;
  Fifo<std::int32_t> lateOrder_;  // the oldest first; some may have been taken
  std::size_t bytes_ = 0;
  std::size_t requests_ = 0;
};

}  // namespace henge::wire

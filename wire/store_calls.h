// The service Store as a client speaks it, without a socket: requests to frames, frames to answers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/ids.h"
#include "core/limits.h"
#include "core/node_status.h"
#include "core/request.h"
#include "core/result.h"

namespace henge::wire {

// What a node says of itself when a client opens a connection.
struct NodeGreeting {
  NodeId node;
  ClusterId cluster;
  std::string clusterName;
  std::uint64_t epoch = 0;
  std::uint64_t ringHash = 0;
  int replication = 0;
  std::uint64_t writer = 0;  // in the versions it stamps; 0: not told
  std::int64_t hybridTime = 0;
  std::string version;  // of its software
  Limits limits;
  std::vector<std::string> features;
};

// What an answer says of the node that gave it; 0: it does not say.
struct AnswerSource {
  std::uint64_t epoch = 0;
  std::int64_t hybridTime = 0;
};

// Calls come with their length in front, ready to be sent; answers are given without it. The seqid
// is the caller's, and comes back in the answer. deadlineMs: how long the node may take.
//
// Errors are about the call; what the node answered stands in the answers:
//   corrupt         what came back is no answer to that call
//   unsupported     the node does not know the method
//   invalidRequest  hello and ring only: the node refused the question
//
// Thread: one at a time.
class StoreCalls {
 public:
  StoreCalls();
  StoreCalls(StoreCalls&&) noexcept;
  StoreCalls& operator=(StoreCalls&&) noexcept;
  ~StoreCalls();

  // matchesSeqids: the answers of this connection may overtake each other from now on.
  Bytes hello(std::int32_t seqid, bool matchesSeqids);
  // A put, or a remove if the request is of a tombstone. context.deadline is not read.
  Bytes put(std::int32_t seqid, const PutRequest& request, std::int64_t deadlineMs);
  Bytes get(std::int32_t seqid, const GetRequest& request, std::int64_t deadlineMs);
  Bytes ring(std::int32_t seqid);  // of Admin, which every client port serves too

  // Which call a frame answers.
  Result<std::int32_t> seqidOf(BytesView frame) const;

  Result<NodeGreeting> greeting(BytesView frame);
  // `source`, if given, is filled from the answer. key: what was asked for.
  Result<PutAnswer> putAnswer(BytesView frame, bool isRemove, AnswerSource* source = nullptr);
  Result<GetAnswer> getAnswer(BytesView frame, const Bytes& key, AnswerSource* source = nullptr);
  Result<RingView> ringAnswer(BytesView frame);

 private:
  struct Impl;  // keeps Thrift's headers out of this one
  std::unique_ptr<Impl> impl_;
};

}  // namespace henge::wire

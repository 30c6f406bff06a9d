// A blocking client of one node, for console, inspector and tests.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/cluster.h"
#include "core/hint_view.h"
#include "core/log_view.h"
#include "core/node_status.h"
#include "core/request.h"
#include "core/result.h"
#include "core/time.h"
#include "wire/store_calls.h"

namespace henge::wire {

// A page of what the asked node itself holds, in ring order.
struct DumpQuery {
  std::optional<Bytes> resumeKey;  // DumpPage::resumeKey of the page before
  std::optional<Bytes> fromKey;
  std::optional<Bytes> toKey;
  std::size_t recordsMax = 1000;
};

// One call at a time. `timeout` bounds the whole call; put and get carry it to the node too.
//
// Errors are about the call; what the node answered stands in the answers:
//   unavailable  surely nothing of the request was sent
//   timeout      the connection was lost, or silent, with the call in flight: unknown what happened
//   corrupt      what came back is no answer: unknown as well
//   others       the node refused the question (ring, status, log, hints, dump, accept, hello)
// After an error of the first three kinds the connection is closed: connect again.
//
// Thread: one at a time. Plain sockets, no signals; messages never hold a library's text.
class StoreClient {
 public:
  // interrupt: a descriptor, not owned, that ends every waiting as soon as it is readable, as a
  // passed deadline does, with the cause "interrupted"; -1: none.
  static Result<StoreClient> connect(const Address& address, Duration timeout, int interrupt = -1);

  StoreClient(StoreClient&&) noexcept;
  StoreClient& operator=(StoreClient&&) noexcept;
  ~StoreClient();

  bool isOpen() const;

  Result<NodeGreeting> hello(Duration timeout);

  // context.deadline is not read.
  Result<PutAnswer> put(const PutRequest& request, Duration timeout);
  Result<GetAnswer> get(const GetRequest& request, Duration timeout);

  Result<RingView> ring(Duration timeout);
  Result<NodeStatus> status(Duration timeout);
  Result<LogView> log(Duration timeout);
  Result<HintsView> hints(Duration timeout);
  // Answers shortly before the timeout at the latest: what is left then is told.
  Result<HintSync> syncHints(Duration timeout);
  Result<DumpPage> dump(const DumpQuery& query, Duration timeout);
  Result<std::string> accept(NodeId node, DirectoryId directory, Duration timeout);

 private:
  struct Impl;  // keeps Thrift's headers out of this one
  explicit StoreClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace henge::wire

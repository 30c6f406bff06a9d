// The client library: a Client is a program's door to a cluster, blocking or asynchronous. A
// program that uses it, and how it is built: examples/cpp/, docs/clients.md.
//
// Nodes. One that can be reached is enough: it tells of the others. A request goes straight to a
// replica of its key that is up, the one with the least under way; else to any node, since every
// node coordinates.
//
// Resends. Until its deadline a request that was refused, lost or not answered is sent again, to
// another node if there is one, after a pause where all have been asked. A write is stamped at its
// first attempt and bears that version ever after: sent twice, it is the same write. Resends of
// what was sent are at most a tenth of the requests, beside a first reserve of
// `requestsInFlightMax`.
//
// Errors are values; no exception leaves the library but std::bad_alloc and, from open(), what the
// operating system says when it gives no thread.
//
// Threads. Each Client has one of its own, which calls the callbacks. Every method may be called by
// any thread, also in a callback, with two exceptions that are refused there: the blocking calls,
// which would wait for themselves, and the destructor (asserted). A callback must not throw, and
// holds up every other request of the Client while it runs.
//
// Ownership. What is given is copied or moved in. The destructor ends every request that is under
// way (FailureKind::closed; a write that was sent is `unknown`), calls their callbacks, and returns
// after the last one. No other call may be in progress on the Client then, nor begin.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/consistency.h"
#include "core/outcome.h"
#include "core/result.h"
#include "core/version.h"

namespace henge {

struct ClientOptions {
  std::vector<std::string> nodes = {};       // "host:port" of client ports, 1 to 256
  std::chrono::milliseconds deadline{2000};  // of a whole request, resends and pauses included
  std::size_t requestsInFlightMax = 1024;    // 1 to 1,000,000; at the limit: overloaded, or a wait
  std::size_t bytesInFlightMax = 64 << 20;   // of keys and values; one request always fits
  int connectionsPerNode = 1;                // 1 to 64
  // A read that takes longer than 99 of 100 others did is sent to a second replica too, and the
  // first answer is taken; for at most one read in fifty.
  bool hedgesReads = true;
  // Requests go to the nodes given and to no other, whichever hold the key: every node coordinates.
  bool asksOnlyNodes = false;
};

// never: what may have left this process is not sent a second time.
enum class Retry : std::uint8_t { whenSafe, never };

struct RequestOptions {
  Consistency level = Consistency::quorum;
  std::optional<std::chrono::milliseconds> deadline = {};  // 1 to 60,000; nullopt: the Client's
  Retry retry = Retry::whenSafe;
  // put and remove: the writer's own version; nullopt: stamped by the Client. One that is far ahead
  // of the nodes' clocks is refused by them as an invalid request.
  std::optional<Version> version = {};
  // The answer tells its way through the cluster, in `trace`: docs/mechanisms/tracing.md.
  bool trace = false;
};

enum class FailureKind : std::uint8_t {
  unreachable,     // no node took the request in time; nothing was sent
  unavailable,     // fewer live replicas than the level needs
  timeout,         // no answer, or too few, by the deadline
  overloaded,      // a limit was reached, here or there
  invalidRequest,  // a rule is broken; the message names rule and limit
  rebuilding,      // the nodes asked may have lost data and do not serve
  unsupported,     // known, but not in the nodes' version
  cancelled,       // by cancel()
  closed,          // the Client was destroyed
};

// One node that was asked, or could not be, and what came of it.
struct Tried {
  std::string node;  // "n2 127.0.0.1:9002"; without its name as long as that is not known
  std::string what;  // "connection refused"
};

struct Failure {
  FailureKind kind = FailureKind::unreachable;
  std::string message;       // a sentence for people, the nodes tried and the reasons in it
  int needed = 0;            // replicas that the level needs; 0: not told
  int alive = 0;             // unavailable: how many of them were
  int acknowledged = 0;      // timeout: how many did answer
  std::int64_t limit = 0;    // invalidRequest: the one that was broken; 0: none
  std::vector<Tried> tried;  // in the order of the attempts
};

std::string_view nameOf(FailureKind kind);  // "unreachable" "unavailable" …

struct PutResult {
  // unknown also if only an earlier attempt may have been taken, whatever the last one was told.
  Outcome outcome = Outcome::unknown;
  Version version;          // what the write bears; none if it was never sent
  bool superseded = false;  // applied, but something newer is held
  int acknowledged = 0;
  int needed = 0;
  int replicas = 0;
  // If it was asked for: lines, each ended by a newline, from the node whose answer this is; with a
  // failure from the last node that told its way. Empty: none did.
  std::string trace;
  std::optional<Failure> failure;  // set unless applied

  bool ok() const { return outcome == Outcome::applied; }
};

struct GetResult {
  std::optional<Bytes> value;  // nullopt: there is none, or a failure
  Version version;             // of the value, or of the remove; none: never written
  bool removed = false;
  int acknowledged = 0;
  int needed = 0;
  int replicas = 0;
  std::string trace;  // as of a put
  std::optional<Failure> failure;

  bool ok() const { return !failure; }
};

// What a Client has done since it was opened.
struct ClientCounters {
  std::uint64_t requests = 0;
  std::uint64_t resends = 0;        // of what had been sent before
  std::uint64_t resendsDenied = 0;  // for want of budget
  std::uint64_t hedges = 0;         // slow reads sent to a second node
  std::uint64_t toReplicas = 0;     // attempts that went to a replica of their key
  std::uint64_t ringsLearned = 0;
  std::uint64_t nodesUp = 0;  // now
};

class Client {
 public:
  // Of a request that was begun.
  struct Ticket {
    std::uint64_t number = 0;
  };
  using PutCallback = std::function<void(PutResult)>;
  using GetCallback = std::function<void(GetResult)>;

  // Waits for no node. invalidRequest: an address or a number that breaks a rule above.
  static Result<Client> open(const ClientOptions& options);

  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

  // Blocking. With the limits of requests under way reached they wait for room, until their
  // deadline: overloaded.
  PutResult put(Bytes key, Bytes value, RequestOptions options = {});
  PutResult remove(Bytes key, RequestOptions options = {});
  GetResult get(Bytes key, RequestOptions options = {});

  // Asynchronous. The callback is called exactly once, never inside the call – unless that answers
  // an error: overloaded, at the limits; then nothing was begun.
  Result<Ticket> beginPut(Bytes key, Bytes value, RequestOptions options, PutCallback callback);
  Result<Ticket> beginRemove(Bytes key, RequestOptions options, PutCallback callback);
  Result<Ticket> beginGet(Bytes key, RequestOptions options, GetCallback callback);

  // Ends the request now (FailureKind::cancelled) if it has not ended. What was sent may still be
  // done: its outcome is unknown.
  void cancel(Ticket ticket);

  ClientCounters counters() const;

 private:
  struct Impl;  // keeps sockets, threads and Thrift out of this header
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace henge

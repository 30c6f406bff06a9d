// A coordinator among fakes: what it sends waits here until the test answers it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "core/ring.h"
#include "server/coordinator/coordinator.h"
#include "tests/kit/node_fakes.h"
#include "tests/kit/virtual_loop.h"

namespace henge::coordinator {

// Four members 0–3 with tokens 00 40 80 c0, N=3: key "k" (0x6b) lives on 1, 2, 3.
std::shared_ptr<const Ring> fourNodes();

struct Sent {
  NodeId to;
  OpId op;
  ports::ReplicaSink* sink = nullptr;
  std::variant<ApplyRequest, FetchRequest> request;

  const ApplyRequest* apply() const { return std::get_if<ApplyRequest>(&request); }
  const FetchRequest* fetch() const { return std::get_if<FetchRequest>(&request); }
};

class FakePeers final : public ports::Peers {
 public:
  void apply(NodeId to, OpId op, ports::ReplicaSink& sink, ApplyRequest request) override {
    sent.push_back({to, op, &sink, std::move(request)});
  }
  void fetch(NodeId to, OpId op, ports::ReplicaSink& sink, FetchRequest request) override {
    sent.push_back({to, op, &sink, std::move(request)});
  }
  std::vector<Sent> sent;  // never taken out: answering twice is part of the game
};

class RecordingClient final : public ports::ClientSink {
 public:
  void onPut(OpId op, PutAnswer answer) override { puts[op].push_back(std::move(answer)); }
  void onGot(OpId op, GetAnswer answer) override { gets[op].push_back(std::move(answer)); }
  std::map<OpId, std::vector<PutAnswer>> puts;
  std::map<OpId, std::vector<GetAnswer>> gets;
};

struct Stage {
  explicit Stage(NodeId self = {1}, std::size_t operationsMax = 100);

  // Both ask with a deadline `in` from now and give the request a number, from 1.
  OpId put(PutRequest request, Duration in = 2_s);
  OpId get(GetRequest request, Duration in = 2_s);
  PutRequest putOf(const Bytes& value, Consistency level = Consistency::quorum) const;
  GetRequest getOf(Consistency level = Consistency::quorum) const;

  const PutAnswer& putAnswer(OpId op) const { return client.puts.at(op).at(0); }
  const GetAnswer& getAnswer(OpId op) const { return client.gets.at(op).at(0); }

  // The latest of what was sent to `node`.
  const Sent& latestTo(NodeId node) const;
  void answer(NodeId node, ApplyReply reply);
  void answer(NodeId node, FetchReply reply);

  kit::VirtualLoop loop;
  kit::FakeMembership membership;
  kit::FakeStamps stamps;
  kit::NotedHints hints;
  kit::NotedEvents events;
  FakePeers peers;
  RecordingClient client;
  Coordinator coordinator;
  std::uint64_t lastOp = 0;
};

ApplyReply applied();
ApplyReply superseded(Version held);
ApplyReply refused(Refusal refusal);
ApplyReply unreachable(bool sent);
FetchReply held(Record record);
FetchReply absent();
Record recordOf(Version version, const Bytes& value);

}  // namespace henge::coordinator

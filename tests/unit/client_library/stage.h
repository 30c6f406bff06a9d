// A driver face to face with nodes whose answers the test gives, on a net in memory and virtual
// time. Four nodes, n1 to n4; three replicas; a key of one letter lives on n4, n1 and n2.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/library/driver.h"
#include "tests/kit/node_fakes.h"
#include "tests/kit/virtual_loop.h"
#include "tests/unit/wire/fake_network.h"
#include "tests/unit/wire/fakes.h"
#include "wire/client_door.h"

namespace henge::library {

// What a node is asked and tells, at the other end of one connection at a time.
class FakeNode {
 public:
  FakeNode(std::uint32_t number, const Cluster& cluster, kit::VirtualLoop& loop);

  std::string address() const;
  void serve(std::shared_ptr<wire::SocketState> socket);
  // Takes what was sent to it and sends what it answers; false: there was nothing.
  bool pump();
  void reset();  // "connection reset"
  bool isConnected() const { return socket_ && socket_->isOpen; }

  void setRing(const Cluster& cluster);  // that it tells from now on, when asked and in its hellos

  wire::FakeClientService service;
  wire::FakeAdminService admin;
  std::shared_ptr<wire::SocketState> socket() { return socket_; }
  int hellos = 0;

 private:
  std::uint32_t number_;
  kit::VirtualLoop& loop_;
  kit::FakeStamps stamps_;
  wire::FakeReplies replies_;
  std::unique_ptr<wire::ClientDoor> door_;
  std::shared_ptr<wire::SocketState> socket_;
  std::uint64_t message_ = 0;
};

class Stage final : public AskSink {
 public:
  explicit Stage(const std::vector<std::uint32_t>& seeds = {1}, std::uint64_t reserve = 100,
                 bool asksOnlySeeds = false);

  static Cluster clusterOfFour();

  // The dial to node `n` succeeds, or fails.
  void accept(std::uint32_t n);
  void refuse(std::uint32_t n) { network.refuse(nodes.at(n)->address()), settle(); }
  void acceptAll();  // whoever is dialled, until nobody is
  void settle();     // until nobody has anything to say, in no time
  void wait(Duration span);

  OpId ask(Ask ask);
  static Ask putOf(const Bytes& key, const Bytes& value);
  static Ask getOf(const Bytes& key);

  void onPut(OpId op, PutResult result) override;
  void onGot(OpId op, GetResult result) override;

  kit::VirtualLoop loop;
  wire::FakeNetwork network;
  wire::CountingRandom random;
  std::map<std::uint32_t, std::unique_ptr<FakeNode>> nodes;
  std::map<OpId, PutResult> puts;  // ended
  std::map<OpId, GetResult> gets;
  std::vector<OpId> ended;  // in order
  Driver driver;
  std::uint64_t lastOp = 0;
};

}  // namespace henge::library

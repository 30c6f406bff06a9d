#include "tests/unit/client_library/stage.h"

#include <gtest/gtest.h>
#include <utility>

#include "tests/unit/wire/raw_client.h"

namespace henge::library {

FakeNode::FakeNode(std::uint32_t number, const Cluster& cluster, kit::VirtualLoop& loop)
    : number_(number), loop_(loop), stamps_(loop, 0x100 + number) {
  setRing(cluster);
}

void FakeNode::setRing(const Cluster& cluster) {
  door_ = std::make_unique<wire::ClientDoor>(
      wire::ClientDoorOptions{wire::shared(cluster), {number_}, 0x100 + number_, Limits()},
      wire::ClientDoorEnv{loop_, stamps_, service, admin});
  door_->attach(&replies_);
  admin.ringView = {};
  admin.ringView.cluster = cluster;
  admin.ringView.ringHash = ringHash(cluster);
  admin.ringView.node = {number_};
  for (const Member& member : cluster.members) {
    admin.ringView.members.push_back({member, Liveness::up, "", {}, 0, {}});
  }
}

std::string FakeNode::address() const { return "127.0.0.1:" + std::to_string(9000 + number_); }

void FakeNode::serve(std::shared_ptr<wire::SocketState> socket) {
  socket_ = std::move(socket);
  replies_.frames.clear();
}

bool FakeNode::pump() {
  if (!isConnected()) return false;
  bool moved = false;
  const Bytes sent = std::exchange(socket_->sent, {});
  for (BytesView rest = sent; !rest.empty();) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i) length = length << 8 | static_cast<unsigned char>(rest[i]);
    EXPECT_TRUE(door_->onMessage({{1}, ++message_}, rest.substr(4, length), loop_.now()).ok());
    rest.remove_prefix(4 + length);
    moved = true;
  }
  for (auto& [ticket, frame] : std::exchange(replies_.frames, {})) {
    socket_->incoming += wire::framed(frame);
    moved = true;
  }
  if (!socket_->incoming.empty()) socket_->tellReadable();
  return moved;
}

void FakeNode::reset() {
  socket_->failure = "connection reset";
  socket_->tellReadable();
}

Cluster Stage::clusterOfFour() {
  Cluster cluster;
  cluster.name = "four";
  cluster.id = {0xf0};
  for (std::uint32_t n = 1; n <= 4; ++n) {
    const auto port = static_cast<std::uint16_t>(9000 + n);
    cluster.members.push_back({{n},
                               "",
                               {Bytes(1, static_cast<char>(n))},
                               {"127.0.0.1", port},
                               {"127.0.0.1", static_cast<std::uint16_t>(port + 100)}});
  }
  return cluster;
}

namespace {

DriverOptions optionsWith(const std::vector<std::uint32_t>& seeds, std::uint64_t reserve,
                          bool asksOnlySeeds) {
  DriverOptions options;
  for (const std::uint32_t n : seeds) {
    options.seeds.push_back({"127.0.0.1", static_cast<std::uint16_t>(9000 + n)});
  }
  options.resendReserve = reserve;
  options.asksOnlySeeds = asksOnlySeeds;
  options.writer = 0xc1;
  return options;
}

}  // namespace

Stage::Stage(const std::vector<std::uint32_t>& seeds, std::uint64_t reserve, bool asksOnlySeeds)
    : driver(optionsWith(seeds, reserve, asksOnlySeeds), {loop, loop, random, network}, *this) {
  for (std::uint32_t n = 1; n <= 4; ++n) {
    nodes[n] = std::make_unique<FakeNode>(n, clusterOfFour(), loop);
  }
  driver.start();
}

void Stage::accept(std::uint32_t n) {
  nodes.at(n)->serve(network.connect(nodes.at(n)->address()));
  settle();
}

void Stage::acceptAll() {
  for (bool dialled = true; dialled;) {
    dialled = false;
    for (const auto& [n, node] : nodes) {
      if (!network.isDialled(node->address())) continue;
      accept(n);
      dialled = true;
    }
  }
}

void Stage::settle() {
  for (bool moved = true; moved;) {
    loop.runFor({0});
    moved = false;
    for (const auto& [n, node] : nodes) moved = node->pump() || moved;
  }
}

// In small steps, so that what is sent on the way is seen when it is sent.
void Stage::wait(Duration span) {
  const MonoTime end = loop.now() + span;
  while (loop.now() < end) {
    loop.runFor(std::min(end - loop.now(), 5_ms));
    settle();
  }
}

OpId Stage::ask(Ask ask) {
  const OpId op{++lastOp};
  driver.ask(op, std::move(ask));
  settle();
  return op;
}

Ask Stage::putOf(const Bytes& key, const Bytes& value) {
  Ask ask;
  ask.verb = Ask::Verb::put;
  ask.key = key;
  ask.value = value;
  ask.deadline = {60'000'000};
  return ask;
}

Ask Stage::getOf(const Bytes& key) {
  Ask ask;
  ask.key = key;
  ask.deadline = {60'000'000};
  return ask;
}

void Stage::onPut(OpId op, PutResult result) {
  EXPECT_TRUE(puts.emplace(op, std::move(result)).second) << "answered twice";
  ended.push_back(op);
}

void Stage::onGot(OpId op, GetResult result) {
  EXPECT_TRUE(gets.emplace(op, std::move(result)).second) << "answered twice";
  ended.push_back(op);
}

}  // namespace henge::library

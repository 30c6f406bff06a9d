// A peer book of node 1 of four on a fake disk, which can be stopped and started.
#pragma once

#include <gtest/gtest.h>
#include <memory>

#include "server/membership/peer_book.h"
#include "tests/kit/fake_disk.h"
#include "tests/kit/node_fakes.h"
#include "tests/kit/virtual_loop.h"
#include "tests/unit/core/script_cluster.h"

namespace henge::membership {

class Book final : public PeerBookSink {
 public:
  explicit Book(std::vector<std::string> tokens = {"00", "40", "80", "c0"})
      : ring_(std::make_shared<const Ring>(clusterOf(tokens, 1))) {}

  // Starts the node, for the first time or again; false: its book could not be read.
  bool start(bool fresh = false) {
    book_.reset();
    disk_ = std::make_unique<kit::FakeDisk>(files, loop, loop);
    PeerBookOptions options;
    options.self = {1};
    options.directory = {0xd1};
    options.freshDirectory = fresh;
    book_ = std::make_unique<PeerBook>(options, ring_, PeerBookEnv{loop, loop, *disk_, events});
    opened = Error{ErrorKind::timeout, "not opened"};
    book_->open(*this);
    loop.runFor(1_ms);
    return opened.ok();
  }
  // As start(), and known to a majority since long.
  void startConfirmed() {
    start();
    for (const std::uint32_t node : {0U, 2U}) {
      book_->onHelloAnswered(hello(node), {});
      loop.runFor(1_ms);
    }
  }
  // The process is killed: whatever was not on disk is gone.
  void kill() {
    disk_->kill();
    loop.forgetAll();
    files.powerCut();
    book_.reset();
  }

  // Another member says hello: start `boot` of its directory d<node>.
  static PeerHello hello(std::uint32_t node, std::uint64_t boot = 1,
                         LogPosition syncedTo = {1, 0}) {
    PeerHello theirs;
    theirs.node = {node};
    theirs.directory = {0xd0 + node};
    theirs.incarnation = {boot, 0x1000 * node + boot};
    theirs.syncedTo = syncedTo;
    theirs.features = {logSyncAlways};
    return theirs;
  }
  static PeerHello wiped(std::uint32_t node) {
    PeerHello theirs = hello(node);
    theirs.directory = {0xe0 + node};
    theirs.incarnation.nonce = 0xeeee;
    theirs.syncedTo = {};
    return theirs;
  }

  ports::HelloVerdict meet(const PeerHello& theirs) {
    const ports::HelloVerdict verdict = book_->onHello(theirs);
    loop.runFor(1_ms);
    return verdict;
  }
  // Meets and keeps the link.
  ports::HelloVerdict connect(const PeerHello& theirs) {
    const ports::HelloVerdict verdict = meet(theirs);
    book_->onLinkUp(theirs.node);
    return verdict;
  }
  void disconnect(std::uint32_t node) {
    book_->onLinkDown({node}, "connection reset");
    loop.runFor(1_ms);
  }

  Liveness of(std::uint32_t node) const { return book_->upSet().of({node}); }
  MemberView viewOf(std::uint32_t node) const { return book_->memberViews().at(node); }
  PeerBook& operator*() { return *book_; }
  PeerBook* operator->() { return book_.get(); }
  kit::FakeDisk& disk() { return *disk_; }

  void onPeerBookOpened(Status status) override { opened = status; }

  kit::VirtualLoop loop;
  kit::FakeFiles files;
  kit::NotedEvents events;
  Status opened;

 private:
  std::shared_ptr<const Ring> ring_;
  std::unique_ptr<kit::FakeDisk> disk_;
  std::unique_ptr<PeerBook> book_;
};

}  // namespace henge::membership

// A loop that runs until something is true, and sinks that note what sockets tell them.
#pragma once

#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/runtime/asio_network.h"
#include "server/runtime/loop.h"

namespace henge::runtime {

// False if that takes 20 s: the test fails, it does not hang.
inline bool runUntil(Loop& loop, const std::function<bool()>& done) {
  struct Watch final : ports::TimerSink {
    void onTimer(std::uint64_t) override {
      isDone = done();
      if (isDone || loop.now() > giveUp) return loop.stop();
      loop.wakeAt(loop.now() + 100_us, *this, 0);
    }
    Loop& loop;
    const std::function<bool()>& done;
    MonoTime giveUp;
    bool isDone = false;
    Watch(Loop& onLoop, const std::function<bool()>& until)
        : loop(onLoop), done(until), giveUp(onLoop.now() + 20_s) {}
  };
  Watch watch(loop, done);
  loop.wakeAt(loop.now(), watch, 0);
  loop.run();
  return watch.isDone;
}

struct SeenEvents final : ports::SocketSink {
  void onReadable() override { ++readable; }
  void onWritable() override { ++writable; }
  int readable = 0;
  int writable = 0;
};

struct SeenDial final : ports::DialSink {
  void onDialled(Result<std::unique_ptr<ports::Socket>> result) override {
    ++told;
    if (result.ok()) {
      socket = std::move(*result);
    } else {
      error = result.error();
    }
  }
  int told = 0;
  std::unique_ptr<ports::Socket> socket;
  std::optional<Error> error;
};

struct SeenAccepts final : ports::AcceptSink {
  void onAccepted(std::unique_ptr<ports::Socket> socket) override {
    sockets.push_back(std::move(socket));
  }
  void onAcceptTrouble(const std::string& sentence) override { troubles.push_back(sentence); }
  std::vector<std::unique_ptr<ports::Socket>> sockets;
  std::vector<std::string> troubles;
};

inline const Address anyPort{"127.0.0.1", 0};

// Two ends of one connection on one loop.
struct Pair {
  Pair() {
    Result<std::unique_ptr<ports::ListeningPort>> opened = network.listen(anyPort, accepts);
    port = std::move(*opened);
    const auto attempt = network.dial({"127.0.0.1", port->number()}, dialled);
    EXPECT_TRUE(runUntil(loop, [&] { return dialled.socket && !accepts.sockets.empty(); }));
    near = std::move(dialled.socket);
    far = std::move(accepts.sockets[0]);
    near->attach(nearEvents);
    far->attach(farEvents);
  }

  Loop loop;
  AsioNetwork network{loop};
  SeenAccepts accepts;
  SeenDial dialled;
  SeenEvents nearEvents, farEvents;
  std::unique_ptr<ports::ListeningPort> port;
  std::unique_ptr<ports::Socket> near, far;
};

}  // namespace henge::runtime

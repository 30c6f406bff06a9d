#include "server/runtime/acceptor.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/runtime/sockets.h"

namespace henge::runtime {
namespace {

// A connection that its kernel makes, whatever the process on the other side does.
class Caller {
 public:
  explicit Caller(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(descriptor_, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  }
  ~Caller() { ::close(descriptor_); }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  bool isTurnedAway() const {
    char byte = 0;
    return ::recv(descriptor_, &byte, 1, MSG_DONTWAIT) == 0;
  }

 private:
  int descriptor_;
};

// Takes every descriptor the process may still have.
class NoDescriptorsLeft {
 public:
  NoDescriptorsLeft() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit few = before_;
    few.rlim_cur = 256;
    ::setrlimit(RLIMIT_NOFILE, &few);
    for (int one = ::open("/dev/null", O_RDONLY); one >= 0; one = ::open("/dev/null", O_RDONLY)) {
      taken_.push_back(one);
    }
  }
  ~NoDescriptorsLeft() {
    while (!taken_.empty()) giveOneBack();
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }
  NoDescriptorsLeft(const NoDescriptorsLeft&) = delete;
  NoDescriptorsLeft& operator=(const NoDescriptorsLeft&) = delete;

  void giveOneBack() {
    ::close(taken_.back());
    taken_.pop_back();
  }

 private:
  rlimit before_{};
  std::vector<int> taken_;
};

struct Accepting {
  Loop loop;
  AsioNetwork network{loop};
  SeenAccepts seen;
  std::unique_ptr<ports::ListeningPort> port = [this] {
    auto opened = network.listen(anyPort, seen);
    return std::move(*opened);
  }();
};

TEST(Acceptor, takesWhoComesIn) {
  Accepting at;
  const Caller first(at.port->number());
  const Caller second(at.port->number());
  EXPECT_TRUE(at.seen.sockets.empty());
  EXPECT_TRUE(runUntil(at.loop, [&] { return at.seen.sockets.size() == 2; }));
  EXPECT_TRUE(at.seen.troubles.empty());
}

TEST(Acceptor, turnsAwayAndGoesOnWhenDescriptorsRunOut) {
  Accepting at;
  const Caller early(at.port->number());
  ASSERT_TRUE(runUntil(at.loop, [&] { return at.seen.sockets.size() == 1; }));
  {
    NoDescriptorsLeft none;
    none.giveOneBack();  // for the caller's own end
    const Caller late(at.port->number());
    ASSERT_TRUE(runUntil(at.loop, [&] { return late.isTurnedAway(); }));
    ASSERT_FALSE(at.seen.troubles.empty());
    EXPECT_EQ(at.seen.troubles[0],
              "a connection could not be accepted: too many open files in this process");
    EXPECT_FALSE(early.isTurnedAway());
  }
  const Caller after(at.port->number());
  EXPECT_TRUE(runUntil(at.loop, [&] { return at.seen.sockets.size() == 2; }));
}

TEST(Acceptor, namesThePortInUse) {
  Accepting at;
  const Address same{"127.0.0.1", at.port->number()};
  const auto second = at.network.listen(same, at.seen);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind, ErrorKind::alreadyExists);
  EXPECT_EQ(second.error().message,
            "port " + std::to_string(same.port) + " on 127.0.0.1 is in use");
}

TEST(Acceptor, namesAHostThatIsNotKnown) {
  Accepting at;
  const auto second = at.network.listen({"no such name", 0}, at.seen);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().message, "the host name 'no such name' is not known here");
}

TEST(Acceptor, endsWhenItIsDestroyedAndThePortIsFree) {
  Accepting at;
  const Address address{"127.0.0.1", at.port->number()};
  at.port.reset();
  SeenAccepts other;
  const auto again = at.network.listen(address, other);
  ASSERT_TRUE(again.ok());
  const Caller caller(address.port);
  ASSERT_TRUE(runUntil(at.loop, [&] { return other.sockets.size() == 1; }));
  EXPECT_TRUE(at.seen.sockets.empty());
}

TEST(Acceptor, mayBeDestroyedByItsOwnEvent) {
  struct Ender final : ports::AcceptSink {
    void onAccepted(std::unique_ptr<ports::Socket>) override { port.reset(); }
    void onAcceptTrouble(const std::string&) override {}
    std::unique_ptr<ports::ListeningPort> port;
  };
  Loop loop;
  AsioNetwork network(loop);
  Ender ender;
  auto opened = network.listen(anyPort, ender);
  ASSERT_TRUE(opened.ok());
  ender.port = std::move(*opened);
  const Caller caller(ender.port->number());
  EXPECT_TRUE(runUntil(loop, [&] { return ender.port == nullptr; }));
}

}  // namespace
}  // namespace henge::runtime

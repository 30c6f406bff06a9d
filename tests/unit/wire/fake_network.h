// A net in memory: dials wait until the test answers them.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "tests/unit/wire/fake_socket.h"

namespace henge::wire {

class FakeNetwork final : public ports::Network {
 public:
  std::unique_ptr<ports::Dial> dial(const Address& address, ports::DialSink& sink) override {
    ++dials[toString(address)];
    return std::make_unique<Attempt>(*this, toString(address), sink);
  }
  Result<std::unique_ptr<ports::ListeningPort>> listen(const Address&,
                                                       ports::AcceptSink&) override {
    return Error{ErrorKind::unsupported, "nobody listens here"};
  }

  // The dial to that address succeeds; what its other end sees.
  std::shared_ptr<SocketState> connect(const std::string& address) {
    auto state = std::make_shared<SocketState>();
    finish(address, std::unique_ptr<ports::Socket>(new FakeSocket(state)));
    return state;
  }
  bool isDialled(const std::string& address) const { return waiting_.contains(address); }
  void refuse(const std::string& address) {
    finish(address, Error{ErrorKind::unavailable, "connection refused"});
  }

  std::map<std::string, int> dials;  // ever begun, by address

 private:
  class Attempt final : public ports::Dial {
   public:
    Attempt(FakeNetwork& network, std::string address, ports::DialSink& sink)
        : network_(network), address_(std::move(address)) {
      network_.waiting_[address_] = &sink;
    }
    ~Attempt() override { network_.waiting_.erase(address_); }

   private:
    FakeNetwork& network_;
    const std::string address_;
  };

  void finish(const std::string& address, Result<std::unique_ptr<ports::Socket>> result) {
    waiting_.at(address)->onDialled(std::move(result));
  }

  std::map<std::string, ports::DialSink*> waiting_;
};

}  // namespace henge::wire

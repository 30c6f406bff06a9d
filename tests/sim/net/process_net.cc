#include "tests/sim/net/process_net.h"

#include <cassert>
#include <utility>

namespace henge::sim {

namespace {

class SimSocket final : public ports::Socket, EndOwner {
 public:
  SimSocket(Transport& transport, EndRef end, ports::Timers& timers)
      : EndOwner(timers), transport_(transport), end_(end) {
    transport_.own(end_, *this);
  }
  ~SimSocket() override { transport_.close(end_); }
  SimSocket(const SimSocket&) = delete;
  SimSocket& operator=(const SimSocket&) = delete;

  void attach(ports::SocketSink& sink) override { sink_ = &sink; }
  void awaitReadable() override {
    assert(sink_ != nullptr);
    transport_.awaitReadable(end_);
  }
  Result<std::optional<std::size_t>> read(std::span<char> space) override {
    return transport_.read(end_, space);
  }
  void awaitWritable() override {
    assert(sink_ != nullptr);
    transport_.awaitWritable(end_);
  }
  Result<std::size_t> write(std::span<const BytesView> chunks) override {
    return transport_.write(end_, chunks);
  }
  std::string peerName() const override { return transport_.nameOf(end_.other()); }

 private:
  void onEvent(EndRef /*end*/, EndEvent event) override {
    event == EndEvent::readable ? sink_->onReadable() : sink_->onWritable();
  }

  Transport& transport_;
  ports::SocketSink* sink_ = nullptr;
  EndRef end_;
};

class SimDial final : public ports::Dial, EndOwner {
 public:
  SimDial(Transport& transport, HostId host, const Address& to, ports::DialSink& sink,
          ports::Timers& timers)
      : EndOwner(timers),
        transport_(transport),
        sink_(sink),
        end_(transport.dial(host, to, *this)) {}
  ~SimDial() override {
    if (!isOver_) transport_.close(end_);
  }
  SimDial(const SimDial&) = delete;
  SimDial& operator=(const SimDial&) = delete;

 private:
  void onEvent(EndRef end, EndEvent /*event*/) override {
    isOver_ = true;
    const Status status = transport_.dialled(end);
    if (status.ok()) {
      std::unique_ptr<ports::Socket> socket =
          std::make_unique<SimSocket>(transport_, end, timers());
      return sink_.onDialled(std::move(socket));
    }
    transport_.close(end);
    sink_.onDialled(status.error());
  }

  Transport& transport_;
  ports::DialSink& sink_;
  bool isOver_ = false;
  EndRef end_;
};

class SimPort final : public ports::ListeningPort, public EndOwner {
 public:
  SimPort(Transport& transport, HostId host, ports::AcceptSink& sink, ports::Timers& timers)
      : EndOwner(timers), transport_(transport), host_(host), sink_(sink) {}
  ~SimPort() override { transport_.unlisten(host_, number_, *this); }
  SimPort(const SimPort&) = delete;
  SimPort& operator=(const SimPort&) = delete;

  Status listen(const Address& address) {
    const Result<std::uint16_t> port = transport_.listen(host_, address, *this);
    if (!port.ok()) return port.error();
    number_ = *port;
    return {};
  }
  std::uint16_t number() const override { return number_; }

 private:
  void onEvent(EndRef end, EndEvent /*event*/) override {
    sink_.onAccepted(std::make_unique<SimSocket>(transport_, end, timers()));
  }

  Transport& transport_;
  HostId host_;
  ports::AcceptSink& sink_;
  std::uint16_t number_ = 0;
};

}  // namespace

std::unique_ptr<ports::Dial> ProcessNet::dial(const Address& address, ports::DialSink& sink) {
  return std::make_unique<SimDial>(transport_, host_, address, sink, timers_);
}

Result<std::unique_ptr<ports::ListeningPort>> ProcessNet::listen(const Address& address,
                                                                 ports::AcceptSink& sink) {
  auto port = std::make_unique<SimPort>(transport_, host_, sink, timers_);
  const Status status = port->listen(address);
  if (!status.ok()) return status.error();
  return std::unique_ptr<ports::ListeningPort>(std::move(port));
}

}  // namespace henge::sim

// One request of a client, on a connection of its own, and what came of it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/cluster.h"
#include "core/request.h"
#include "server/ports/clock.h"
#include "server/ports/network.h"
#include "server/ports/timers.h"
#include "tests/sim/scenario/names.h"
#include "wire/frame_reader.h"
#include "wire/store_calls.h"

namespace henge::sim {

struct Ask {
  enum class Verb : std::uint8_t { put, remove, get };
  Verb verb = Verb::get;
  Bytes key;
  Bytes value;
  Consistency level = Consistency::quorum;
  std::optional<Version> version;
  Duration deadline = 1_s;
};

struct CallEnv {
  const ports::Clock& clock;
  ports::Timers& timers;
  ports::Network& network;
};

// Begins when it is made; is over when an answer has come, the connection has ended, or the node
// has not answered 200 ms after the deadline. It outlives its timer. Thread: the one there is.
class Call final : private ports::DialSink, private ports::SocketSink, private ports::TimerSink {
 public:
  static constexpr Duration patience = 200_ms;

  Call(Ask ask, const Address& to, CallEnv env);

  bool isOver() const { return over_; }
  const Ask& ask() const { return ask_; }
  // "applied v1, 2 of 2 needed": what the client was told. Precondition: isOver().
  std::string line(Names& names) const;
  // The same without version and time: for counting.
  std::string verdict() const;

 private:
  void onDialled(Result<std::unique_ptr<ports::Socket>> socket) override;
  void onReadable() override;
  void onWritable() override;
  void onTimer(std::uint64_t token) override;

  Status readFrame();
  void end(const std::string& lost);
  std::string putLine(Names& names) const;
  std::string getLine(Names& names) const;
  std::string tail(const std::string& text) const;

  const Ask ask_;
  CallEnv env_;
  const MonoTime began_;
  wire::StoreCalls codec_;
  wire::FrameReader frames_;
  Bytes unsent_;
  std::unique_ptr<ports::Dial> dial_;
  std::unique_ptr<ports::Socket> socket_;

  bool over_ = false;
  MonoTime ended_;
  std::string lost_;  // why there is no answer
  std::optional<PutAnswer> put_;
  std::optional<GetAnswer> get_;
};

// `"x"`, `removed`, `nothing`: what is held, for people. Long values are cut.
std::string textOf(const std::optional<Record>& record);

}  // namespace henge::sim

#include "tests/sim/scenario/call.h"

#include <array>

namespace henge::sim {

namespace {

constexpr std::uint32_t answerBytesMax = 1 << 20;
constexpr std::int32_t seqid = 1;
constexpr std::size_t shownBytesMax = 20;
constexpr Duration worthTelling = 20_ms;  // how long an answer may take without a word

Bytes frameOf(wire::StoreCalls& codec, const Ask& ask) {
  const std::int64_t deadlineMs = ask.deadline.micros / 1000;
  if (ask.verb == Ask::Verb::get) {
    GetRequest request;
    request.context.level = ask.level;
    request.key = ask.key;
    return codec.get(seqid, request, deadlineMs);
  }
  PutRequest request;
  request.context.level = ask.level;
  request.key = ask.key;
  request.value = ask.value;
  request.version = ask.version;
  if (ask.verb == Ask::Verb::remove) request.kind = RecordKind::tombstone;
  return codec.put(seqid, request, deadlineMs);
}

std::string_view nameOf(RequestErrorKind kind) {
  static constexpr std::array<std::string_view, 6> names{
      "unavailable", "timeout", "overloaded", "invalid request", "rebuilding", "unsupported"};
  return names.at(static_cast<std::size_t>(kind));
}

std::string_view nameOf(Outcome outcome) {
  if (outcome == Outcome::applied) return "applied";
  return outcome == Outcome::unknown ? "unknown" : "surely not applied";
}

std::string listOf(const std::vector<NodeId>& nodes) {
  std::string list;
  for (const NodeId node : nodes) list += " " + toString(node);
  return list;
}

std::string sentenceOf(const RequestError& error) {
  std::string text = std::string(nameOf(error.kind)) + ": " + error.message;
  if (!error.missing.empty()) text += " (without" + listOf(error.missing) + ")";
  return text;
}

}  // namespace

std::string textOf(const std::optional<Record>& record) {
  if (!record) return "nothing";
  if (record->isTombstone()) return "removed";
  const Bytes& value = record->value;
  if (value.size() <= shownBytesMax) return "\"" + value + "\"";
  return "\"" + value.substr(0, 3) + "…\" (" + std::to_string(value.size()) + " bytes)";
}

Call::Call(Ask ask, const Address& to, CallEnv env)
    : ask_(std::move(ask)),
      env_(env),
      began_(env.clock.now()),
      frames_(answerBytesMax),
      unsent_(frameOf(codec_, ask_)) {
  dial_ = env_.network.dial(to, *this);
  env_.timers.wakeAt(began_ + ask_.deadline + patience, *this, 0);
}

void Call::onDialled(Result<std::unique_ptr<ports::Socket>> socket) {
  dial_.reset();
  if (!socket.ok()) return end("not sent: " + socket.error().message);
  socket_ = std::move(*socket);
  socket_->attach(*this);
  socket_->awaitReadable();
  onWritable();
}

void Call::onWritable() {
  while (!unsent_.empty()) {
    const std::array<BytesView, 1> chunks{unsent_};
    const auto taken = socket_->write(chunks);
    if (!taken.ok()) return end("no answer: " + taken.error().message);
    unsent_.erase(0, *taken);
    if (*taken == 0) return socket_->awaitWritable();
  }
}

void Call::onReadable() {
  if (const Status status = readFrame(); !status.ok()) end("no answer: " + status.error().message);
}

Status Call::readFrame() {
  for (;;) {
    const auto got = socket_->read(frames_.space());
    if (!got.ok()) return got.error();
    if (!got->has_value()) return socket_->awaitReadable(), Status();
    if (**got == 0) return Error{ErrorKind::unavailable, "the connection was closed"};
    frames_.received(**got);
    const auto frame = frames_.next();
    if (!frame.ok()) return frame.error();
    if (!frame->has_value()) continue;
    if (ask_.verb == Ask::Verb::get) {
      auto answer = codec_.getAnswer(**frame, ask_.key);
      if (!answer.ok()) return answer.error();
      get_ = std::move(*answer);
    } else {
      auto answer = codec_.putAnswer(**frame, ask_.verb == Ask::Verb::remove);
      if (!answer.ok()) return answer.error();
      put_ = std::move(*answer);
    }
    return end({}), Status();
  }
}

void Call::onTimer(std::uint64_t) {
  if (!over_) end("no answer in time");
}

void Call::end(const std::string& lost) {
  over_ = true;
  ended_ = env_.clock.now();
  lost_ = lost;
  dial_.reset();
  socket_.reset();
}

std::string Call::line(Names& names) const {
  if (put_) return tail(putLine(names));
  return tail(get_ ? getLine(names) : lost_);
}

std::string Call::tail(const std::string& text) const {
  const Duration took = ended_ - began_;
  if (took < worthTelling) return text;
  return text + " (after " + std::to_string(took.micros / 10'000 * 10) + " ms)";
}

std::string Call::putLine(Names& names) const {
  std::string text(nameOf(put_->outcome));
  if (!put_->version.isNone()) text += " " + names.of(put_->version);
  if (put_->superseded) text += ", superseded";
  if (put_->needed > 0) {
    text += ", " + std::to_string(put_->acknowledged) + " of " + std::to_string(put_->needed) +
            " needed";
  }
  if (!put_->missed.empty()) text += ", missed" + listOf(put_->missed);
  return put_->error ? text + "; " + sentenceOf(*put_->error) : text;
}

std::string Call::getLine(Names& names) const {
  if (get_->error) return "no value; " + sentenceOf(*get_->error);
  std::string text = textOf(get_->record);
  if (get_->record) text += " " + names.of(get_->record->version);
  text += ", from" + listOf(get_->answeredBy);
  return get_->repaired.empty() ? text : text + ", repaired" + listOf(get_->repaired);
}

std::string Call::verdict() const {
  if (put_) {
    const std::string outcome(nameOf(put_->outcome));
    return put_->error ? outcome + "; " + sentenceOf(*put_->error) : outcome;
  }
  if (!get_) return lost_;
  return get_->error ? sentenceOf(*get_->error) : textOf(get_->record);
}

}  // namespace henge::sim

#include "tests/sim/world/client.h"

#include <array>
#include <utility>

namespace henge::sim {

namespace {

// Beyond the deadline it was told, a node's answer is awaited for so long.
constexpr Duration patience = 200_ms;
constexpr std::uint32_t answerBytesMax = 1 << 20;
constexpr std::uint64_t tracedOneIn = 8;

ClientEnd endOf(const PutAnswer& answer) {
  switch (answer.outcome) {
    case Outcome::applied:
      return ClientEnd::ok;
    case Outcome::surelyNotApplied:
      return ClientEnd::refused;
    case Outcome::unknown:
      break;
  }
  return ClientEnd::unknown;
}

}  // namespace

SimClient::SimClient(std::uint32_t number, const Settings& settings, ClientEnv env,
                     ClientSink* sink)
    : number_(number),
      settings_(settings),
      env_(env),
      sink_(sink),
      chance_(Chance(static_cast<std::uint64_t>(settings.seed)).fork("client", number)),
      traceChance_(Chance(static_cast<std::uint64_t>(settings.seed)).fork("traces", number)),
      stampsItself_(chance_.percent(static_cast<int>(settings.ownStampPercent))),
      frames_(answerBytesMax) {
  node_ = static_cast<std::uint32_t>(chance_.below(env_.cluster.members.size()));
}

SimClient::~SimClient() = default;

void SimClient::start() {
  asking_ = true;
  env_.timers.wakeAt(env_.clock.now() + chance_.between(1_ms, 500_ms), *this, askToken);
}

void SimClient::onTimer(std::uint64_t token) {
  if (token == askToken) return askNext();
  if (token == flushToken) {
    flushing_ = false;
    return flush();
  }
  // An attempt has had its time.
  const auto seqid = static_cast<std::int32_t>(token - firstCallToken);
  const auto found = calls_.find(seqid);
  if (found == calls_.end() || env_.clock.now() < found->second.giveUpAt) return;
  const bool sent = found->second.sent;
  if (sent || !socket_) disconnect();
  // The others on that connection are lost with it: disconnect() has ended them, and perhaps this.
  if (calls_.contains(seqid))
    endAttempt(seqid, sent ? ClientEnd::unknown : ClientEnd::refused, {}, {});
}

void SimClient::askNext() {
  if (!asking_) return;
  const Duration every = Duration{settings_.opEveryMs * 1000} * settings_.clients;
  const bool again = chance_.percent(static_cast<int>(settings_.burstPercent));
  const Duration wait = again ? chance_.between(0_us, 2_ms) : chance_.waiting(every);
  env_.timers.wakeAt(env_.clock.now() + wait, *this, askToken);
  if (calls_.size() >= inFlightMax) return;
  const ClientOp op = drawOp();
  std::optional<Version> version;
  if (op.verb != ClientVerb::get && stampsItself_) version = ownStamp();
  const std::uint32_t node = chooseNode();
  begin(op, version, node, Duration{settings_.deadlineMs * 1000});
}

std::uint32_t SimClient::chooseNode() {
  // Not while answers are awaited: leaving would make them unknown.
  if (!calls_.empty() || !chance_.percent(static_cast<int>(settings_.hopPercent))) return node_;
  return static_cast<std::uint32_t>(chance_.below(env_.cluster.members.size()));
}

ClientOp SimClient::drawOp() {
  ClientOp op;
  op.client = number_;
  op.key = chance_.below(env_.keys.keys.size());
  if (chance_.percent(static_cast<int>(settings_.putPercent))) {
    const bool removes = chance_.percent(static_cast<int>(settings_.removePercent));
    op.verb = removes ? ClientVerb::remove : ClientVerb::put;
  }
  op.level = Consistency::quorum;
  if (!chance_.percent(static_cast<int>(settings_.quorumPercent))) {
    op.level = chance_.oneIn(2) ? Consistency::one : Consistency::all;
  }
  op.valueBytes = static_cast<std::size_t>(chance_.byMagnitude(1, settings_.valueBytesMax));
  return op;
}

std::uint64_t SimClient::ask(ClientVerb verb, std::size_t key, Consistency level,
                             std::uint32_t node, Duration deadline) {
  ClientOp op;
  op.client = number_;
  op.verb = verb;
  op.key = key;
  op.level = level;
  op.valueBytes = valueBytesMin;
  return begin(op, std::nullopt, node, deadline);
}

std::uint64_t SimClient::begin(ClientOp op, std::optional<Version> version, std::uint32_t node,
                               Duration deadline) {
  op.traced = traceChance_.oneIn(tracedOneIn);
  const std::uint64_t id = env_.oracle.onBegin(op);
  if (version) env_.oracle.onStamped(id, *version);
  Call call;
  call.op = id;
  call.node = node;
  call.deadline = deadline;
  const std::int32_t seqid = ++lastSeqid_;
  calls_.emplace(seqid, call);
  attempt(seqid);
  return id;
}

// Above every stamp of its own, near its wall clock: which is the world's, for clients.
Version SimClient::ownStamp() {
  lastStamp_ = std::max(lastStamp_ + 1, env_.clock.wall().micros);
  return {lastStamp_, 0xc11e'0000ULL + number_};
}

void SimClient::attempt(std::int32_t seqid) {
  Call& call = calls_.at(seqid);
  ++call.attempts;
  call.sent = false;
  call.giveUpAt = env_.clock.now() + call.deadline + patience;
  env_.timers.wakeAt(call.giveUpAt, *this, firstCallToken + static_cast<std::uint64_t>(seqid));
  if (node_ != call.node || (!socket_ && !dial_)) connect(call.node);
  if (!calls_.contains(seqid)) return;
  if (socket_) send(seqid, calls_.at(seqid));
}

void SimClient::connect(std::uint32_t node) {
  disconnect();
  node_ = node;
  dial_ = env_.network.dial(env_.cluster.members[node].client, *this);
}

// What was sent on the connection and not answered is unknown, what was not sent surely nothing –
// and may go to the next.
void SimClient::disconnect() {
  dial_.reset();
  socket_.reset();
  blocked_ = false;
  frames_ = wire::FrameReader(answerBytesMax);
  output_ = wire::OutputQueue();
  std::vector<std::int32_t> sent;
  for (const auto& [seqid, call] : calls_) {
    if (call.sent) sent.push_back(seqid);
  }
  for (const std::int32_t seqid : sent) {
    if (calls_.contains(seqid)) endAttempt(seqid, ClientEnd::unknown, {}, {});
  }
}

void SimClient::onDialled(Result<std::unique_ptr<ports::Socket>> socket) {
  dial_.reset();
  if (!socket.ok()) {
    std::vector<std::int32_t> waiting;
    for (const auto& [seqid, call] : calls_) waiting.push_back(seqid);
    for (const std::int32_t seqid : waiting) {
      if (calls_.contains(seqid)) endAttempt(seqid, ClientEnd::refused, {}, {});
    }
    return;
  }
  socket_ = std::move(*socket);
  socket_->attach(*this);
  socket_->awaitReadable();
  for (auto& [seqid, call] : calls_) {
    if (call.node == node_ && !call.sent) send(seqid, call);
  }
}

void SimClient::send(std::int32_t seqid, Call& call) {
  const ClientOp& op = *env_.oracle.find(call.op);
  const std::int64_t deadlineMs = call.deadline.micros / 1000;
  call.sent = true;
  if (op.verb == ClientVerb::get) {
    GetRequest request;
    request.context.level = op.level;
    request.context.trace = op.traced;
    request.key = env_.keys.keys[op.key];
    output_.append(codec_.get(seqid, request, deadlineMs));
  } else {
    PutRequest request;
    request.context.level = op.level;
    request.context.trace = op.traced;
    request.key = env_.keys.keys[op.key];
    if (op.verb == ClientVerb::remove) request.kind = RecordKind::tombstone;
    if (op.verb == ClientVerb::put) request.value = valueOf(op.id, op.valueBytes);
    if (!op.version.isNone()) request.version = op.version;
    output_.append(codec_.put(seqid, request, deadlineMs));
  }
  if (flushing_) return;
  flushing_ = true;
  env_.timers.atRoundEnd(*this, flushToken);
}

void SimClient::flush() {
  while (socket_ && !blocked_ && !output_.empty()) {
    std::array<BytesView, 16> chunks;
    const std::size_t count = output_.gather(chunks);
    const auto taken = socket_->write(std::span<const BytesView>(chunks).first(count));
    if (!taken.ok()) return disconnect();
    output_.taken(*taken);
    if (output_.empty()) return;
    blocked_ = true;
    socket_->awaitWritable();
  }
}

void SimClient::onWritable() {
  blocked_ = false;
  flush();
}

void SimClient::onReadable() {
  if (!readFrames().ok()) disconnect();
}

Status SimClient::readFrames() {
  while (socket_) {
    const auto got = socket_->read(frames_.space());
    if (!got.ok()) return got.error();
    if (!got->has_value()) {
      socket_->awaitReadable();
      return {};
    }
    if (**got == 0) return Error{ErrorKind::unavailable, "closed"};
    frames_.received(**got);
    while (socket_) {
      const auto frame = frames_.next();
      if (!frame.ok()) return frame.error();
      if (!frame->has_value()) break;
      onAnswer(Bytes(**frame));
    }
  }
  return {};
}

void SimClient::onAnswer(BytesView frame) {
  const Result<std::int32_t> seqid = codec_.seqidOf(frame);
  if (!seqid.ok() || !calls_.contains(*seqid)) return disconnect();
  const ClientOp& op = *env_.oracle.find(calls_.at(*seqid).op);
  if (op.verb != ClientVerb::get) {
    const auto put = codec_.putAnswer(frame, op.verb == ClientVerb::remove);
    if (!put.ok()) return disconnect();
    return endAttempt(*seqid, endOf(*put), *put, {});
  }
  const auto get = codec_.getAnswer(frame, env_.keys.keys[op.key]);
  if (!get.ok()) return disconnect();
  endAttempt(*seqid, get->error ? ClientEnd::refused : ClientEnd::ok, {}, *get);
}

// Sent again only under the version it had; else a second try might overtake somebody's write.
void SimClient::endAttempt(std::int32_t seqid, ClientEnd end, const PutAnswer& put,
                           const GetAnswer& get) {
  Call& call = calls_.at(seqid);
  const ClientOp& op = *env_.oracle.find(call.op);
  const bool resends = op.verb != ClientVerb::get && stampsItself_ && end != ClientEnd::ok &&
                       call.attempts < attemptsMax && asking_;
  if (end == ClientEnd::unknown) call.maybeApplied = true;
  note(call, end, op.verb == ClientVerb::get ? get.error : put.error);
  if (!resends) return finish(seqid, end, put, get);
  Call again = call;
  calls_.erase(seqid);
  again.node = static_cast<std::uint32_t>(chance_.below(env_.cluster.members.size()));
  const std::int32_t next = ++lastSeqid_;
  calls_.emplace(next, again);
  attempt(next);
}

void SimClient::note(const Call& call, ClientEnd end, const std::optional<RequestError>& error) {
  static constexpr std::array<const char*, 4> words{"open", "ok", "refused", "unknown"};
  env_.trace.fold(call.op << 2 | static_cast<std::uint64_t>(end));
  if (!env_.trace.recording()) return;
  const ClientOp& op = *env_.oracle.find(call.op);
  env_.trace.tell(env_.clock.now(), Trace::clients,
                  "c" + std::to_string(number_) + " op " + std::to_string(op.id) + " key " +
                      std::to_string(op.key) + " at n" + std::to_string(call.node) + ": " +
                      words.at(static_cast<std::size_t>(end)) +
                      (error ? ", " + error->message : std::string()));
}

void SimClient::finish(std::int32_t seqid, ClientEnd end, const PutAnswer& put,
                       const GetAnswer& get) {
  const Call call = calls_.at(seqid);
  calls_.erase(seqid);
  if (end == ClientEnd::refused && call.maybeApplied) end = ClientEnd::unknown;
  if (env_.oracle.find(call.op)->verb == ClientVerb::get) {
    env_.oracle.onGetEnd(call.op, end, get);
  } else {
    env_.oracle.onPutEnd(call.op, end, put, call.node);
  }
  if (sink_ != nullptr) sink_->onEnded(call.op, end);
}

}  // namespace henge::sim

#include "server/node/node_admin.h"

#include <algorithm>

#include "core/version_text.h"

namespace henge::node {

NodeAdmin::NodeAdmin(Shown shown, std::shared_ptr<const Ring> ring, NodeAdminEnv env)
    : shown_(std::move(shown)), ring_(std::move(ring)), env_(env), startedAt_(env.clock.now()) {}

RingView NodeAdmin::ring() const {
  RingView view;
  view.cluster = ring_->cluster();
  view.ringHash = ringHash(ring_->cluster());
  view.members = env_.peerBook.memberViews();
  view.node = shown_.own.identity.node;
  for (MemberView& member : view.members) {
    if (member.member.id == view.node) member.writer = shown_.own.identity.writer;
    const LatencyEstimate* const latency = env_.slowPeers.of(member.member.id);
    if (latency == nullptr) continue;
    member.latency = latency->weighted();
    member.latency95 = latency->quantile(950);
  }
  return view;
}

NodeStatus NodeAdmin::status() const {
  const ports::StorageStatus storage = env_.storage.status();
  const std::string reason = env_.peerBook.ownReason();
  NodeStatus status;
  status.node = shown_.own.identity.node;
  status.version = softwareVersion;
  status.uptime = env_.clock.now() - startedAt_;
  status.pid = shown_.pid;
  status.state = draining_                     ? "draining"
                 : env_.peerBook.mustRebuild() ? "rebuilding"
                 : reason.empty()              ? "serving"
                                               : "starting";
  status.stateReason = reason.empty() ? storage.refusal : reason;
  status.keys = static_cast<std::int64_t>(env_.census.keys());
  status.dataBytes = static_cast<std::int64_t>(storage.storeBytes + storage.tableBytes);
  status.counters = counters();
  status.applied = storage.applied;
  status.synced = storage.synced;
  status.segments = static_cast<std::int64_t>(storage.segments);
  status.logBytes = static_cast<std::int64_t>(storage.logBytes);
  status.logSync = shown_.logSync;
  status.hybridTime = env_.stamps.hybridNow();
  status.wallTime = env_.clock.wall();
  status.directory = shown_.own.identity.directory;
  status.boot = shown_.own.identity.boot;
  return status;
}

std::map<std::string, std::int64_t> NodeAdmin::counters() const {
  std::map<std::string, std::int64_t> all = env_.coordinator.counters().named();
  all.merge(env_.replica.counters().named());
  const ports::StorageStatus storage = env_.storage.status();
  const auto add = [&all](const std::string& name, std::uint64_t value) {
    all[name] = static_cast<std::int64_t>(value);
  };
  add("log_syncs", storage.syncs);
  add("log_records", storage.records);
  add("log_replayed", storage.replayed);
  add("log_torn_bytes", storage.tornBytes);
  add("log_replay_micros", static_cast<std::uint64_t>(storage.replayMicros));
  add("disk_free_bytes", storage.freeBytes);
  add("disk_needed_bytes", storage.freeBytesNeeded);
  add("disk_short", storage.refusal.empty() ? 0 : 1);
  add("table_records", storage.tableRecords);
  add("tables_frozen", storage.frozenTables);
  const handoff::HintAccount hints = env_.handoff.total();
  add("hints", hints.count);
  add("hints_uncounted", env_.handoff.hasCounted() ? 0 : 1);
  add("hint_bytes", hints.bytes);
  add("hints_kept", hints.kept);
  add("hints_delivered", hints.delivered);
  add("hints_cancelled", hints.cancelled);
  add("hints_expired", hints.expired);
  add("hints_refused", hints.refused);
  add("hints_dropped", hints.dropped);
  add("ranges_to_repair", env_.handoff.rangesToRepair());
  all.merge(env_.detector.named());
  for (const auto& [token, keys] : env_.census.ownedRanges()) add("range_keys." + token, keys);
  return all;
}

void NodeAdmin::dump(OpId op, ports::AdminSink& sink, ports::DumpRequest request) {
  if (dumps_.size() >= dumpsMax) {
    return sink.onDumped(op, Error{ErrorKind::overloaded, "too many dumps at once; at most 64"});
  }
  const Partitioner partitioner = ring_->cluster().partitioner;
  Bytes from = request.fromKey ? orderedKey(partitioner, *request.fromKey) : Bytes();
  if (request.resumeKey) from = std::max(from, *request.resumeKey);
  const Bytes to = request.toKey ? orderedKey(partitioner, *request.toKey) : Bytes();
  const OpId scan{++lastScan_};
  dumps_[scan] = {op, &sink};
  env_.storage.scan(scan, *this, std::move(from), to, request.recordsMax, dumpBytesMax);
}

void NodeAdmin::onScanned(OpId op, Result<std::vector<Record>> page, bool more) {
  const Asker dump = dumps_.at(op);
  dumps_.erase(op);
  if (!page.ok()) return dump.sink->onDumped(dump.op, page.error());
  DumpPage answer{std::move(*page), more, ""};
  if (!answer.records.empty()) {
    // The first key behind the last one: nothing lies between k and k followed by a zero byte.
    const Partitioner partitioner = ring_->cluster().partitioner;
    answer.resumeKey = orderedKey(partitioner, answer.records.back().key) + '\0';
  }
  dump.sink->onDumped(dump.op, std::move(answer));
}

void NodeAdmin::syncHints(OpId op, ports::AdminSink& sink, MonoTime deadline) {
  const OpId own{++lastSync_};
  syncs_[own] = {op, &sink};
  if (const Status status = env_.handoff.sync(own, *this, deadline); !status) {
    syncs_.erase(own);
    sink.onHintsSynced(op, status.error());
  }
}

void NodeAdmin::onHintsSynced(OpId op, Result<HintSync> sync) {
  const Asker asker = syncs_.extract(op).mapped();
  asker.sink->onHintsSynced(asker.op, std::move(sync));
}

LogView NodeAdmin::log() const {
  LogView view = env_.storage.log();
  view.node = shown_.own.identity.node;
  return view;
}

// The loss of vote ends first: if the process dies in between, the notes of the damage take the
// vote away again.
Result<std::string> NodeAdmin::accept(NodeId node, DirectoryId directory) {
  Result<std::string> said = env_.peerBook.accept(node, directory);
  if (!said || node != shown_.own.identity.node) return said;
  std::string lost;
  for (const LogDamage& damage : env_.storage.log().damage) {
    lost += "; given up: " + toString(damage);
    env_.events.note(ports::Severity::warning, "accepted  " + toString(damage));
  }
  env_.storage.acceptDamage();
  env_.handoff.mayHaveLost();  // a directory that is new, or old, tells nothing of hints it lacks
  return *said + lost;
}

}  // namespace henge::node

// The client port: the services Store and Admin of idl/, turned into core requests and back.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/cluster.h"
#include "core/limits.h"
#include "server/ports/admin_service.h"
#include "server/ports/client_service.h"
#include "server/ports/clock.h"
#include "server/ports/stamps.h"
#include "wire/processor.h"

namespace henge::wire {

struct ClientDoorOptions {
  std::shared_ptr<const Cluster> cluster;
  NodeId self;
  std::uint64_t writer = 0;  // in the versions this node stamps
  Limits limits;
};

struct ClientDoorEnv {
  ports::Clock& clock;
  ports::Stamps& stamps;
  ports::ClientService& clients;
  ports::AdminService& admin;
};

// Refuses what breaks a rule that can be seen without asking anybody – enums, sizes, deadlines,
// versions that no clock gives, what this release does not know yet – and names rule and limit. (A
// version too far ahead is the coordinator's to refuse.) Operation ids are this door's own, never
// the client's seqid.
//
// Thread: the loop's. The ports outlive it; it outlives every operation it has begun.
class ClientDoor final : public Processor, public ports::ClientSink, public ports::AdminSink {
 public:
  ClientDoor(ClientDoorOptions options, ClientDoorEnv env);
  ~ClientDoor() override;

  void attach(Replies* replies) override;
  Status onMessage(Ticket ticket, BytesView message, MonoTime firstByte) override;
  void onClosed(ConnectionId connection) override;

  void onPut(OpId op, PutAnswer answer) override;
  void onGot(OpId op, GetAnswer answer) override;
  void onHintsSynced(OpId op, Result<HintSync> sync) override;
  void onDumped(OpId op, Result<DumpPage> page) override;

  std::size_t operations() const;  // begun, not yet answered

 private:
  struct Impl;  // keeps Thrift's headers out of this one
  std::unique_ptr<Impl> impl_;
};

}  // namespace henge::wire

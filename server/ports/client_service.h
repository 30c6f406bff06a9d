// The coordinator, as seen by the door that clients come in by.
#pragma once

#include "core/ids.h"
#include "core/request.h"

namespace henge::ports {

// Each request is answered exactly once. The operation id is the asker's; it may be answered inside
// the call (a refusal needs no other node).
class ClientSink {
 public:
  virtual void onPut(OpId op, PutAnswer answer) = 0;
  virtual void onGot(OpId op, GetAnswer answer) = 0;

 protected:
  ~ClientSink() = default;
};

class ClientService {
 public:
  virtual ~ClientService() = default;
  virtual void put(OpId op, ClientSink& sink, PutRequest request) = 0;
  virtual void get(OpId op, ClientSink& sink, GetRequest request) = 0;
};

}  // namespace henge::ports

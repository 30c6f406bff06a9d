// A client door behind a listener on a loopback port, for tests with real sockets.
#pragma once

#include <functional>

#include "tests/kit/node_fakes.h"
#include "tests/unit/wire/fakes.h"
#include "tests/unit/wire/raw_client.h"
#include "tests/unit/wire/test_loop.h"
#include "wire/client_door.h"
#include "wire/listener.h"

namespace henge::wire {

inline ListenerOptions listenerOptions() {
  ListenerOptions options;
  options.name = "client port";
  options.address = {"127.0.0.1", 0};
  options.frameBytesMax = Limits().frameBytesMax();
  options.framing = Framing::either;
  return options;
}

struct Listening {
  explicit Listening(const ListenerOptions& options = listenerOptions())
      : listener(options, loop.network(), loop, loop, events, door) {
    status = listener.listen();
  }

  RawClient connect() { return RawClient(listener.port()); }

  TestLoop loop;
  kit::NotedEvents events;
  kit::FakeStamps stamps{loop, 0x77};
  FakeClientService clients;
  FakeAdminService admin;
  ClientDoor door{{shared(clusterOf({9100, 9101, 9102})), {1}, 0x77, Limits()},
                  {loop, stamps, clients, admin}};
  Listener listener;
  Status status;
};

}  // namespace henge::wire

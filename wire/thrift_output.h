// Thrift writes to stderr by itself unless it is told where to.
#pragma once

#include <functional>
#include <string>

namespace henge::wire {

// Every line of Thrift's goes to `line` from now on, from whatever thread. Before the first socket.
// An empty function: such lines are dropped.
void routeThriftOutput(std::function<void(const std::string&)> line);

}  // namespace henge::wire

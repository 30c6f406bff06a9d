#include "wire/thrift_output.h"

#include <mutex>
#include <thrift/Thrift.h>

namespace henge::wire {

namespace {

// Thrift takes a plain function and calls it from any thread.
std::mutex lineMutex;
std::function<void(const std::string&)> lineFunction;

void give(const char* text) {
  const std::lock_guard lock(lineMutex);
  if (lineFunction) lineFunction(text);
}

}  // namespace

void routeThriftOutput(std::function<void(const std::string&)> line) {
  const std::lock_guard lock(lineMutex);
  lineFunction = std::move(line);
  apache::thrift::GlobalOutput.setOutputFunction(&give);
}

}  // namespace henge::wire

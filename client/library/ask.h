// One request as the driver takes it, and who hears of its end.
#pragma once

#include <optional>

#include "client/library/client.h"
#include "core/ids.h"
#include "core/time.h"

namespace henge::library {

struct Ask {
  enum class Verb : std::uint8_t { put, remove, get };

  Verb verb = Verb::get;
  Bytes key;
  Bytes value;  // put
  Consistency level = Consistency::quorum;
  MonoTime deadline;
  Retry retry = Retry::whenSafe;
  std::optional<Version> version;  // put, remove: the caller's own
  bool trace = false;

  bool isWrite() const { return verb != Verb::get; }
};

class AskSink {
 public:
  virtual void onPut(OpId op, PutResult result) = 0;
  virtual void onGot(OpId op, GetResult result) = 0;

 protected:
  ~AskSink() = default;
};

}  // namespace henge::library

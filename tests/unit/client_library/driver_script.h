// Golden scripts of a driver: events in, effects out. Four nodes; key k lives on n4, n1 and n2.
//
//   start seeds=(1,2) reserve=100
//   accept 1 | refuse 1 | accept all    what becomes of the dials to n1
//   put A value=v level=quorum ms=2000 retry=never version=7/9 | remove A | get A      key k
//   answer 1 applied | superseded | unavailable | timeout | overloaded=300 | invalid | rebuilding
//            | value=x | removed=9 | absent       what n1 answers to the oldest it was asked
//   break 1                             its connection is reset
//   deaf 1                              it takes no more bytes
//   wait ms=100
//   cancel A | close | counters
//
// Printed are dials, what nodes are asked (with the milliseconds they have), and what callers are
// told.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "tests/golden/script_runner.h"
#include "tests/unit/client_library/stage.h"

namespace henge::library {

class DriverScript {
 public:
  std::string run(const golden::Command& command);

 private:
  void act(const golden::Command& command);
  void wait(Duration span);
  void ask(const golden::Command& command);
  void answer(const golden::Command& command);
  void answerPut(FakeNode& node, const std::string& what);
  void answerGet(FakeNode& node, const std::string& what);
  std::string effects();
  std::string asked(std::uint32_t n, FakeNode& node);
  std::string shown(OpId op) const;
  std::string counters() const;

  std::unique_ptr<Stage> stage_;
  std::map<std::string, OpId> ops_;
  std::map<std::string, int> dialsSeen_;
  std::map<std::uint32_t, std::size_t> putsSeen_;
  std::map<std::uint32_t, std::size_t> getsSeen_;
  std::size_t endedSeen_ = 0;
  std::string waited_;  // effects while time passed
};

}  // namespace henge::library

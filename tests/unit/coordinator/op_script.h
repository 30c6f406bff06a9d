// Golden scripts of whole operations: events in, effects out.
//
//   start self=1 max=2              a coordinator of node 1 with room for two operations
//   up (1,2) | rebuilding (3)       the up-set; who is not named is down
//   stamps none | stamps ok
//   put A value=x level=quorum version=+5/9 ms=2000   client A; version: µs ahead of the wall clock
//   remove A | get A
//     trace id=7f read=60            the answer is to tell its way; its first byte came 60 µs
//     before
//   slow nodes=(3)                       of those that are up
//   answer 2 applied | superseded=+7/9 | refused=overloaded | rebuilding | failed | unreachable
//            | unreachable unsent | held=+5/9 value=x | held=+5/9 tombstone | absent
//            | held=+5/9 value=x digest        the value itself was left out
//            | applied already                 it was held before
//            [op=1]                 an answer of node 2, to the last it was sent (of operation 1)
//                                   that it can be an answer to
//            [had=200 disk=150]     and so many µs it had it for, so many of them in storage
//   wait ms=2000 | wait us=310
//   counters                        those that are not 0
//
// Printed are what was sent, which hints were kept and cancelled, what clients were told and, when
// it changed, how many are in flight; below an answer its trace.
#pragma once

#include <memory>
#include <string>

#include "tests/golden/script_runner.h"
#include "tests/unit/coordinator/stage.h"

namespace henge::coordinator {

class OpScript {
 public:
  std::string run(const golden::Command& command);

 private:
  void act(const golden::Command& command);
  void ask(const golden::Command& command);
  void setTrace(const golden::Command& command, RequestContext& context) const;
  void answer(const golden::Command& command);
  std::string effects();
  std::string sentShown(const Sent& sent) const;
  std::string clientsShown();
  std::string countersShown() const;

  Version versionOf(const std::string& text) const;  // "+5/9"
  std::string shown(Version version) const;
  std::string shown(const RequestError& error) const;

  std::unique_ptr<Stage> stage_;
  std::map<OpId, std::string> names_;
  std::size_t sentSeen_ = 0;
  std::map<OpId, std::size_t> answersSeen_;
  std::map<std::pair<OpId, NodeId>, std::string> hintsSeen_;
  std::size_t inFlight_ = 0;
};

}  // namespace henge::coordinator

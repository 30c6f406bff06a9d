// Events as lines on stderr, by glog: "I 04:40:01.201 n2 serving  …". No files, nothing in /tmp.
#pragma once

#include <glog/logging.h>
#include <string>

#include "server/ports/events.h"

namespace henge::app {

// One a process: glog's state is global. Any thread may note.
class EventLog final : public ports::Events, private google::LogSink {
 public:
  // `program`: argv[0], kept by glog. Lines bear `who` ("n2").
  EventLog(const char* program, std::string who);
  ~EventLog() override;
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  void note(ports::Severity severity, const std::string& line) override;

 private:
  void send(google::LogSeverity severity, const char* file, const char* base, int line,
            const google::LogMessageTime& when, const char* message, std::size_t length) override;

  std::string who_;
};

}  // namespace henge::app

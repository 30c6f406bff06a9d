#include "server/app/event_log.h"

#include <algorithm>
#include <fmt/format.h>
#include <unistd.h>

namespace henge::app {

EventLog::EventLog(const char* program, std::string who) : who_(std::move(who)) {
  google::InitGoogleLogging(program);
  for (int severity = 0; severity < google::NUM_SEVERITIES; ++severity) {
    google::SetLogDestination(severity, "");  // no files
  }
  FLAGS_stderrthreshold = google::NUM_SEVERITIES;  // glog's own lines off: send() writes ours
  google::AddLogSink(this);
}

EventLog::~EventLog() {
  google::RemoveLogSink(this);
  google::ShutdownGoogleLogging();
}

void EventLog::note(ports::Severity severity, const std::string& line) {
  switch (severity) {
    case ports::Severity::info:
      LOG(INFO) << line;
      return;
    case ports::Severity::warning:
      LOG(WARNING) << line;
      return;
    case ports::Severity::error:
      LOG(ERROR) << line;
      return;
  }
}

void EventLog::send(google::LogSeverity severity, const char*, const char*, int,
                    const google::LogMessageTime& when, const char* message, std::size_t length) {
  std::string text(message, length);
  std::replace(text.begin(), text.end(), '\n', ' ');  // one event, one line
  const std::string line =
      fmt::format("{} {:02}:{:02}:{:02}.{:03} {} {}\n", "IWEF"[severity], when.hour(), when.min(),
                  when.sec(), when.usec() / 1000, who_, text);
  std::size_t written = 0;
  while (written < line.size()) {
    const auto n = ::write(STDERR_FILENO, line.data() + written, line.size() - written);
    if (n <= 0) return;  // nobody reads stderr: an event line is not worth stopping for
    written += static_cast<std::size_t>(n);
  }
}

}  // namespace henge::app

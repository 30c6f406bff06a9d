// How a stopped node's log is shown, as it is read.
#pragma once

#include <memory>
#include <ostream>

#include "inspector/arguments.h"
#include "inspector/hint_tally.h"
#include "inspector/survey.h"

namespace henge::inspector {

class DirectoryView {
 public:
  virtual ~DirectoryView() = default;
  // `log`: before the first segment.
  virtual void begin(const std::string& directory, const Survey& survey) = 0;
  virtual void segment(const SegmentReading& reading) = 0;
  virtual void record(const LogEntry& entry) = 0;
  // `goOn`: stopped by --limit, further records begin there.
  virtual void end(const Survey& survey, const std::optional<LogPosition>& goOn) = 0;
  // `hints`: everything at once.
  virtual void hints(const std::string& directory, const Survey& survey,
                     const HintTally& tally) = 0;
  // `verify`: everything at once.
  virtual void verdict(const std::string& directory, const Survey& survey) = 0;
};

std::unique_ptr<DirectoryView> directoryTable(std::ostream& out, bool colour);
std::unique_ptr<DirectoryView> directoryJson(std::ostream& out);  // docs/inspector.md

}  // namespace henge::inspector

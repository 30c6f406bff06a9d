#include "inspector/directory_commands.h"

#include <fmt/format.h>

#include "core/text_table.h"
#include "inspector/directory_view.h"

namespace henge::inspector {

namespace {

int exitCodeOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::notFound:
      return exitNoInput;
    case ErrorKind::alreadyExists:
      return exitUnavailable;
    case ErrorKind::corrupt:
    case ErrorKind::mismatch:
    case ErrorKind::unsupported:
      return exitBadData;
    default:
      return exitIo;
  }
}

int refuse(Streams& streams, const Error& error) {
  streams.err << fmt::format("henge-inspect: {}\n", printable(error.message));
  return exitCodeOf(error.kind);
}

// Shows what is wanted of each segment, no more records than the limit.
class Pager final : public SegmentSink {
 public:
  Pager(const Options& options, DirectoryView& view) : options_(options), view_(view) {}

  bool onSegment(const SegmentReading& reading) override {
    const std::uint64_t id = reading.sight.id;
    if (options_.segment && id != *options_.segment) return true;
    if (options_.from && id < options_.from->segment) return true;
    shownAny_ = true;
    view_.segment(reading);
    if (!options_.records) return true;
    for (const LogEntry& entry : reading.entries) {
      if (options_.from && entry.batch < *options_.from) continue;
      // Pages end between batches, so that a place to go on from can be named.
      const bool full = options_.limit && shown_ >= *options_.limit;
      if (full && entry.batch != last_) {
        goOn_ = entry.batch;
        return false;
      }
      view_.record(entry);
      last_ = entry.batch;
      ++shown_;
    }
    return true;
  }

  const std::optional<LogPosition>& goOn() const { return goOn_; }
  bool shownAny() const { return shownAny_; }

 private:
  const Options& options_;
  DirectoryView& view_;
  bool shownAny_ = false;
  std::uint64_t shown_ = 0;  // records
  LogPosition last_;
  std::optional<LogPosition> goOn_;
};

int showLog(const Options& options, StoppedNode& node, DirectoryView& view, Streams& streams) {
  Result<Survey> survey = beginSurvey(node);
  if (!survey) return refuse(streams, survey.error());
  view.begin(options.directory, *survey);
  Pager pager(options, view);
  if (Status read = readSegments(node, *survey, pager); !read) return refuse(streams, read.error());
  if (options.segment && !pager.shownAny()) {
    return refuse(streams,
                  Error{ErrorKind::notFound, fmt::format("there is no segment {} in {}",
                                                         *options.segment, options.directory)});
  }
  view.end(*survey, pager.goOn());
  return survey->clean() ? exitOk : exitDisagree;
}

int verify(const Options& options, StoppedNode& node, DirectoryView& view, Streams& streams) {
  const Result<Survey> survey = surveyAll(node);
  if (!survey) return refuse(streams, survey.error());
  view.verdict(options.directory, *survey);
  return survey->clean() ? exitOk : exitDisagree;
}

int showHints(const Options& options, StoppedNode& node, DirectoryView& view, Streams& streams) {
  Result<Survey> survey = beginSurvey(node);
  if (!survey) return refuse(streams, survey.error());
  HintTally tally;
  if (Status read = readSegments(node, *survey, tally); !read) return refuse(streams, read.error());
  if (Status read = tally.count(node); !read) return refuse(streams, read.error());
  view.hints(options.directory, *survey, tally);
  if (!tally.broken().empty()) return refuse(streams, {ErrorKind::corrupt, tally.broken().front()});
  return survey->clean() ? exitOk : exitDisagree;
}

}  // namespace

int inspectDirectory(const Options& options, NodeOpener& opener, Streams& streams, bool colour) {
  const Result<std::unique_ptr<StoppedNode>> node = opener.open(options.directory);
  if (!node) return refuse(streams, node.error());
  const std::unique_ptr<DirectoryView> view =
      options.form == Form::json ? directoryJson(streams.out) : directoryTable(streams.out, colour);
  if (options.task == Task::log) return showLog(options, **node, *view, streams);
  if (options.task == Task::hints) return showHints(options, **node, *view, streams);
  return verify(options, **node, *view, streams);
}

}  // namespace henge::inspector

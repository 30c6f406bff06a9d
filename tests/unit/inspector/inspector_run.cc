#include "tests/unit/inspector/inspector_run.h"

#include <sstream>

namespace henge::inspector::testing {

namespace {

class FixedClock final : public ports::Clock {
 public:
  MonoTime now() const override { return {1}; }
  WallTime wall() const override { return {1'795'236'601'000'000}; }  // 2026-11-21 04:50:01Z
};

class NoDirectories final : public NodeOpener {
 public:
  Result<std::unique_ptr<StoppedNode>> open(const std::string& directory) override {
    return Error{ErrorKind::notFound, "cannot open " + directory};
  }
};

class Forward final : public SourceDialer {
 public:
  explicit Forward(SourceDialer& to) : to_(to) {}
  Result<std::unique_ptr<DumpSource>> dial(const Address& address) override {
    return to_.dial(address);
  }

 private:
  SourceDialer& to_;
};

}  // namespace

InspectorRun runWords(FakeNodes& nodes, const std::vector<std::string>& words,
                      const InspectorStage& stage, NodeOpener* directories) {
  NoDirectories none;
  std::ostringstream out;
  std::ostringstream err;
  const FixedClock clock;
  const Surroundings around{[&nodes](Duration) { return std::make_unique<Forward>(nodes); },
                            directories != nullptr ? *directories : none,
                            clock,
                            "",
                            "xterm",
                            "",
                            "0.1.0",
                            [&stage](Duration) { return stage.pause(); }};
  InspectorRun run;
  run.exit =
      runInspector(words, around, {out, err, stage.terminal, [&stage] { return stage.lines; }});
  run.out = out.str();
  run.err = err.str();
  return run;
}

}  // namespace henge::inspector::testing

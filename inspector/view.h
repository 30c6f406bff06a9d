// How a reading is shown while it is read: nothing is kept but what a view needs for its layout.
#pragma once

#include <memory>
#include <ostream>

#include "inspector/agreement.h"
#include "inspector/reading.h"

namespace henge::inspector {

// What every screen of running nodes begins with: when and of whom it is.
void writeHeading(std::ostream& out, const Reading& reading);

// The streams that failed midway, a line each.
void writeFailures(std::ostream& out, const std::vector<NodeStream>& streams);

class View {
 public:
  virtual ~View() = default;
  virtual void begin(const Reading& reading) = 0;
  virtual void key(const MergedKey& merged, const Agreement& agreement) = 0;
  // `streams` say who could not be read to the end.
  virtual void end(const Tally& tally, const std::vector<NodeStream>& streams) = 0;
};

// Columns for people: a row for each key, a column for each node.
std::unique_ptr<View> tableView(std::ostream& out, bool colour);

// One key for people: a row for each replica and whoever else holds it.
std::unique_ptr<View> oneKeyView(std::ostream& out, bool colour);

// One object a line: "cluster", "node" …, "key" …, "summary" (docs/inspector.md lists the keys).
std::unique_ptr<View> jsonView(std::ostream& out);

}  // namespace henge::inspector

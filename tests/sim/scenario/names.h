// Short names for what is drawn by lot, so that a story reads the same whatever was drawn.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/ids.h"
#include "core/version.h"

namespace henge::sim {

class Names {
 public:
  // "v1", "v2" … in the order in which they were first asked for.
  std::string of(Version version);
  // Every version named so far, oldest first: "v2 < v1".
  std::string order() const;

  // "n1#2" is the second directory that n1 has had.
  void learn(std::uint32_t node, DirectoryId directory);
  // A line with the names in the place of versions and of the numbers of directories.
  std::string put(const std::string& line);

 private:
  std::string ofNumber(const std::string& hex);

  std::map<Version, int> versions_;
  std::map<std::string, std::string> numbers_;  // by 16 hex digits
  std::map<std::uint32_t, int> directories_;    // how many, by node
};

}  // namespace henge::sim

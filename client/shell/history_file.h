// The lines of earlier sessions, in a private file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace henge::client {

// Lines that begin with a blank are the user's secret; empty ones, ones that repeat the line
// before, and ones with bytes that a terminal would obey are of no use; one too long would crowd
// out the rest.
bool isWorthKeeping(std::string_view line, std::string_view before);

// "$XDG_STATE_HOME/henge/history", else "$HOME/.local/state/henge/history"; "" without either.
// Only an absolute path counts.
std::string historyPath(std::string_view stateHome, std::string_view home);

// One file, of mode 0600 in a folder of mode 0700, that several sessions may use at once: a lock on
// the folder orders them, each line is appended by one write, and shortening replaces the file.
class HistoryFile {
 public:
  static constexpr std::size_t linesMax = 1000;  // read; the file is cut to it beyond the next
  static constexpr std::size_t fileLinesMax = 2000;
  static constexpr std::size_t lineBytesMax = 4096;
  static constexpr std::size_t fileBytesMax = std::size_t{16} << 20;  // of a file that is read

  explicit HistoryFile(std::string path) : path_(std::move(path)) {}

  // The newest lines, oldest first. No file yet: none. An error names path and cause.
  Result<std::vector<std::string>> load();
  Status append(const std::string& line);

 private:
  Error wrong(std::string_view what, int errnoValue) const;
  Status makeFolders() const;
  Status replaceBy(const std::vector<std::string>& lines) const;

  const std::string path_;
};

}  // namespace henge::client

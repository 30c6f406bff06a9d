#include "client/shell/history_file.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <optional>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "core/text_table.h"

namespace henge::client {

namespace {

// Closed at the end, which also gives back a lock.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const { return number_; }
  bool ok() const { return number_ >= 0; }

 private:
  const int number_;
};

std::string folderOf(const std::string& path) {
  return std::filesystem::path(path).parent_path().string();
}

// Waits for another session for at most 200 ms: history is not worth more.
bool lockFolder(const Descriptor& folder) {
  for (int i = 0; i < 40; ++i) {
    if (::flock(folder.get(), LOCK_EX | LOCK_NB) == 0) return true;
    if (errno != EWOULDBLOCK && errno != EINTR) return false;
    (void)::poll(nullptr, 0, 5);
  }
  return false;
}

bool writeAll(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::optional<std::string> readAll(int descriptor, std::size_t bytesMax) {
  std::string bytes;
  char block[64 * 1024];
  while (true) {
    const ssize_t got = ::read(descriptor, block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::nullopt;
    if (got == 0) return bytes;
    bytes.append(block, static_cast<std::size_t>(got));
    if (bytes.size() > bytesMax) return errno = EFBIG, std::nullopt;
  }
}

std::vector<std::string> linesOf(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    if (isWorthKeeping(line, lines.empty() ? "" : lines.back())) lines.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace

bool isWorthKeeping(std::string_view line, std::string_view before) {
  return !line.empty() && !line.starts_with(' ') && line != before && printable(line) == line &&
         line.size() <= HistoryFile::lineBytesMax;
}

std::string historyPath(std::string_view stateHome, std::string_view home) {
  if (stateHome.starts_with('/')) return fmt::format("{}/henge/history", stateHome);
  if (home.starts_with('/')) return fmt::format("{}/.local/state/henge/history", home);
  return "";
}

Error HistoryFile::wrong(std::string_view what, int errnoValue) const {
  return {ErrorKind::io, fmt::format("the history {} cannot be {}: {}", path_, what,
                                     std::generic_category().message(errnoValue))};
}

// Folders above are made as XDG wants them; one that is there keeps its mode.
Status HistoryFile::makeFolders() const {
  const std::string folder = folderOf(path_);
  for (std::size_t slash = folder.find('/', 1);; slash = folder.find('/', slash + 1)) {
    if (::mkdir(folder.substr(0, slash).c_str(), 0700) != 0 && errno != EEXIST) {
      return wrong("written", errno);
    }
    if (slash == folder.npos) return {};
  }
}

Status HistoryFile::append(const std::string& line) {
  Status made = makeFolders();
  if (!made.ok()) return made;
  const Descriptor folder(::open(folderOf(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.ok() || !lockFolder(folder)) return wrong("written", errno);
  const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
  const Descriptor file(::open(path_.c_str(), flags, 0600));
  if (!file.ok() || !writeAll(file.get(), line + "\n")) return wrong("written", errno);
  return {};
}

Result<std::vector<std::string>> HistoryFile::load() {
  const Descriptor folder(::open(folderOf(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.ok() && errno == ENOENT) return std::vector<std::string>();
  if (!folder.ok() || !lockFolder(folder)) return wrong("read", errno);
  const Descriptor file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.ok() && errno == ENOENT) return std::vector<std::string>();
  if (!file.ok()) return wrong("read", errno);
  const std::optional<std::string> text = readAll(file.get(), fileBytesMax);
  if (!text) return wrong("read", errno);
  std::vector<std::string> lines = linesOf(*text);
  const auto all = static_cast<std::size_t>(std::count(text->begin(), text->end(), '\n'));
  if (lines.size() > linesMax) lines.erase(lines.begin(), lines.end() - linesMax);
  if (all > fileLinesMax) {
    Status cut = replaceBy(lines);
    if (!cut.ok()) return cut.error();
  }
  return lines;
}

// The lock is held: nobody appends to the file that goes.
Status HistoryFile::replaceBy(const std::vector<std::string>& lines) const {
  const std::string fresh = path_ + ".new";
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  const int flags = O_WRONLY | O_TRUNC | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
  const Descriptor file(::open(fresh.c_str(), flags, 0600));
  if (!file.ok() || !writeAll(file.get(), text)) return wrong("shortened", errno);
  if (::rename(fresh.c_str(), path_.c_str()) != 0) return wrong("shortened", errno);
  return {};
}

}  // namespace henge::client

#include "tests/sim/program/runner.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <regex>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace henge::sim {

namespace {

constexpr std::size_t reportBytesMax = 160 << 10;  // a datagram's limit is above 200 KiB
constexpr std::size_t wordsBytesMax = 64 << 10;
constexpr std::size_t tellingBytesMax = 900;

int orThrow(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

}  // namespace

Runner::Runner(const Job& job) {
  std::array<int, 2> ends{};
  orThrow(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), "socketpair");
  errors_ = orThrow(::memfd_create("stderr", MFD_CLOEXEC), "memfd_create");
  std::fflush(nullptr);
  child_ = orThrow(::fork(), "fork");
  if (child_ == 0) serve(job, ends[1]);
  ::close(ends[1]);
  socket_ = ends[0];
}

Runner::~Runner() {
  int status = 0;
  if (child_ != 0) bury(status);
  ::close(socket_);
  ::close(errors_);
}

void Runner::serve(const Job& job, int socket) const {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(errors_, STDERR_FILENO);
  std::uint64_t index = 0;
  while (::recv(socket, &index, sizeof index, 0) == sizeof index) {
    const std::string report = encode(job(index));
    std::fflush(nullptr);
    if (::send(socket, report.data(), report.size(), 0) < 0) ::_exit(70);
  }
  ::_exit(0);
}

void Runner::begin(std::uint64_t index) {
  orThrow(static_cast<int>(::send(socket_, &index, sizeof index, MSG_NOSIGNAL)), "send");
}

RunReport Runner::take() {
  std::vector<char> bytes(reportBytesMax);
  const auto size = ::recv(socket_, bytes.data(), bytes.size(), 0);
  if (size > 0) {
    auto report = decodeReport({bytes.data(), static_cast<std::size_t>(size)});
    if (report) return *report;
  }
  int status = 0;
  bury(status);
  RunReport report;
  report.finding = obituary(status);
  return report;
}

// A child that has died by itself keeps its own status.
void Runner::bury(int& status) {
  ::kill(child_, SIGKILL);
  while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
  }
  child_ = 0;
}

Finding Runner::obituary(int status) const {
  const std::string words = lastWords();
  const char* const signal = WIFSIGNALED(status) ? ::sigabbrev_np(WTERMSIG(status)) : nullptr;
  Finding finding;
  finding.kind = signal != nullptr ? "SIG" + std::string(signal)
                                   : "exit " + std::to_string(WEXITSTATUS(status));
  finding.sentence = "the process ended by " + finding.kind;
  const std::string asserted = assertedAt(words);
  if (!asserted.empty()) finding.kind += " at " + asserted;
  const std::string telling = tellingPart(words);
  if (!telling.empty()) finding.sentence += ": " + telling;
  return finding;
}

std::string Runner::lastWords() const {
  const off_t end = ::lseek(errors_, 0, SEEK_END);
  const off_t begin = std::max<off_t>(0, end - static_cast<off_t>(wordsBytesMax));
  std::string words(static_cast<std::size_t>(std::max<off_t>(0, end - begin)), '\0');
  const auto size = ::pread(errors_, words.data(), words.size(), begin);
  words.resize(static_cast<std::size_t>(std::max<ssize_t>(0, size)));
  return words;
}

std::string tellingPart(const std::string& words) {
  static const std::regex error("ERROR:|runtime error:|Assertion|terminate called");
  std::smatch found;
  std::string part = words;
  if (std::regex_search(words, found, error)) {
    const std::size_t line = words.rfind('\n', static_cast<std::size_t>(found.position()));
    part = words.substr(line == std::string::npos ? 0 : line + 1);
    part.resize(std::min(part.size(), tellingBytesMax));
  } else if (part.size() > tellingBytesMax) {
    part.erase(0, part.size() - tellingBytesMax);
  }
  part.erase(part.find_last_not_of(" \n") + 1);
  return part;
}

std::string assertedAt(const std::string& words) {
  static const std::regex where(R"(([\w.-]+:\d+): [^\n]*Assertion)");
  std::smatch found;
  return std::regex_search(words, found, where) ? found[1].str() : std::string();
}

}  // namespace henge::sim

// From a directory as a server found it and the trace of what it then did (syscall_recorder.cc):
//
//   rebuild cut BEFORE TRACE OUT [SEED]   OUT: the directory as a power cut at the end of the trace
//                                         leaves it. Everything that was not synced is lost; with a
//                                         seed each such thing is kept, lost or torn by lot
//   rebuild compare BEFORE TRACE NOW      whether NOW is what the trace leads to, byte by byte
//
// Says in one line what it did. Exit code 1: NOW is something else, or a file cannot be read.
#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>

#include "tests/kit/fake_files.h"
#include "tests/proofs/crash/trace.h"
#include "tests/proofs/powercut/trace_format.h"
#include "tests/sim/chance.h"

namespace henge::proofs {
namespace {

namespace fs = std::filesystem;

Bytes contentsOf(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// What RocksDB tells people is no part of it.
bool isTalk(const fs::path& path) { return path.filename().string().starts_with("LOG"); }

std::set<std::string> filesBelow(const fs::path& root) {
  std::set<std::string> names;
  if (!fs::exists(root)) return names;
  for (const auto& entry : fs::recursive_directory_iterator(root))
    if (entry.is_regular_file() && !isTalk(entry.path()))
      names.insert(fs::relative(entry.path(), root).string());
  return names;
}

void load(const fs::path& root, kit::FakeFiles& files) {
  for (const std::string& name : filesBelow(root)) files.put(name, contentsOf(root / name));
}

Event::Kind kindOf(TracedCall call) {
  switch (call) {
    case TracedCall::make:
      return Event::Kind::make;
    case TracedCall::write:
      return Event::Kind::write;
    case TracedCall::resize:
      return Event::Kind::resize;
    case TracedCall::sync:
      return Event::Kind::sync;
    case TracedCall::rename:
      return Event::Kind::rename;
    case TracedCall::unlink:
      return Event::Kind::unlink;
    case TracedCall::makeDirectory:
      return Event::Kind::makeDirectory;
    case TracedCall::syncNames:
      return Event::Kind::syncNames;
  }
  return Event::Kind::syncNames;
}

// The next whole entry; nullopt: the end, or one that a kill cut short.
std::optional<Event> nextEvent(BytesView& rest) {
  TraceEntry entry;
  if (rest.size() < sizeof entry) return std::nullopt;
  std::memcpy(&entry, rest.data(), sizeof entry);
  const std::size_t all = sizeof entry + entry.pathBytes + entry.toBytes + entry.dataBytes;
  if (rest.size() < all) return std::nullopt;
  rest.remove_prefix(sizeof entry);
  const auto take = [&rest](std::size_t bytes) {
    Bytes taken(rest.substr(0, bytes));
    rest.remove_prefix(bytes);
    return taken;
  };
  Event event;
  event.kind = kindOf(entry.call);
  event.number = entry.number;
  event.path = take(entry.pathBytes);
  event.to = take(entry.toBytes);
  event.bytes = take(entry.dataBytes);
  return event;
}

std::size_t redoAll(const fs::path& trace, kit::FakeFiles& files) {
  const Bytes bytes = contentsOf(trace);
  BytesView rest = bytes;
  std::size_t steps = 0;
  while (const auto event = nextEvent(rest)) {
    redo(*event, files);
    ++steps;
  }
  return steps;
}

int cut(kit::FakeFiles& files, std::size_t steps, const fs::path& out, const char* seed) {
  const std::size_t pending = files.pendingSectors().size();
  if (seed == nullptr) {
    files.powerCut();
  } else {
    sim::Chance chance(std::strtoull(seed, nullptr, 10));
    files.powerCut(chance);
  }
  fs::remove_all(out);
  fs::create_directories(out);
  for (const std::string& path : files.paths()) {
    fs::create_directories((out / path).parent_path());
    std::ofstream(out / path, std::ios::binary) << *files.peek(path);
  }
  fmt::print("rebuilt {} files after {} steps, {} things were not synced\n", files.paths().size(),
             steps, pending);
  return 0;
}

int compare(const kit::FakeFiles& files, std::size_t steps, const fs::path& now) {
  std::set<std::string> names = filesBelow(now);
  for (const std::string& path : files.paths()) names.insert(path);
  std::string different;
  for (const std::string& name : names) {
    const Bytes* known = files.peek(name);
    if (known == nullptr || !fs::exists(now / name) || *known != contentsOf(now / name))
      different += " " + name;
  }
  fmt::print("compared {} files after {} steps{}{}\n", names.size(), steps,
             different.empty() ? "" : "; different:", different);
  return different.empty() ? 0 : 1;
}

int run(const std::vector<const char*>& words) {
  const bool cuts = words.size() >= 4 && std::strcmp(words[0], "cut") == 0;
  const bool compares = words.size() == 4 && std::strcmp(words[0], "compare") == 0;
  if (!cuts && !compares)
    return fmt::print(stderr,
                      "usage: rebuild cut BEFORE TRACE OUT [SEED] | compare BEFORE TRACE NOW\n"),
           64;
  kit::FakeFiles files;
  load(words[1], files);
  const std::size_t steps = redoAll(words[2], files);
  if (compares) return compare(files, steps, words[3]);
  return cut(files, steps, words[3], words.size() > 4 ? words[4] : nullptr);
}

}  // namespace
}  // namespace henge::proofs

int main(int argc, char** argv) { return henge::proofs::run({argv + 1, argv + argc}); }

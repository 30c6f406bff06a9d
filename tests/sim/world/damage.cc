#include "tests/sim/world/damage.h"

#include <algorithm>
#include <optional>

#include "server/storage/segment_names.h"
#include "server/storage/segment_reader.h"

namespace henge::sim {

namespace {

// The last batch of the unbroken run, of whatever kind.
std::optional<storage::BatchHeader> lastBatch(BytesView segment, DirectoryId directory,
                                              std::uint64_t id) {
  std::optional<storage::BatchHeader> last;
  std::uint64_t offset = storage::segmentHeaderBytes;
  while (const auto batch = storage::batchAt(segment, directory, {id, offset})) {
    last = batch->header;
    offset += storage::batchHeaderBytes + batch->payload.size();
  }
  return last;
}

}  // namespace

std::vector<DamagePlace> witnessedPlaces(const kit::FakeFiles& files,
                                         const storage::SegmentOwner& owner) {
  const std::string directory = storage::logDirectory(owner.shard) + "/";
  std::vector<std::pair<std::uint64_t, std::string>> used;
  for (const std::string& path : files.paths()) {
    if (!path.starts_with(directory)) continue;
    const auto id = storage::segmentOfName(std::string_view(path).substr(directory.size()));
    if (id && storage::headerInUse(*files.peek(path), owner, *id)) used.emplace_back(*id, path);
  }
  std::sort(used.begin(), used.end());
  std::vector<DamagePlace> places;
  for (std::size_t i = 0; i < used.size(); ++i) {
    const auto& [id, path] = used[i];
    const Bytes& bytes = *files.peek(path);
    if (i + 1 < used.size() && used[i + 1].first == id + 1) {
      places.push_back({path, bytes.size(), true});
      continue;
    }
    const auto witness = lastBatch(bytes, owner.directory, id);
    if (!witness || witness->syncedTo.segment != id) continue;
    places.push_back({path, std::min(witness->syncedTo.offset, witness->at.offset), false});
  }
  return places;
}

}  // namespace henge::sim

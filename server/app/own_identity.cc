#include "server/app/own_identity.h"

#include <filesystem>

namespace henge::app {

Result<node::OwnIdentity> openIdentity(runtime::DataDirectory& directory, const Cluster& cluster,
                                       NodeId node, ports::Random& random) {
  node::FoundDirectory found;
  found.path = directory.path();
  // A directory without identity may hold the lock and nothing else.
  found.holdsData = std::filesystem::exists(found.path + "/log") ||
                    std::filesystem::exists(found.path + "/store");
  Result<Bytes> bytes = directory.readSmallFile(storage::identityPath);
  if (bytes.ok()) {
    found.identityFile = std::move(*bytes);
  } else if (bytes.error().kind != ErrorKind::notFound) {
    return bytes.error();
  }
  Result<node::OwnIdentity> own = node::nextStart(found, cluster, node, random);
  if (!own.ok()) return own;
  const Status kept =
      directory.replaceSmallFile(storage::identityPath, storage::encode(own->identity));
  if (!kept.ok()) return kept.error();
  return own;
}

}  // namespace henge::app

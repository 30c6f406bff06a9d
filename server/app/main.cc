// henge-server: configuration, one node, its exit code.
#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>

#include "core/version_text.h"
#include "server/app/cluster_file.h"
#include "server/app/configuration.h"
#include "server/app/event_log.h"
#include "server/app/node_process.h"
#include "server/node/node.h"

namespace {

using henge::Error;

int refused(const Error& error) {
  std::fputs(fmt::format("henge-server: {}\n", error.message).c_str(), stderr);
  return static_cast<int>(henge::node::exitCodeOf(error.kind));
}

int say(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  return 0;
}

int serve(const char* program, const henge::app::Configuration& configuration) {
  henge::Result<henge::Cluster> cluster = henge::app::readClusterFile(configuration.clusterFile);
  if (!cluster.ok()) return refused(cluster.error());
  henge::app::EventLog events(program, henge::toString(*configuration.node));
  auto node = henge::app::NodeProcess::open(configuration, std::move(*cluster), events);
  if (!node.ok()) return refused(node.error());
  return static_cast<int>((*node)->run());
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> environment;
  for (char** entry = environ; *entry; ++entry) environment.emplace_back(*entry);
  const auto invocation = henge::app::readConfiguration({argv + 1, argv + argc}, environment);
  if (!invocation.ok()) return refused(invocation.error());
  switch (invocation->action) {
    case henge::app::Action::printHelp:
      return say(henge::app::helpText());
    case henge::app::Action::printVersion:
      return say(fmt::format("henge-server {}\n", henge::softwareVersion));
    case henge::app::Action::printConfig:
      return say(invocation->text);
    case henge::app::Action::run:
      break;
  }
  return serve(argv[0], invocation->configuration);
}

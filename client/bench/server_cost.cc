#include "client/bench/server_cost.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>
#include <unistd.h>

#include "wire/store_client.h"

namespace henge::bench {

namespace {

constexpr Duration callTimeout = 2_s;

// proc(5): user and system time are the 14th and 15th field, the 12th and 13th after the name.
constexpr std::size_t userField = 11;

bool hasCaughtUp(const std::string& node) {
  const Result<Address> address = parseAddress(node);
  if (!address.ok()) return false;
  Result<wire::StoreClient> client = wire::StoreClient::connect(*address, callTimeout);
  if (!client.ok()) return false;
  const Result<NodeStatus> status = client->status(callTimeout);
  if (!status.ok()) return false;
  const auto records = status->counters.find("table_records");
  return records != status->counters.end() && records->second == 0;
}

}  // namespace

Result<double> cpuMicrosOf(const std::vector<int>& pids) {
  double ticks = 0;
  for (const int pid : pids) {
    std::ifstream file(fmt::format("/proc/{}/stat", pid));
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    const std::size_t name = text.rfind(')');
    std::istringstream fields(name == std::string::npos ? "" : text.substr(name + 2));
    const std::vector<std::string> words((std::istream_iterator<std::string>(fields)), {});
    if (words.size() < userField + 2) {
      return Error{ErrorKind::notFound, fmt::format("there is no process {}", pid)};
    }
    ticks += std::stod(words[userField]) + std::stod(words[userField + 1]);
  }
  return ticks * 1e6 / static_cast<double>(sysconf(_SC_CLK_TCK));
}

bool awaitStores(const std::vector<std::string>& nodes, Duration patience) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(patience.micros);
  while (!std::all_of(nodes.begin(), nodes.end(), hasCaughtUp)) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  return true;
}

}  // namespace henge::bench

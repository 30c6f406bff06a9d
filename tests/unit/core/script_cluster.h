// The clusters that golden scripts and tests are about.
#pragma once

#include <string>
#include <vector>

#include "core/cluster.h"
#include "tests/golden/script_runner.h"

namespace henge {

// A member with addresses of its own, valid among others made here.
Member memberOf(std::uint32_t node, std::vector<Bytes> tokens, std::string zone = "");

// Members 0, 1, 2 … with one token each, in hex.
Cluster clusterOf(const std::vector<std::string>& tokens, int replication);

// "cluster N=3 partitioner=hash" over lines of "1 tokens=40,c0 zone=a"; "-" is the empty token.
Cluster clusterOf(const golden::Command& command);

}  // namespace henge

// What a person reads after put, get and remove (docs/console.md shows every screen).
#pragma once

#include <string>
#include <vector>

#include "client/report.h"

namespace henge::client {

// The line of a write that was applied, and who missed it. Ended by a newline, as all of these.
std::string writeText(const WriteReport& report, bool colour);

// What stands under a value, or in its place.
std::string readRemark(const ReadReport& report);

// The way of the request, nothing in it that a terminal obeys; empty if none was asked for.
std::string traceText(const Exchange& exchange);

// Why it was refused, what became of it, what to try. Several lines.
std::string failureText(const FailureReport& report);

// "n0 127.0.0.1:9000 did not answer (connection refused); asked n1". In a session, which stays with
// that node: "n0 127.0.0.1:9000 does not answer (connection refused); now asking n1".
std::string missText(const Miss& miss, NodeId asked, bool inSession);

// "no node answered: …" and what to try.
std::string nobodyText(const std::vector<Miss>& misses);

// Which way a failed request ends (client/exit_code.h).
int exitCodeOf(const FailureReport& report);

}  // namespace henge::client

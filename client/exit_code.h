// How a program ends, for scripts (numbers from sysexits.h where it has one). docs/console.md.
#pragma once

namespace henge::client {

inline constexpr int exitOk = 0;
inline constexpr int exitNo = 1;            // asked and answered: no
inline constexpr int exitUsage = 64;        // the command line, or a request that breaks a rule
inline constexpr int exitUnavailable = 69;  // no node, or too few replicas; nothing was done
inline constexpr int exitInternal = 70;
inline constexpr int exitIo = 74;            // standard input or output failed
inline constexpr int exitUnknown = 75;       // no answer in time, or lost: what happened is unknown
inline constexpr int exitInterrupted = 130;  // Ctrl-C

}  // namespace henge::client

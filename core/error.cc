#include "core/error.h"

namespace henge {

std::string_view nameOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalidRequest:
      return "invalid request";
    case ErrorKind::notFound:
      return "not found";
    case ErrorKind::alreadyExists:
      return "already exists";
    case ErrorKind::mismatch:
      return "mismatch";
    case ErrorKind::corrupt:
      return "corrupt";
    case ErrorKind::overloaded:
      return "overloaded";
    case ErrorKind::diskFull:
      return "disk full";
    case ErrorKind::io:
      return "i/o error";
    case ErrorKind::unavailable:
      return "unavailable";
    case ErrorKind::timeout:
      return "timeout";
    case ErrorKind::rebuilding:
      return "rebuilding";
    case ErrorKind::unsupported:
      return "unsupported";
  }
  return "unknown";
}

}  // namespace henge

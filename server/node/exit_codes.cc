#include "server/node/node.h"

namespace henge::node {

ports::ExitCode exitCodeOf(ErrorKind kind) {
  using ports::ExitCode;
  switch (kind) {
    case ErrorKind::invalidRequest:
      return ExitCode::usage;
    case ErrorKind::mismatch:
    case ErrorKind::unsupported:
      return ExitCode::configuration;
    case ErrorKind::alreadyExists:
    case ErrorKind::notFound:
      return ExitCode::cannotCreate;
    case ErrorKind::corrupt:
      return ExitCode::badData;
    case ErrorKind::diskFull:
    case ErrorKind::io:
      return ExitCode::ioError;
    case ErrorKind::overloaded:
    case ErrorKind::unavailable:
    case ErrorKind::timeout:
      return ExitCode::internal;
    case ErrorKind::rebuilding:
      return ExitCode::engineFailed;
  }
  return ExitCode::internal;
}

}  // namespace henge::node

// How a failed start ends the process, as docs/operations.md has it.
#include <gtest/gtest.h>

#include "server/node/node.h"

namespace henge::node {
namespace {

TEST(ExitCodes, sayWhoMustAct) {
  const auto codeOf = [](ErrorKind kind) { return static_cast<int>(exitCodeOf(kind)); };
  EXPECT_EQ(codeOf(ErrorKind::invalidRequest), 64) << "usage";
  EXPECT_EQ(codeOf(ErrorKind::corrupt), 65) << "a file that is not what it should be";
  EXPECT_EQ(codeOf(ErrorKind::alreadyExists), 73) << "a port or the directory is in use";
  EXPECT_EQ(codeOf(ErrorKind::notFound), 73);
  EXPECT_EQ(codeOf(ErrorKind::io), 74) << "the disk";
  EXPECT_EQ(codeOf(ErrorKind::diskFull), 74);
  EXPECT_EQ(codeOf(ErrorKind::mismatch), 78) << "configuration, or a directory of another";
  EXPECT_EQ(codeOf(ErrorKind::unsupported), 78);
  EXPECT_EQ(codeOf(ErrorKind::rebuilding), 80) << "the store, which is damaged";
}

TEST(ExitCodes, whatNoStartShouldEndWithIsInternal) {
  for (const ErrorKind kind : {ErrorKind::overloaded, ErrorKind::unavailable, ErrorKind::timeout}) {
    EXPECT_EQ(exitCodeOf(kind), ports::ExitCode::internal) << static_cast<int>(kind);
  }
}

}  // namespace
}  // namespace henge::node

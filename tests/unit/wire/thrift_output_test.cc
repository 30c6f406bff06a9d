#include "wire/thrift_output.h"

#include <gtest/gtest.h>
#include <thrift/Thrift.h>
#include <vector>

namespace henge::wire {
namespace {

TEST(ThriftOutput, goesWhereItIsSent) {
  std::vector<std::string> lines;
  routeThriftOutput([&lines](const std::string& line) { lines.push_back(line); });
  apache::thrift::GlobalOutput("a line of the library's");
  apache::thrift::GlobalOutput.printf("number %d", 7);
  EXPECT_EQ(lines, (std::vector<std::string>{"a line of the library's", "number 7"}));
  routeThriftOutput({});
  apache::thrift::GlobalOutput("nobody hears this");
  EXPECT_EQ(lines.size(), 2U);
}

}  // namespace
}  // namespace henge::wire

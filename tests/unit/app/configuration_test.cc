#include "server/app/configuration.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace henge::app {
namespace {

using ::testing::HasSubstr;
using Words = std::vector<std::string>;

const Words complete = {"--cluster", "c.json", "--node", "2", "--data", "d"};

Words with(Words more) {
  Words all = complete;
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

// A configuration file that goes with the test.
class ConfigFile {
 public:
  explicit ConfigFile(const std::string& text) {
    static int count = 0;
    path_ =
        std::filesystem::temp_directory_path() /
        ("henge_configuration_test." + std::to_string(::getpid()) + "." + std::to_string(count++));
    std::ofstream(path_) << text;
  }
  ~ConfigFile() { std::filesystem::remove(path_); }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

Configuration read(const Words& arguments, const Words& environment = {}) {
  const Result<Invocation> result = readConfiguration(arguments, environment);
  EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().message);
  return result.ok() ? result->configuration : Configuration{};
}

Error refused(const Words& arguments, const Words& environment = {}) {
  const Result<Invocation> result = readConfiguration(arguments, environment);
  EXPECT_FALSE(result.ok());
  return result.ok() ? Error{ErrorKind::unsupported, "accepted"} : result.error();
}

TEST(Configuration, DefaultsAreTheDocumentedOnes) {
  const Configuration c = read(complete);
  EXPECT_EQ(c.node, NodeId{2});
  EXPECT_EQ(c.logSync, "always");
  EXPECT_EQ(c.logCompression, "none");
  EXPECT_EQ(c.onLogDamage, "quarantine");
  EXPECT_EQ(c.segmentBytes, 64u << 20);
  EXPECT_EQ(c.segmentAge, 10_s);
  EXPECT_EQ(c.logBytesMax, 1u << 30);
  EXPECT_EQ(c.frozenTablesMax, 3);
  EXPECT_EQ(c.limits, Limits{});
  EXPECT_FALSE(c.listenRemote);
}

TEST(Configuration, ReadsTheLimitsOfPeersAndTheirProbes) {
  const Configuration c = read(
      with({"--peer_requests_max", "7", "--peer_bytes_max", "1MiB", "--probe_every", "1s"}), {});
  EXPECT_EQ(c.peerRequestsMax, 7);
  EXPECT_EQ(c.peerBytesMax, 1u << 20);
  EXPECT_EQ(c.probeEvery, 1_s);
  EXPECT_EQ(read(with({}), {}).probeEvery, 200_ms);
  EXPECT_EQ(read(with({"--probe_every", "50ms"}), {}).probeEvery, 50_ms);
  EXPECT_EQ(refused(with({"--probe_every", "49ms"})).message, "--probe_every: from 50ms to 1min");
}

TEST(Configuration, FlagsWinOverEnvironmentOverFile) {
  const ConfigFile file("log_sync = off\nsegment_age = 3s  # short\nidle_timeout = 7s\n");
  const Configuration c = read(with({"--config", file.path(), "--log_sync=periodic"}),
                               {"HENGE_LOG_SYNC=always", "HENGE_SEGMENT_AGE=4s", "PATH=/bin"});
  EXPECT_EQ(c.logSync, "periodic");
  EXPECT_EQ(c.segmentAge, 4_s);
  EXPECT_EQ(c.idleTimeout, 7_s);
}

TEST(Configuration, UnknownFlagIsRefusedWithTheNearestName) {
  const Error error = refused(with({"--segment_byte", "64MiB"}));
  EXPECT_EQ(error.kind, ErrorKind::invalidRequest);
  EXPECT_EQ(error.message, "unknown flag --segment_byte (did you mean --segment_bytes?)");
}

TEST(Configuration, UnknownSettingInFileNamesFileAndLine) {
  const ConfigFile file("# a comment\n\nlog_sink = always\n");
  const Error error = refused(with({"--config", file.path()}));
  EXPECT_EQ(error.kind, ErrorKind::mismatch);
  EXPECT_THAT(error.message, HasSubstr("line 3: unknown setting \"log_sink\" (did you mean"));
}

TEST(Configuration, UnknownEnvironmentIsRefused) {
  const Error error = refused(complete, {"HENGE_LOG_SINC=always"});
  EXPECT_EQ(error.kind, ErrorKind::mismatch);
  EXPECT_THAT(error.message, HasSubstr("HENGE_LOG_SINC"));
}

TEST(Configuration, WrongUnitSaysWhichUnitsThereAre) {
  EXPECT_THAT(refused(with({"--segment_bytes", "64MB"})).message,
              HasSubstr("--segment_bytes: \"64MB\" is not a number of bytes"));
  EXPECT_THAT(refused(with({"--segment_age", "10"})).message, HasSubstr("10s or 5min"));
  EXPECT_THAT(refused(with({"--segment_age", "-1s"})).message, HasSubstr("is not a time"));
  EXPECT_EQ(read(with({"--on_log_damage", "stop"})).onLogDamage, "stop");
  EXPECT_THAT(refused(with({"--on_log_damage", "ignore"})).message,
              HasSubstr("\"ignore\" is not one of quarantine, stop"));
  EXPECT_THAT(refused(with({"--frozen_tables_max", "0"})).message, HasSubstr("at least 1"));
  EXPECT_THAT(refused({"--node", "two"}).message, HasSubstr("is not a whole number"));
  EXPECT_THAT(refused(with({"--node", "3"})).message, HasSubstr("given twice"));
}

TEST(Configuration, WrongValueInFileIsAConfigurationError) {
  const ConfigFile file("log_sync = sometimes\n");
  const Error error = refused(with({"--config", file.path()}));
  EXPECT_EQ(error.kind, ErrorKind::mismatch);
  EXPECT_THAT(error.message, HasSubstr("\"sometimes\" is not one of always, periodic, off"));
}

TEST(Configuration, CompressionIsNoneOrZstd) {
  EXPECT_EQ(read(with({"--log_compression=zstd"})).logCompression, "zstd");
  EXPECT_EQ(read(complete, {"HENGE_LOG_COMPRESSION=zstd"}).logCompression, "zstd");
  EXPECT_THAT(refused(with({"--log_compression", "lz4"})).message,
              HasSubstr("\"lz4\" is not one of none, zstd"));
}

TEST(Configuration, ASegmentMustHoldTheLargestRecord) {
  EXPECT_THAT(refused(with({"--segment_bytes", "1MiB"})).message, HasSubstr("at least"));
  EXPECT_EQ(read(with({"--segment_bytes", "1MiB", "--value_bytes_max", "64KiB"})).segmentBytes,
            1u << 20);
}

TEST(Configuration, WhatIsMissingIsNamed) {
  EXPECT_THAT(refused({}).message, HasSubstr("--cluster FILE is missing"));
  EXPECT_THAT(refused({"--cluster", "c"}).message, HasSubstr("--node N is missing"));
  EXPECT_THAT(refused({"--cluster"}).message, HasSubstr("needs a value"));
  EXPECT_THAT(refused({"start"}).message, HasSubstr("unexpected argument \"start\""));
}

TEST(Configuration, HelpFitsOneScreenAndNamesEverySetting) {
  const std::string help = helpText();
  EXPECT_LE(std::count(help.begin(), help.end(), '\n'), 36);
  EXPECT_THAT(help, HasSubstr("--log_sync "));
  EXPECT_THAT(help, HasSubstr("[64MiB]"));
  EXPECT_EQ(readConfiguration({"--help"}, {})->action, Action::printHelp);
  EXPECT_EQ(readConfiguration({"-h"}, {})->action, Action::printHelp);
}

TEST(Configuration, PrintConfigShowsWhereEachValueCameFrom) {
  const Result<Invocation> result =
      readConfiguration({"--print_config", "--node", "1"}, {"HENGE_LOG_SYNC=off"});
  ASSERT_TRUE(result.ok());
  EXPECT_THAT(result->text, HasSubstr("node               = 1                        # flag"));
  EXPECT_THAT(result->text, HasSubstr("# environment HENGE_LOG_SYNC"));
  EXPECT_THAT(result->text, HasSubstr("# default"));
}

TEST(Units, BytesAndTimes) {
  EXPECT_EQ(*parseByteCount("4096"), 4096u);
  EXPECT_EQ(*parseByteCount("2GiB"), 2ull << 30);
  EXPECT_EQ(*parseDuration("250ms"), 250_ms);
  EXPECT_EQ(*parseDuration("5min"), 300_s);
  for (const char* wrong : {"", "MiB", "1.5MiB", "1mib", "0x10", "99999999999999999999"}) {
    EXPECT_FALSE(parseByteCount(wrong).ok()) << wrong;
  }
  EXPECT_FALSE(parseByteCount("9223372036854775807GiB").ok());
}

}  // namespace
}  // namespace henge::app

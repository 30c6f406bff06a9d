#include "tests/sim/program/arguments.h"

#include <charconv>
#include <limits>

#include "tests/sim/plan/settings.h"

namespace henge::sim {

namespace {

Error wrong(std::string sentence) { return {ErrorKind::invalidRequest, std::move(sentence)}; }
std::string quoted(std::string_view word) { return "\"" + std::string(word) + "\""; }

struct NumberOption {
  std::string_view name;
  std::uint64_t least, most;
  void (*take)(Arguments&, std::uint64_t);
};

// Seeds are settings too, and those have a sign.
constexpr std::uint64_t seedMax = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t countMax = 1'000'000'000;

constexpr NumberOption numberOptions[] = {
    {"--seeds", 1, countMax, [](Arguments& a, std::uint64_t n) { a.seeds = n; }},
    {"--seed-base", 0, seedMax - countMax, [](Arguments& a, std::uint64_t n) { a.seedBase = n; }},
    {"--seed", 0, seedMax, [](Arguments& a, std::uint64_t n) { a.seed = n; }},
    {"--nodes", 3, 2000, [](Arguments& a, std::uint64_t n) { a.nodes = n; }},
    {"--jobs", 1, 1024, [](Arguments& a, std::uint64_t n) { a.jobs = n; }},
    {"--seed-seconds", 1, 86'400, [](Arguments& a, std::uint64_t n) { a.seedSeconds = n; }},
    {"--twice", 0, 100, [](Arguments& a, std::uint64_t n) { a.twicePercent = n; }},
    {"--shrink-seconds", 1, 86'400, [](Arguments& a, std::uint64_t n) { a.shrinkSeconds = n; }},
};

struct Flag {
  std::string_view name;
  bool Arguments::*field;
  bool value;
};
constexpr Flag flags[] = {
    {"--stop-at-first", &Arguments::stopAtFirst, true},
    {"--no-faults", &Arguments::noFaults, true},
    {"--echo", &Arguments::echo, true},
    {"--trace", &Arguments::trace, true},
    {"--shrink", &Arguments::shrink, true},
    {"--no-shrink", &Arguments::shrink, false},
    {"--help", &Arguments::help, true},
    {"-h", &Arguments::help, true},
};

Status takeNumber(Arguments& arguments, const NumberOption& option, std::string_view word) {
  std::uint64_t number = 0;
  const char* const end = word.data() + word.size();
  const auto [last, error] = std::from_chars(word.data(), end, number);
  if (word.empty() || error != std::errc() || last != end || number < option.least ||
      number > option.most) {
    return wrong(std::string(option.name) + " wants a number from " + std::to_string(option.least) +
                 " to " + std::to_string(option.most) + ", not " + quoted(word));
  }
  option.take(arguments, number);
  return {};
}

Status takeSetting(Arguments& arguments, std::string_view word) {
  const std::size_t equals = word.find('=');
  if (equals == std::string_view::npos) {
    return wrong("--set wants name=value, not " + quoted(word));
  }
  const std::string_view name = word.substr(0, equals), value = word.substr(equals + 1);
  Settings unused;
  if (Status known = setByName(unused, name, value); !known.ok()) return known;
  arguments.set.push_back({std::string(name), std::string(value)});
  return {};
}

const NumberOption* numberOption(std::string_view name) {
  for (const NumberOption& option : numberOptions) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

bool wantsValue(std::string_view name) {
  return name == "--set" || name == "--case" || name == "--save" || numberOption(name) != nullptr;
}

Status takeValue(Arguments& arguments, std::string_view name, std::string_view value) {
  if (const NumberOption* option = numberOption(name)) return takeNumber(arguments, *option, value);
  if (name == "--set") return takeSetting(arguments, value);
  if (value.empty()) return wrong(std::string(name) + " wants a path");
  (name == "--case" ? arguments.caseFile : arguments.saveFolder) = std::string(value);
  return {};
}

bool takeFlag(Arguments& arguments, std::string_view name) {
  for (const Flag& flag : flags) {
    if (flag.name != name) continue;
    arguments.*flag.field = flag.value;
    return true;
  }
  return false;
}

Status fitTogether(const Arguments& arguments, bool many) {
  if (int{arguments.seed.has_value()} + int{arguments.caseFile.has_value()} + int{many} > 1) {
    return wrong("--seed, --case and --seeds with --seed-base exclude each other");
  }
  if (arguments.nodes && (arguments.caseFile || many)) {
    return wrong("--nodes goes with --seed and --set only");
  }
  if (arguments.echo && !arguments.isSingle()) return wrong("--echo wants --seed or --case");
  return {};
}

}  // namespace

std::string_view usage() {
  return R"(henge-sim: a whole cluster in one thread, on virtual time, with faults, from a seed

which cases (./x sim ARGS… builds it and runs it)
  --seeds N          how many seeds (1000)
  --seed-base B      the first of them; else by lot, and printed
  --seed S           this one
  --case FILE        a case as it is printed after shrinking
  --nodes N          one cluster of so many nodes, with a minute of load and ten kills
  --set NAME=VALUE   another value of a setting, in every case; repeatable
  --no-faults        the same without faults
how they are run
  --jobs J           processes (as many as there are cores)
  --seed-seconds S   a run that takes longer is a finding (120)
  --twice PERCENT    of the seeds run twice and must be the same both times (5)
  --stop-at-first    ends with the lowest seed that fails
what is printed
  --echo             every event as it happens; with --seed or --case
  --trace            "seed S trace HASH" for each, to compare builds
what fails is made smaller (with --stop-at-first, --seed or --case)
  --no-shrink        is not
  --shrink-seconds S at most so long (300)
  --save FOLDER      what is left is written there

Exit: 0 all kept their promises, 1 one did not, 2 trouble, 64 wrong arguments.
)";
}

Result<Arguments> parseArguments(const std::vector<std::string_view>& words) {
  Arguments arguments;
  bool many = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view name = words[i];
    if (takeFlag(arguments, name)) continue;
    if (!wantsValue(name)) return wrong("unknown argument " + quoted(name) + "; see --help");
    if (++i == words.size()) return wrong(std::string(name) + " wants a value");
    if (const Status taken = takeValue(arguments, name, words[i]); !taken.ok()) {
      return taken.error();
    }
    many = many || name == "--seeds" || name == "--seed-base";
  }
  if (const Status fit = fitTogether(arguments, many); !fit.ok()) return fit.error();
  return arguments;
}

}  // namespace henge::sim

#!/usr/bin/env bash
# Installs what is missing, builds, runs the tests and prints one summary.
#
#   scripts/test.sh            every test but the long ones, on the release build
#   scripts/test.sh --all      also the long ones, all under ASan+UBSan, the threaded under TSan,
#                              and the fuzz targets for 20 s each
#   -R REGEX                   only tests whose name matches (handed to ctest)
#   --step NAME                only that step (repeatable); --list names them
#   --no-install               leave packages alone
#
# Logs and JUnit reports: build/reports/. The last line is "N passed, N failed".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/process.sh
source scripts/process.sh

readonly reports=build/reports
all=no install=yes list=no
only=()
filter=()
needsValue() { (($# > 1)) || { echo "test.sh: $1 needs a value" >&2; exit 64; }; }
while (($# > 0)); do
  case $1 in
    --all) all=yes ;;
    --no-install) install=no ;;
    --list) list=yes ;;
    -R) needsValue "$@"; filter=(-R "$2"); shift ;;
    --step) needsValue "$@"; only+=("$2"); shift ;;
    -h | --help) sed -n '2,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) echo "test.sh: unknown option $1 (see --help)" >&2; exit 64 ;;
  esac
  shift
done

steps=(packages build tests)
[[ $all == no ]] || steps+=(long asan-build asan tsan-build tsan fuzz)
[[ $list == no ]] || { printf '%s\n' "${steps[@]}"; exit 0; }
((${#only[@]} == 0)) || steps=("${only[@]}")
if [[ $install == no ]]; then
  mapfile -t steps < <(printf '%s\n' "${steps[@]}" | grep -vx packages)
fi

cores=$(nproc)
passed=0 failed=0
summary=() skipped=() failures=() brokenSteps=()
mkdir -p "$reports"

# A compile needs up to 1 GiB under the sanitizers: fewer at a time where memory is short.
buildJobs() {
  local gib
  gib=$(awk '/MemAvailable/ {print int($2 / 1048576)}' /proc/meminfo)
  echo $((gib < 1 ? 1 : gib < cores ? gib : cores))
}

build() {  # PRESET [TARGET]
  scripts/configure.sh "$1" &&
    cmake --build "build/$1" --parallel "$(buildJobs)" ${2:+--target "$2"}
}

# Cluster tests run up to four processes of their own: not more at once than cores.
runCtest() {  # NAME PRESET ARGUMENTS…
  local name=$1 preset=$2
  shift 2
  ctest --test-dir "build/$preset" --output-on-failure --no-tests=error --parallel "$cores" \
    --output-junit "$PWD/$reports/$name.xml" "$@" "${filter[@]}"
}

runStep() {
  export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=print_stacktrace=1
  export TSAN_OPTIONS="suppressions=$PWD/cmake/tsan.supp:halt_on_error=1:second_deadlock_stack=1"
  case $1 in
    packages)
      local more=()
      [[ $all == no ]] || more=(--fuzz)
      scripts/install.sh --tests "${more[@]}"
      ;;
    build) build release ;;
    tests) runCtest tests release --label-exclude long ;;
    long) runCtest long release --label-regex long ;;
    asan-build) build asan ;;
    asan) runCtest asan asan --label-exclude long ;;
    tsan-build) build tsan henge_threaded ;;
    tsan) runCtest tsan tsan --label-regex 'threads|soak' ;;
    fuzz) tests/fuzz/run.sh --build ;;
    *) echo "test.sh: unknown step $1 (--list names them)" >&2; return 64 ;;
  esac
}

# Runs a step, adds up what its ctest said, and keeps one line about it.
step() {
  local name=$1 begun log result=ok rc=0 bad of notRun
  log=$reports/$name.log
  rm -f "$reports/$name.xml"
  begun=$(now)
  echo "--- $name"
  runStep "$name" 2>&1 | tee "$log" || rc=$?
  read -r bad of < <(sed -n \
    's/^[0-9]*% tests passed, \([0-9]*\) tests failed out of \([0-9]*\)$/\1 \2/p' "$log" |
    tail -n 1) || true
  if [[ -n ${of:-} ]]; then
    mapfile -t notRun < <(sed -n 's/^[[:space:]]*[0-9]* - \(.*\) (Skipped)$/\1/p' "$log")
    skipped+=("${notRun[@]}")
    passed=$((passed + of - bad - ${#notRun[@]}))
    failed=$((failed + bad))
    result="$((of - bad - ${#notRun[@]})) passed, $bad failed"
    ((bad == 0)) || failures+=("$reports/$name.xml")
  else
    ((rc == 0)) || { result=FAILED failed=$((failed + 1)); brokenSteps+=("$name"); }
  fi
  summary+=("$(printf '%-11s %-24s %s' "$name" "$result" "$(since "$begun")")")
  ((rc == 0))
}

begun=$(now)
ok=yes
for name in "${steps[@]}"; do
  step "$name" && continue
  ok=no
  # Nothing can be run that was not built.
  [[ $name != *build && $name != packages ]] || break
done

# Once more what failed, so that the end of the output is enough to see why.
((${#failures[@]} == 0)) || scripts/failed_tests.py "${failures[@]}"
for name in "${brokenSteps[@]}"; do
  echo "=== step $name failed; the end of what it printed:"
  tail -n 40 "$reports/$name.log"
done

echo
printf '%s\n' "${summary[@]}"
for report in "${failures[@]}"; do
  scripts/failed_tests.py --names "$report" | sed "s/^/FAILED in $(basename "$report" .xml): /"
done
((${#skipped[@]} == 0)) ||
  echo "PARTIAL, not run: ${skipped[*]}; why: build/*/Testing/Temporary/LastTest.log"
echo "total $(since "$begun"); logs in $reports"
echo "$passed passed, $failed failed"
[[ $ok == yes ]]

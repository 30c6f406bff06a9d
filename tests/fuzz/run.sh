#!/usr/bin/env bash
# Runs the fuzz targets of the preset fuzz, as many at once as there are cores.
#
#   tests/fuzz/run.sh [TARGET] [SECONDS]   all targets, or one, for SECONDS each (20)
#   --keep     adds to tests/fuzz/corpus what reached something new, the smallest of it
#   --build    builds them first
#
# What was found on the way stays in build/fuzz/corpus. An input that breaks a promise is kept in
# build/fuzz/findings: run the program with it. The last line is the figure; exit 1 if one broke.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly bin=build/fuzz/bin corpora=tests/fuzz/corpus found=build/fuzz/corpus
readonly keptMax=40  # of the smallest, for each target
readonly findings=build/fuzz/findings logs=build/fuzz/logs
targets=() seconds=20 keep=no build=no
for word in "$@"; do
  case $word in
    --keep) keep=yes ;;
    --build) build=yes ;;
    -h | --help) sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    [0-9]*) seconds=$word ;;
    *) targets+=("$word") ;;
  esac
done
for target in "${targets[@]}"; do
  [[ -d $corpora/$target ]] || { echo "fuzz: no target $target in $corpora" >&2; exit 64; }
done
((${#targets[@]} > 0)) || mapfile -t targets < <(ls "$corpora")

if [[ $build == yes ]]; then
  [[ -f build/fuzz/build.ninja ]] || cmake --preset fuzz
  cmake --build build/fuzz --parallel "$(nproc)" --target "${targets[@]/#/henge-fuzz-}"
fi
mkdir -p "$findings" "$logs"

# Memory has an end: of all that a target holds, and of one allocation.
export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1
limits=(-rss_limit_mb=1024 -malloc_limit_mb=128 -timeout=10 -max_len=70000)

# The line that libFuzzer ends with, or that there is none.
run() {  # TARGET
  local target=$1 rc=0
  mkdir -p "$found/$target"
  "$bin/henge-fuzz-$target" "${limits[@]}" -max_total_time="$seconds" -print_final_stats=1 \
    -artifact_prefix="$findings/$target-" "$found/$target" "$corpora/$target" \
    > "$logs/$target.log" 2>&1 || rc=$?
  echo "$rc" > "$logs/$target.rc"
}

# libFuzzer names a file after the SHA-1 of its bytes; what a person put there has another name.
keepNew() {  # TARGET
  local target=$1 merged=$found/$1.merged file there
  rm -rf "$merged"
  mkdir -p "$merged"
  "$bin/henge-fuzz-$target" "${limits[@]}" -merge=1 "$merged" "$corpora/$target" "$found/$target" \
    > "$logs/$target.merge.log" 2>&1
  there=$(sha1sum "$corpora/$target"/*)
  while read -r file; do
    [[ $there == *"$file"* ]] || cp "$merged/$file" "$corpora/$target/$file.bin"
  done < <(find "$merged" -type f -printf '%s %f\n' | sort -n | head -n "$keptMax" | cut -d' ' -f2)
}

for target in "${targets[@]}"; do
  while (($(jobs -rp | wc -l) >= $(nproc))); do wait -n; done
  run "$target" &
done
wait

total=0 broken=0
for target in "${targets[@]}"; do
  log=$logs/$target.log
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  features=$(sed -n 's/.*cov: \([0-9]*\) ft: \([0-9]*\) .*/edges \1  features \2/p' "$log" |
    tail -n 1)
  result=ok
  if [[ $(cat "$logs/$target.rc") != 0 ]]; then
    result="BROKEN, see $log" broken=$((broken + 1))
  fi
  printf '%-14s %9d executions  %-28s %s\n' "$target" "${executions:-0}" "$features" "$result"
  total=$((total + ${executions:-0}))
  [[ $keep == no ]] || keepNew "$target"
done
echo "fuzz: ${#targets[@]} targets, $seconds s each, $total executions, $broken broken"
((broken == 0))

#!/usr/bin/env bash
# One seed is one run, whatever compiled it: the same trace hashes from every build there is.
#
#   tests/sim/same_everywhere.sh [PRESET…]   release, asan and fuzz (clang) unless told; the first
#                                            is what the others are compared with
#   --seeds N  --seed-base B                 how many, from which on; 10 and 1 unless told
#
# Builds henge-sim where it is missing or old.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

die() { echo "same_everywhere.sh: $2" >&2; exit "$1"; }
needsValue() { (($# > 1)) || die 64 "$1 needs a value"; }

seeds=10 base=1
presets=()
while (($# > 0)); do
  case $1 in
    --seeds) needsValue "$@"; seeds=$2; shift ;;
    --seed-base) needsValue "$@"; base=$2; shift ;;
    -h | --help) sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    -*) die 64 "unknown option $1 (see --help)" ;;
    *) presets+=("$1") ;;
  esac
  shift
done
((${#presets[@]} > 0)) || presets=(release asan fuzz)

traces=$(mktemp -d)
trap 'rm -rf "$traces"' EXIT
for preset in "${presets[@]}"; do
  [[ -f build/$preset/build.ninja ]] || cmake --preset "$preset" > "$traces/log" 2>&1 ||
    die 70 "preset $preset does not configure: $(tail -n 5 "$traces/log")"
  cmake --build "build/$preset" --target henge-sim > "$traces/log" 2>&1 ||
    die 70 "preset $preset does not build: $(tail -n 5 "$traces/log")"
  rc=0
  "build/$preset/bin/henge-sim" --trace --no-shrink --seeds "$seeds" --seed-base "$base" \
    > "$traces/out" 2>&1 || rc=$?
  ((rc < 2)) || die 70 "$preset: henge-sim ended with $rc: $(tail -n 5 "$traces/out")"
  grep -o 'seed [0-9]* trace [0-9a-f]*' "$traces/out" | sort > "$traces/$preset" || true
  [[ $(wc -l < "$traces/$preset") == "$seeds" ]] || die 70 "$preset did not print $seeds traces"
done

different=0
for preset in "${presets[@]:1}"; do
  if ! diff "$traces/${presets[0]}" "$traces/$preset" > "$traces/diff"; then
    echo "$preset differs from ${presets[0]}:"
    cat "$traces/diff"
    different=$((different + 1))
  fi
done
echo "$seeds seeds, ${#presets[@]} builds (${presets[*]}), $different of them different"
((different == 0))

#!/usr/bin/env bash
# Plants one bug after the other (tests/sim/mutants/*.patch) into a copy of the tree and counts the
# seeds the simulator needs to notice. A bug that it does not notice is a hole in the simulator.
#
#   tests/sim/mutants.sh           every mutant, after the same seeds without any (must be clean)
#   --only NAME                    only that one (repeatable)
#   --seeds N  --seed-base B       how many seeds, from which on; 2000 and 1 unless told
#   --check-apply                  only whether every patch still applies; nothing is built or run
#
# The copy and its build stay in build/mutants, logs in build/mutants/logs. The first line of each
# patch says what it breaks and which invariant should catch it. Fails if one is not noticed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly patches=$PWD/tests/sim/mutants
readonly tree=$PWD/build/mutants/tree logs=$PWD/build/mutants/logs
readonly simulator=$tree/build/release/bin/henge-sim
readonly runSecondsMax=1800  # a mutant may make it turn in circles

die() { echo "mutants.sh: $2" >&2; exit "$1"; }
needsValue() { (($# > 1)) || die 64 "$1 needs a value"; }
isNumber() { [[ $1 =~ ^[0-9]{1,18}$ ]] || die 64 "$1 is no number"; }

only=()
seeds=2000 base=1 apply=no
while (($# > 0)); do
  case $1 in
    --only) needsValue "$@"; only+=("$2"); shift ;;
    --seeds) needsValue "$@"; isNumber "$2"; seeds=$((10#$2)); shift ;;
    --seed-base) needsValue "$@"; isNumber "$2"; base=$((10#$2)); shift ;;
    --check-apply) apply=yes ;;
    -h | --help) sed -n '2,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) die 64 "unknown option $1 (see --help)" ;;
  esac
  shift
done

# Never with a repository further up: git would pass over all files without a word.
applyPatch() {  # FOLDER NAME [OPTION]
  GIT_CEILING_DIRECTORIES=$(dirname "$1") git -C "$1" apply "${@:3}" "$patches/$2.patch"
}

firstLine() { head -n 1 "$patches/$1.patch"; }
invariantOf() { firstLine "$1" | sed -n 's/^# Breaks: .*\. Caught by: \(.*\)\.$/\1/p'; }

mutants=()
chooseMutants() {
  local file name
  for file in "$patches"/*.patch; do
    [[ -f $file ]] || die 66 "there are no patches in $patches"
    name=$(basename "$file" .patch)
    ((${#only[@]} == 0)) || [[ " ${only[*]} " == *" $name "* ]] || continue
    [[ -n $(invariantOf "$name") ]] ||
      die 65 "$name.patch does not begin with \"# Breaks: … . Caught by: … .\""
    mutants+=("$name")
  done
  for name in "${only[@]}"; do
    [[ -f $patches/$name.patch ]] || die 64 "there is no mutant $name"
  done
}

checkApply() {  # FOLDER
  local name stale=0
  for name in "${mutants[@]}"; do
    applyPatch "$1" "$name" --check && continue
    echo "$name does not apply any more"
    stale=$((stale + 1))
  done
  ((stale == 0)) || die 1 "$stale of ${#mutants[@]} patches do not apply: write them anew"
}

# Committed or not. Only what differs is copied, with a new time: so that a build never takes what a
# patch had left behind for up to date.
copyTree() {
  local file
  mkdir -p "$tree" "$logs"
  git ls-files -z --cached --others --exclude-standard |
    while IFS= read -r -d '' file; do
      [[ -f $file ]] || continue  # deleted, not yet committed
      printf '%s\n' "$file"
      ! cmp -s "$file" "$tree/$file" || continue
      mkdir -p "$(dirname "$tree/$file")"
      cp "$file" "$tree/$file"
    done | sort > "$logs/files"
  (cd "$tree" && find . -path ./build -prune -o -type f -printf '%P\n') | sort |
    comm -13 "$logs/files" - |
    while IFS= read -r file; do rm "$tree/$file"; done
}

build() {  # NAME
  (cd "$tree" && { [[ -f build/release/build.ninja ]] || cmake --preset release; } &&
    cmake --build build/release --target henge-sim) > "$logs/$1.build" 2>&1
}

# Says what became of the seeds: a number (that many were needed), "clean", or "trouble" and why.
run() {  # NAME
  local rc=0 seed
  timeout "$runSecondsMax" "$simulator" --seeds "$seeds" --seed-base "$base" --stop-at-first \
    --no-shrink > "$logs/$1.run" 2>&1 || rc=$?
  seed=$(sed -n 's/.*violation in seed \([0-9]\{1,18\}\).*/\1/p' "$logs/$1.run" | head -n 1)
  if ((rc == 0)) && [[ -z $seed && $(tail -n 1 "$logs/$1.run") == seeds* ]]; then
    echo clean
  elif ((rc == 1)) && [[ -n $seed ]]; then
    echo $((seed - base + 1))
  else
    echo "trouble (exit $rc)"
  fi
}

attempt() {  # NAME
  if build "$1"; then run "$1"; else echo "trouble (does not build)"; fi
}

row() { printf '%-40s %-26s %s\n' "$1" "$2" "$3"; }

chooseMutants
if [[ $apply == yes ]]; then
  checkApply "$PWD"
  echo "${#mutants[@]} patches apply"
  exit 0
fi

copyTree
checkApply "$tree"
row mutant "seeds needed" "invariant"
found=$(attempt unpatched)
row "(none)" "$found" "$seeds seeds from $base on"
[[ $found == clean ]] || die 1 "the tree itself is not clean; see $logs/unpatched.*"

survived=0 trouble=0
for name in "${mutants[@]}"; do
  applyPatch "$tree" "$name"
  found=$(attempt "$name")
  applyPatch "$tree" "$name" -R
  case $found in
    clean) found=SURVIVED survived=$((survived + 1)) ;;
    trouble*) trouble=$((trouble + 1)) ;;
  esac
  row "$name" "$found" "$(invariantOf "$name")"
done
echo "${#mutants[@]} mutants, $survived survived, $trouble in trouble; logs in $logs"
((survived + trouble == 0))

#!/usr/bin/env bash
# From nothing to a running cluster: packages, build, four nodes, a demo with checks. Leaves the
# cluster up. Again: quick, data kept.
#
#   scripts/quickstart.sh [--no-install] [--base-port P]
#
# --no-install    leave packages alone; what is missing is named when it is needed
# --base-port P   the first port (9000); if it or one of the next is taken, P+300, +600, +900
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/process.sh
source scripts/process.sh

readonly preset=release bin=build/release/bin dir=run/local log=run/quickstart.log
install=yes basePort=9000
while (($# > 0)); do
  case $1 in
    --no-install) install=no ;;
    --base-port) basePort=${2:-}; shift ;;
    -h | --help) sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) echo "quickstart.sh: unknown option $1 (see --help)" >&2; exit 64 ;;
  esac
  shift || true
done
[[ $basePort =~ ^[1-9][0-9]{3,4}$ && $basePort -ge 1024 && $basePort -le 64000 ]] ||
  { echo "quickstart.sh: --base-port is 1024 to 64000, not \"$basePort\"" >&2; exit 64; }
mkdir -p run
: > "$log"
begun=$(now)

# --- one line a step, with its time --------------------------------------------------------------
step='' stepBegun=0
begin() { step=$1 stepBegun=$(now); [[ ! -t 1 ]] || printf '%-19s …' "$step"; }
end() {  # WHAT WAS DONE
  local line
  line=$(printf '%-19s %s ' "$step" "$1")
  [[ ! -t 1 ]] || printf '\r\033[K'
  while ((${#line} < 76)); do line+=.; done
  echo "$line $(since "$stepBegun")"
}
fail() {  # CODE MESSAGE
  [[ ! -t 1 ]] || printf '\r\033[K'
  echo "$step failed: $2" >&2
  tail -n 15 "$log" | sed 's/^/  /' >&2
  echo "The whole log: $log" >&2
  exit "$1"
}

startedHere=no jobPid=''
interrupted() {
  trap '' INT TERM
  echo
  [[ -z $jobPid ]] || kill -- "-$jobPid" 2> /dev/null || true
  if [[ $startedHere == yes ]]; then
    echo "Interrupted: stopping the nodes that were started here (data is kept)."
    scripts/server.sh stop --dir "$dir" --bin "$bin" || true
  else
    echo "Interrupted. Running it again continues where it stopped."
  fi
  exit 130
}
trap interrupted INT TERM

# Runs in the background, so that Ctrl-C is heard at once and the build's progress can be shown; in
# a group of its own, so that what it has started ends with it.
inLog() {
  setsid "$@" >> "$log" 2>&1 < /dev/null &
  jobPid=$!
  local pid=$jobPid done_
  while kill -0 "$pid" 2> /dev/null; do
    if [[ -t 1 ]]; then
      done_=$(tail -n 1 "$log" | sed -n 's/^\(\[[0-9]*\/[0-9]*\]\).*/\1/p')
      [[ -z $done_ ]] || printf '\r\033[K%-19s %s' "$step" "$done_"
    fi
    sleep 0.1
  done
  jobPid=''
  wait "$pid"
}

system=$(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release 2> /dev/null || uname -s)
echo "henge quickstart · $system · $(nproc) cores · log in $log"
[[ $system == *"Debian GNU/Linux 12"* ]] || echo "  Tested on Debian 12 only; trying anyway."
freeMiB=$(df -Pm . | awk 'NR == 2 {print $4}')
((freeMiB > 2048)) || echo "  Only $freeMiB MiB are free on this disk; a build needs 2 GiB."

begin '[1/5] Packages'
if [[ $install == no ]]; then
  end "left alone"
else
  missing=$(scripts/install.sh --no-install 2>&1 | sed -n 's/.*: \([0-9]*\) packages.*/\1/p')
  if [[ -n $missing ]]; then
    [[ ! -t 1 ]] || printf '\r\033[K'
    echo "  $missing packages are missing: apt-get install, as root or by sudo"
    scripts/install.sh >> "$log" 2>&1 || fail $? "packages could not be installed"
    end "$missing installed"
  else
    end "nothing missing"
  fi
fi

begin '[2/5] Configure'
inLog scripts/configure.sh "$preset" || fail 70 "cmake --preset $preset"
end "$(tail -n 1 "$log")"

# The same directory and flags as scripts/test.sh: what is built here is not built again there.
freeMemory=$(awk '/MemAvailable/ {print int($2 / 1048576)}' /proc/meminfo)
jobs=$(nproc)
if ((freeMemory < jobs)); then
  jobs=$((freeMemory > 0 ? freeMemory : 1))
  echo "  Little memory is free: $jobs file(s) are compiled at a time, not $(nproc)."
fi
begin '[3/5] Build'
inLog cmake --build "build/$preset" --parallel "$jobs" --target \
  bin/henge-server bin/henge bin/henge-inspect || fail 70 "the build"
end "henge-server henge henge-inspect"

begin '[4/5] Start'
options=(--dir "$dir" --bin "$bin")
running=$(scripts/server.sh status "${options[@]}" 2> /dev/null | grep -c ' up ' || true)
if ((running == 4)); then
  end "cluster local is already running (4 of 4)"
else
  if ! compgen -G "$dir/n[0-8]" > /dev/null; then
    # Nothing kept: any free block of ports will do.
    for base in "$basePort" $((basePort + 300)) $((basePort + 600)) $((basePort + 900)); do
      taken=''
      for port in "$base" $((base + 1)) $((base + 2)) $((base + 3)) \
        $((base + 100)) $((base + 101)) $((base + 102)) $((base + 103)); do
        ! holder=$(holderOf "$port") || { taken="$port is used by $holder"; break; }
      done
      [[ -n $taken ]] || break
      [[ ! -t 1 ]] || printf '\r\033[K'
      echo "  port $taken; trying other ports"
    done
    [[ -z $taken ]] || fail 73 "no block of ports is free; see --base-port"
    options+=(--base-port "$base")
  fi
  ((running > 0)) || startedHere=yes
  scripts/server.sh start "${options[@]}" >> "$log" 2>&1 || fail $? "the cluster did not start"
  first=$(sed -n 's/.*"client":"\([^"]*\)".*/\1/p' "$dir/cluster.json" | head -n 1)
  end "4 nodes on $first-$((${first##*:} + 3)), ready"
fi

begin '[5/5] Demo'
[[ ! -t 1 ]] || printf '\r\033[K'
echo '[5/5] Demo'
scripts/story.sh --dir "$dir" --bin "$bin" 2>&1 | tee -a "$log" || fail 1 "a check did not hold"

first=$(sed -n 's/.*"client":"\([^"]*\)".*/\1/p' "$dir/cluster.json" | head -n 1)
where=''
[[ $first == 127.0.0.1:9000 ]] || where=" --node $first"
echo "The cluster keeps running (data in $dir).  Next:"
echo "   status    $bin/henge$where status     inspect  $bin/henge-inspect$where"
echo "   commands  $bin/henge --help           stop     scripts/server.sh stop"
echo "Total $(since "$begun")"

#!/usr/bin/env bash
# A local cluster of henge-server processes on loopback.
#
#   scripts/server.sh [start [N…]] [options]   start the cluster, or those nodes; running ones stay
#   scripts/server.sh stop [N…]                SIGTERM, and SIGKILL after 10 s
#   scripts/server.sh restart [N…]             stop, start
#   scripts/server.sh kill N…                  SIGKILL: the crash drill
#   scripts/server.sh pause N… | resume N…     SIGSTOP, SIGCONT: the stall drill
#   scripts/server.sh status                   exit 0: all up, 1: some are not
#   scripts/server.sh logs N [-f]              what node N has said
#
# Options: --nodes 1…9 (4)   --base-port P (9000; peers at P+100)   --partitioner bytes|hash
#          --dir D (run/local)   --bin D (build/release/bin)
#          --fresh: delete the cluster's data first; asks, or needs --yes
#          -- FLAG…: given to every node started now, for example -- --log_sync=periodic
#
# Only processes started from here are ever signalled. Data is kept until --fresh.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/process.sh
source "$root/scripts/process.sh"

readonly readySecondsMax=30 meetSecondsMax=10 stopSecondsMax=10 nodesMax=9 rebuildingSeenMax=5

# die CODE MESSAGE [LINE…]
die() { printf 'server.sh: %s\n' "$2" >&2; (($# < 3)) || printf '  %s\n' "${@:3}" >&2; exit "$1"; }
usage() { sed -n '2,18s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; }

# --- the command line ---------------------------------------------------------------------------
command=start
words=()
serverFlags=()
nodes='' basePort='' partitioner='' fresh=no yes=no follow=no
dir=$root/run/local
bin=$root/build/release/bin

valueOf() { (($# > 1)) || die 64 "$1 needs a value"; printf '%s' "$2"; }

while (($# > 0)); do
  case $1 in
    --nodes) nodes=$(valueOf "$@"); shift ;;
    --base-port) basePort=$(valueOf "$@"); shift ;;
    --partitioner) partitioner=$(valueOf "$@"); shift ;;
    --dir) dir=$(valueOf "$@"); shift ;;
    --bin) bin=$(valueOf "$@"); shift ;;
    --fresh) fresh=yes ;;
    --yes) yes=yes ;;
    -f) follow=yes ;;
    -h | --help | help) usage; exit 0 ;;
    --) shift; serverFlags=("$@"); break ;;
    -*) die 64 "unknown option $1 (see scripts/server.sh --help)" ;;
    *) words+=("$1") ;;
  esac
  shift
done
if ((${#words[@]} > 0)) && [[ ! ${words[0]} =~ ^[0-9]+$ ]]; then
  command=${words[0]}
  words=("${words[@]:1}")
fi
case $command in
  start | stop | restart | kill | pause | resume | status | logs) ;;
  *) die 64 "unknown command \"$command\" (start stop restart kill pause resume status logs)" ;;
esac
[[ -z $nodes || $nodes =~ ^[1-9]$ ]] || die 64 "--nodes is 1 to $nodesMax, not \"$nodes\""
[[ -z $basePort || $basePort =~ ^[1-9][0-9]{3,4}$ && $basePort -ge 1024 && $basePort -le 65000 ]] ||
  die 64 "--base-port is 1024 to 65000, not \"$basePort\""
[[ -z $partitioner || $partitioner == bytes || $partitioner == hash ]] ||
  die 64 "--partitioner is bytes or hash, not \"$partitioner\""
if [[ $command != start ]]; then
  [[ $command != stop || -f $dir/cluster.json ]] || { echo "Nothing to stop."; exit 0; }
  [[ -f $dir/cluster.json ]] || die 69 "there is no cluster in $dir; scripts/server.sh makes one"
fi
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
clusterFile=$dir/cluster.json

# --- the cluster file: written once, one member a line -------------------------------------------
clusterName() {
  local name=${dir##*/}
  [[ $name =~ ^[A-Za-z0-9_-]+$ ]] && echo "$name" || echo local
}

writeClusterFile() {
  local count=${nodes:-4} base=${basePort:-9000} node comma=,
  local id
  id=$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')
  {
    printf '{"name":"%s","cluster_id":"%s","replication":%d,"partitioner":"%s",' \
      "$(clusterName)" "$id" $((count < 3 ? count : 3)) "${partitioner:-bytes}"
    printf '"epoch":1,"members":[\n'
    for ((node = 0; node < count; node++)); do
      ((node < count - 1)) || comma=
      printf '{"node":%d,"zone":"","tokens":["%02x"],' "$node" $((256 * node / count))
      printf '"client":"127.0.0.1:%d","peer":"127.0.0.1:%d"}%s\n' \
        $((base + node)) $((base + 100 + node)) "$comma"
    done
    printf ']}\n'
  } > "$clusterFile.new"
  mv "$clusterFile.new" "$clusterFile"
}

memberLine() { sed -n "/\"node\":$1,/p" "$clusterFile"; }
addressOf() { memberLine "$1" | sed -n "s/.*\"$2\":\"\([^\"]*\)\".*/\1/p"; }
portOf() { local address; address=$(addressOf "$1" "$2"); echo "${address##*:}"; }
setting() { sed -n "s/.*\"$1\":\"\{0,1\}\([^,\"]*\).*/\1/p" "$clusterFile" | head -n 1; }

allNodes() { sed -n 's/^{"node":\([0-9]*\),.*/\1/p' "$clusterFile"; }

# A cluster's shape is fixed once a node has data: nodes refuse data of another one.
checkShape() {
  local count base
  if [[ -n $nodes$basePort$partitioner ]] && ! compgen -G "$dir/n[0-8]" > /dev/null; then
    writeClusterFile
  fi
  count=$(allNodes | wc -l)
  base=$(portOf 0 client)
  [[ -z $nodes || $nodes == "$count" ]] ||
    die 78 "$dir holds a cluster of $count nodes; use another --dir, or --fresh to delete it"
  [[ -z $basePort || $basePort == "$base" ]] ||
    die 78 "$dir holds a cluster at port $base; use another --dir, or --fresh to delete it"
  [[ -z $partitioner || $partitioner == "$(setting partitioner)" ]] ||
    die 78 "$dir holds a cluster ordered by $(setting partitioner); use another --dir, or --fresh"
}

# The nodes this call is about: those named, else all.
chosen=()
chooseNodes() {
  local node
  mapfile -t chosen < <(allNodes)
  ((${#words[@]} > 0)) || return 0
  for node in "${words[@]}"; do
    [[ $node =~ ^[0-9]$ && -n $(memberLine "$node") ]] ||
      die 64 "there is no node \"$node\"; this cluster has ${chosen[*]}"
  done
  chosen=("${words[@]}")
}

# --- one node ------------------------------------------------------------------------------------
pidFile() { echo "$dir/n$1.pid"; }
logFile() { echo "$dir/n$1.log"; }
pidOf() { livePid "$(pidFile "$1")"; }

declare -A startedAt logBefore

launch() {
  local node=$1 log
  log=$(logFile "$node")
  touch "$log"
  startedAt[$node]=$(now)
  logBefore[$node]=$(stat -c %s "$log")
  # Its own session: closing the terminal or Ctrl-C here does not reach it.
  setsid "$bin/henge-server" --cluster "$clusterFile" --node "$node" --data "$dir/n$node" \
    "${serverFlags[@]}" < /dev/null >> "$log" 2>&1 9>&- &
  launchedPid=$!
  disown "$launchedPid"
  writePid "$(pidFile "$node")" "$launchedPid" || true
}

saidSinceStart() { tail -c "+$((logBefore[$1] + 1))" "$(logFile "$1")"; }

# Waits until node $1 says that it serves, and tells how that went.
awaitReady() {
  local node=$1 deadline=$(($(now) + readySecondsMax * 1000000)) recovered
  until saidSinceStart "$node" | grep -q ' serving '; do
    if ! pidOf "$node" > /dev/null; then
      echo "failed"
      saidSinceStart "$node" | tail -n 5 | sed "s/^/  n$node: /" >&2
      return 1
    fi
    if (($(now) > deadline)); then
      echo "not ready after $readySecondsMax s; see scripts/server.sh logs $node"
      return 1
    fi
    sleep 0.02
  done
  recovered=$(saidSinceStart "$node" | sed -n 's/.* \(recovered .*\)/\1/p' | head -n 1)
  echo "${recovered:+$recovered   }ready $(since "${startedAt[$node]}")"
}

stopNode() {
  local node=$1 pid
  pid=$(pidOf "$node") || { rm -f "$(pidFile "$node")"; return 0; }
  kill -TERM "$pid" 2> /dev/null || true
  kill -CONT "$pid" 2> /dev/null || true  # a paused one hears nothing else
  if waitGone "$pid" "$stopSecondsMax"; then
    echo "server $node (pid $pid) stopped."
  else
    kill -KILL "$pid" 2> /dev/null || true
    waitGone "$pid" "$stopSecondsMax" || die 70 "server $node (pid $pid) cannot be ended"
    echo "server $node (pid $pid) did not stop in $stopSecondsMax s and was killed."
  fi
  rm -f "$(pidFile "$node")"
}

# --- the commands --------------------------------------------------------------------------------
refuseTakenPorts() {
  local node kind port holder
  for node in "$@"; do
    for kind in client peer; do
      port=$(portOf "$node" "$kind")
      if holder=$(holderOf "$port"); then
        die 73 "port $port is in use by $holder. Nothing was started." \
          "Use  scripts/server.sh --dir run/other --base-port 9300   or stop that program."
      fi
    done
  done
}

buildIfMissing() {
  local program
  for program in henge-server henge henge-inspect; do
    [[ -x $bin/$program ]] && continue
    [[ $bin == "$root/build/release/bin" ]] || die 69 "there is no $bin/$program"
    echo "The programs are not built yet; building them (once)." >&2
    "$root/scripts/install.sh" >&2
    "$root/x" build release bin/henge-server bin/henge bin/henge-inspect >&2
    return
  done
}

deleteData() {
  local node answer
  if [[ $yes != yes ]]; then
    [[ -t 0 ]] || die 64 "--fresh deletes all data in $dir; say --yes too"
    read -r -p "Delete all data of the cluster in $dir? [y/N] " answer
    [[ $answer == [yY]* ]] || die 130 "nothing was deleted"
  fi
  for ((node = 0; node < nodesMax; node++)); do
    stopNode "$node"
    rm -rf "${dir:?}/n$node" "$dir/n$node.log" "$dir/n$node.pid"
  done
  rm -f "$clusterFile"
}

startNodes() {
  local node pid begun ready=0 idle=()
  for node in "${chosen[@]}"; do
    if pid=$(pidOf "$node"); then
      echo "Server $node is already running: pid = $pid, port = $(portOf "$node" client)"
      ready=$((ready + 1))
    else
      idle+=("$node")
    fi
  done
  ((${#idle[@]} > 0)) || return 0
  refuseTakenPorts "${idle[@]}"
  begun=$(now)
  declare -A pids
  for node in "${idle[@]}"; do
    launch "$node"
    pids[$node]=$launchedPid
  done
  for node in "${idle[@]}"; do
    printf 'Starting server %s... pid = %s, port = %s   ' "$node" "${pids[$node]}" \
      "$(portOf "$node" client)"
    if awaitReady "$node"; then ready=$((ready + 1)); fi
  done
  ((ready == ${#chosen[@]})) || die 69 "$ready of ${#chosen[@]} nodes are ready"
  awaitMeeting
  ((${#words[@]} > 0)) || closingLines "$(since "$begun")"
}

# Serving nodes still have to meet: until then requests find too few replicas up. One that is
# rebuilding waits for an operator, and nobody waits for that here.
awaitMeeting() {
  local tries=$((meetSecondsMax * 10)) rebuilding=0 node seen
  for node in $(allNodes); do pidOf "$node" > /dev/null || return 0; done
  until seen=$("$bin/henge" --node "$(addressOf 0 client)" status 2> /dev/null) &&
    [[ $seen == *HEALTHY* && $seen != *"but not for"* ]]; do
    [[ $seen == *REBUILDING* ]] && rebuilding=$((rebuilding + 1)) || rebuilding=0
    if ((rebuilding == rebuildingSeenMax)); then
      echo "A node is rebuilding and counts for no level;" \
        "see $(shown "$bin")/henge$(nodeOption) status"
      return 0
    fi
    if ((tries-- == 0)); then
      echo "The nodes do not all see each other yet; see $(shown "$bin")/henge$(nodeOption) status"
      return 0
    fi
    sleep 0.1
  done
}

# Paths as a person in the source tree would type them.
shown() { echo "${1/#$root\//}"; }

closingLines() {
  local count
  count=$(allNodes | wc -l)
  echo "Cluster is up: $count of $count ready in $1."
  echo "  console  $(shown "$bin")/henge$(nodeOption)     inspect " \
    "$(shown "$bin")/henge-inspect$(nodeOption)"
  echo "  status   ./scripts/server.sh status          stop     ./scripts/server.sh stop"
}

nodeOption() { [[ $(portOf 0 client) == 9000 ]] || echo " --node $(addressOf 0 client)"; }

headline() {
  echo "Cluster \"$(setting name)\" · $(allNodes | wc -l) nodes, N=$(setting replication) ·" \
    "data in $(shown "$dir") (kept between runs)"
}

showStatus() {
  local node pid state up=0 count=0
  headline
  for node in "${chosen[@]}"; do
    count=$((count + 1))
    if pid=$(pidOf "$node"); then
      state=up
      if isPaused "$pid"; then state=paused; else up=$((up + 1)); fi
    else
      pid=- state=down
    fi
    printf 'server %s  %-7s pid = %s, port = %s\n' \
      "$node" "$state" "$pid" "$(portOf "$node" client)"
  done
  ((up == count))
}

signalNodes() {
  local signal=$1 what=$2 how=${3:-} node pid
  ((${#words[@]} > 0)) || die 64 "$command needs a node, for example: scripts/server.sh $command 1"
  for node in "${chosen[@]}"; do
    pid=$(pidOf "$node") || die 69 "server $node is not running"
    kill "-$signal" "$pid"
    if [[ $signal == KILL ]]; then
      waitGone "$pid" "$stopSecondsMax" || die 70 "server $node (pid $pid) cannot be ended"
    fi
    echo "server $node (pid $pid) $what${how:+  $how $node}"
  done
}

showLogs() {
  ((${#words[@]} == 1)) || die 64 "logs needs one node, for example: scripts/server.sh logs 1"
  [[ -f $(logFile "${chosen[0]}") ]] || die 69 "server ${chosen[0]} has not said anything yet"
  if [[ $follow == yes ]]; then
    exec tail -n 50 -f "$(logFile "${chosen[0]}")"
  fi
  tail -n 50 "$(logFile "${chosen[0]}")"
}

# One script at a time works on a cluster; the nodes do not keep the lock.
exec 9> "$dir/.lock"
flock -w 60 9 || die 73 "another server.sh is at work in $dir"

case $command in
  start)
    buildIfMissing
    [[ $fresh == no ]] || deleteData
    [[ -f $clusterFile ]] || writeClusterFile
    checkShape
    chooseNodes
    ((${#words[@]} > 0)) || headline
    startNodes
    ;;
  restart)
    buildIfMissing
    chooseNodes
    for node in "${chosen[@]}"; do stopNode "$node"; done
    startNodes
    ;;
  stop) chooseNodes; for node in "${chosen[@]}"; do stopNode "$node"; done ;;
  kill) chooseNodes; signalNodes KILL killed. "Bring it back:  scripts/server.sh start" ;;
  pause) chooseNodes; signalNodes STOP paused. "Let it go on:  scripts/server.sh resume" ;;
  resume) chooseNodes; signalNodes CONT "goes on." ;;
  status) chooseNodes; showStatus ;;
  logs) exec 9>&-; chooseNodes; showLogs ;;
esac

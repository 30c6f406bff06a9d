#!/usr/bin/env bash
# The story of the store on the local cluster of four, step by step, each step checked.
#
#   scripts/story.sh [--dir D] [--bin D]      as scripts/server.sh; the cluster must be running
#
# On a cluster that already has the story's keys, fresh ones under a run's id are used.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

dir=run/local
bin=build/release/bin
while (($# > 1)); do
  case $1 in
    --dir) dir=$2 ;;
    --bin) bin=$2 ;;
    *) echo "story.sh: unknown option $1" >&2; exit 64 ;;
  esac
  shift 2
done

mapfile -t addresses < <(sed -n 's/.*"client":"\([^"]*\)".*/\1/p' "$dir/cluster.json")
((${#addresses[@]} == 4)) || { echo "story.sh: the story needs four nodes" >&2; exit 64; }

readonly patienceTenths=100
checks=0 failures=0

henge() { "$bin/henge" --node "${addresses[$1]}" --color never "${@:2}"; }
server() { scripts/server.sh "$1" --dir "$dir" --bin "$bin" "${@:2}"; }

tell() { printf '   %-27s %s\n' "$1" "$2"; }

# check WHAT SHOWN CONDITION…: one line, and whether the condition held.
check() {
  local what=$1 shown=$2
  checks=$((checks + 1))
  if "${@:3}"; then
    tell "$what" "$shown"
  else
    failures=$((failures + 1))
    tell "$what" "WRONG: $shown"
  fi
}

firstLine() { head -n 1 | sed 's/   ts .*//; s/  */ /g'; }

# put NODE KEY VALUE LEVEL: what was said, shortened; fails as henge does.
put() {
  local out rc=0
  out=$(henge "$1" put "$2" "$3" "$4" 2>&1) || rc=$?
  firstLine <<< "$out"
  return "$rc"
}

value() { henge "$1" --output raw get "$2" "$3" 2> /dev/null || true; }

# eventually CONDITION…: tries for ten seconds; a link between two nodes takes a moment.
eventually() {
  local tries=$patienceTenths
  until "$@" > /dev/null 2>&1; do
    ((tries-- > 0)) || return 1
    sleep 0.1
  done
}

# Every node is up, for every other one too.
allUp() {
  local status
  status=$(henge 0 status 2> /dev/null) || return 1
  [[ $status == *HEALTHY* && $status != *"but not for"* ]]
}

# The nodes that hold key $1 (hex), as the inspector finds them: "0 1 2".
holders() {
  "$bin/henge-inspect" --node "${addresses[0]}" --node "${addresses[1]}" --json 2> /dev/null |
    grep "\"key_hex\":\"$1\"" | grep -o '{"node":[0-9]*,[^}]*' | grep -v '"absent":true' |
    sed 's/{"node":\([0-9]*\).*/\1/' | sort -n | tr '\n' ' ' | sed 's/ $//' || true
}
holdersAre() { [[ $(holders "$1") == "$2" ]]; }

refused() {  # NODE KEY VALUE: a put at QUORUM is refused and says so
  local out rc=0
  out=$(henge "$1" put "$2" "$3" quorum 2>&1) || rc=$?
  printf '%s\n' "$out" | firstLine
  ((rc == 69))
}

# --- the keys: 0 belongs to nodes 0 1 2, 137 (0x89) to nodes 2 3 0 -------------------------------
eventually allUp || {
  echo "   the nodes do not see each other; see scripts/server.sh logs 0"
  exit 69
}
run=''
[[ -z $(value 1 u8:137 quorum) ]] || run=$(printf '%(%H%M%S)T')
hex=$(printf '%s' "$run" | od -An -tx1 | tr -d ' \n')
zero=u8:0 key=u8:137 early="x'89${hex}01'"
[[ -z $run ]] || { zero="x'00$hex'" key="x'89$hex'"; tell "kept data" "keys of run $run"; }

said=$(put 0 "$zero" value0 one) && ok=true || ok=false
check "put 0 value0 one" "$said" "$ok"
said=$(put 1 "$key" value137 quorum) && ok=true || ok=false
check "put 137 value137 quorum" "$said" "$ok"
said=$(put 1 "$early" early all) && ok=true || ok=false
check "put another at ALL" "$said" "$ok"
got=$(value 2 "$key" quorum)
check "get 137 quorum" "$got" [ "$got" = value137 ]
eventually holdersAre "00$hex" "0 1 2" || true
got=$(holders "00$hex")
check "inspector, key 0" "on servers $got" [ "$got" = "0 1 2" ]
got=$(holders "89$hex")
check "inspector, key 137" "on servers $got" [ "$got" = "0 2 3" ]

server kill 3 > /dev/null
said=$(put 1 "$key" second quorum) && ok=true || ok=false
check "crash server 3, put 137" "$said" "$ok"
got=$(value 1 "$key" quorum)
check "  get 137 quorum" "$got" [ "$got" = second ]

server kill 0 > /dev/null
eventually refused 1 "x'89${hex}02'" probe || true
said=$(refused 1 "$key" refused) && ok=true || ok=false
check "crash server 0 too, put 137" "${said:0:60}" "$ok"
got=$(value 1 "$key" one)
check "  get 137 one" "$got" [ "$got" = second ]

server start 0 3 |
  sed 's/^Starting server /   start server /; s/\.\.\. pid = .*, port = [0-9]* */  /'
eventually allUp || true
got=$(value 3 "$key" quorum)
check "read back: 137 quorum" "$got" [ "$got" = second ]
got=$(value 0 "$zero" quorum)
check "read back: 0 quorum" "$got" [ "$got" = value0 ]
got="$(value 0 "$early" one) $(value 3 "$early" one)"
check "at ONE from 0 and from 3" "$got" [ "$got" = "early early" ]

if ((failures > 0)); then
  echo "Demo FAILED: $failures of $checks checks."
  exit 1
fi
echo "Demo passed: $checks of $checks checks."

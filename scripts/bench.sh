#!/usr/bin/env bash
# Quorum puts, then gets, 64 under way at once, on a private cluster of three: requests per second,
# latencies, and what each cost the servers in CPU, counted until their stores have caught up.
#
#   scripts/bench.sh [SECONDS]       60 by default; needs the release build (./x build release)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

seconds=${1:-60}
[[ $seconds =~ ^[1-9][0-9]*$ ]] || { echo "bench.sh: $seconds is no number" >&2; exit 64; }
henge=build/release/bin/henge
cluster=(--dir run/bench)
[[ -x $henge ]] || { echo "bench.sh: build it first: ./x build release" >&2; exit 69; }

scripts/server.sh start "${cluster[@]}" --fresh --yes --nodes 3 --base-port 9700
trap 'scripts/server.sh stop "${cluster[@]}"' EXIT
pids=$(scripts/server.sh status "${cluster[@]}" |
  sed -n 's/.* pid = \([0-9]*\),.*/\1/p' | paste -sd,)
for op in put get; do
  "$henge" bench --mix "$op=1" --skip_load --time "${seconds}s" --pids "$pids" \
    --node 127.0.0.1:9700 --node 127.0.0.1:9701 --node 127.0.0.1:9702 2> /dev/null
done

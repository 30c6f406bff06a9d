#!/usr/bin/env bats
# shellcheck disable=SC2154  # $tree and so on come from the kit
# scripts/server.sh with clusters of every size, and nodes that outlive what started them. The rest of
# it: tests/cluster/script_test.py.

load kit

setup() { setUpTree; }
teardown() {
  server stop
  tearDownTree
}

server() { scripts/server.sh "$@" --dir "$base/cluster" --bin "$TEST_BIN"; }
henge() { "$TEST_BIN/henge" --node "127.0.0.1:$TEST_PORT" "$@"; }
start() { server start --base-port "$TEST_PORT" "$@"; }

@test "clusters of one to nine nodes" {
  for nodes in 1 2 3 4 5 6 7 8 9; do
    run -0 start --nodes "$nodes" --fresh --yes
    [[ $output == *"Cluster is up: $nodes of $nodes ready"* ]]
    [[ $output == *"N=$((nodes < 3 ? nodes : 3))"* ]]
    run -0 server status
    [ "$(grep -c '^server [0-9] *up ' <<< "$output")" -eq "$nodes" ]
    henge put "$nodes" v all
    [ "$(henge --output raw get "$nodes")" == v ]
    # Each has its range of the ring.
    [ "$(henge --output json ring | grep -c '"type":"range"')" -eq "$nodes" ]
  done
  run -64 start --nodes 0
  run -64 start --nodes 10
}

@test "after a crash of all nodes they say what their logs gave back" {
  start --nodes 3
  henge put k v all
  server kill 0 1 2
  run -0 start
  [[ $output == *"recovered 1 record"* ]]
  [ "$(henge --output raw get k)" == v ]
}

@test "closing the terminal leaves the nodes running, and status finds them" {
  env setsid bash -c "scripts/server.sh start --nodes 3 --base-port $TEST_PORT \
    --dir '$base/cluster' --bin '$TEST_BIN' && touch '$base/started' && exec sleep 1000" \
    > "$base/out" 2>&1 3>&- &
  terminal=$!
  waitFor 60 test -f "$base/started"
  kill -HUP -- "-$terminal"
  wait "$terminal" || true
  run -0 server status
  read -r pid _ < "$base/cluster/n0.pid"
  session=$(sed 's/.*) //' "/proc/$pid/stat" | cut -d' ' -f4)
  [ "$session" == "$pid" ]
}

@test "nothing to stop is no error" {
  run -0 server stop
  [[ $output == "Nothing to stop." ]]
}

#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2154  # bodies of stubs in quotes; $noted and so on come from the kit
# scripts/quickstart.sh and configure.sh: what a newcomer's machine may be like. The build is played;
# the nodes are real.

load kit

setup() {
  setUpTree
  notes
  export TEST_BIN
  stub cmake << 'CMAKE'
echo "cmake $*" >> "$noted"
case $* in
  *--preset*)
    mkdir -p build/release
    echo "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" > build/release/CMakeCache.txt
    touch build/release/build.ninja ;;
  --build*) ln -sfn "$TEST_BIN" build/release/bin ;;
esac
CMAKE
}
teardown() {
  [[ ! -f run/local/cluster.json ]] || scripts/server.sh stop --bin "$TEST_BIN"
  tearDownTree
}

quickstart() { scripts/quickstart.sh --no-install --base-port "$TEST_PORT" "$@"; }
listing() { find . -path ./build -prune -o -path ./run -prune -o -print | sort; }

# As a terminal does it: Ctrl-C reaches everything in the foreground.
startInForeground() {
  env --default-signal=INT setsid scripts/quickstart.sh --no-install --base-port "$TEST_PORT" \
    > out 2>&1 3>&- &
  foreground=$!
}
ctrlC() {
  kill -INT -- "-$foreground"
  wait "$foreground" && status=0 || status=$?
  output=$(cat out)
}

@test "from nothing to a demo, again on what runs, and without a trace" {
  before=$(listing)
  run -0 quickstart
  [[ $output == *"[1/5] Packages"*"[2/5]"*"[3/5]"*"[4/5] Start"*"4 nodes on 127.0.0.1:$TEST_PORT-"* ]]
  [[ $output == *"Demo passed: "*"The cluster keeps running"*"Total "* ]]
  [ "${#lines[@]}" -le 45 ]

  run -0 quickstart
  [[ $output == *"[2/5] Configure"*"already done"* ]]
  [[ $output == *"cluster local is already running (4 of 4)"*"kept data"*"Demo passed: "* ]]

  scripts/server.sh stop
  rm -rf build run
  [ "$(listing)" == "$before" ]
}

@test "Ctrl-C in the build ends what was started, and says that it may go on" {
  stub cmake <<< 'echo $$ >> "$noted"; sleep 1000 & echo "$! child" >> "$noted"; wait'
  startInForeground
  waitFor 20 grep -q child "$noted"
  ctrlC
  [ "$status" -eq 130 ]
  [[ $output == *"Running it again continues where it stopped."* ]]
  while read -r pid _; do waitFor 10 gone "$pid"; done < "$noted"
}

@test "Ctrl-C in the demo stops the nodes that were started, and keeps their data" {
  printf '#!/bin/bash\nexec sleep 1000\n' > scripts/story.sh
  startInForeground
  waitFor 60 grep -q '5/5' out
  mapfile -t pids < <(cut -d' ' -f1 run/local/n*.pid)
  [ "${#pids[@]}" -eq 4 ]
  ctrlC
  [ "$status" -eq 130 ]
  [[ $output == *"stopping the nodes that were started here (data is kept)"* ]]
  for pid in "${pids[@]}"; do gone "$pid"; done
  [ -d run/local/n0 ]
}

@test "Ctrl-C in the demo leaves nodes alone that ran before" {
  mkdir -p build/release
  ln -s "$TEST_BIN" build/release/bin
  scripts/server.sh start --base-port "$TEST_PORT"
  printf '#!/bin/bash\nexec sleep 1000\n' > scripts/story.sh
  startInForeground
  waitFor 60 grep -q '5/5' out
  ctrlC
  [ "$status" -eq 130 ]
  scripts/server.sh status
}

@test "a port in use: who has it, and other ports" {
  printf '#!/bin/bash\n' > scripts/story.sh
  "$python" -c "
import socket, time
s = socket.socket(); s.bind(('127.0.0.1', $TEST_PORT + 2)); s.listen()
open('held', 'w').close(); time.sleep(1000)" 3>&- &
  holder=$!
  waitFor 20 test -f held
  run -0 quickstart
  kill "$holder"
  [[ $output == *"port $((TEST_PORT + 2)) is used by pid $holder (python3"*"trying other ports"* ]]
  [[ $output == *"4 nodes on 127.0.0.1:$((TEST_PORT + 300))-$((TEST_PORT + 303)), ready"* ]]
}
python=/usr/bin/python3

@test "a build that fails: its last lines, and where the others are" {
  stub cmake <<< '[[ $1 == --preset ]] || { echo "error: no such thing"; exit 1; }; mkdir -p build/release'
  run -70 quickstart
  [[ $output == *"[3/5] Build failed: the build"*"error: no such thing"*"run/quickstart.log"* ]]
}

@test "little disk and memory: said, and built one by one" {
  stub df <<< 'printf "Filesystem 1048576-blocks Used Available Capacity Mounted\nd 9 9 100 99%% /\n"'
  stub nproc <<< 'echo 8'
  stub awk <<< '[[ $1 == */MemAvailable/* ]] && echo 0 || exec /usr/bin/awk "$@"'
  printf '#!/bin/bash\n' > scripts/story.sh
  run -0 quickstart
  [[ $output == *"Only 100 MiB are free"*"1 file(s) are compiled at a time, not 8"* ]]
  grep -q -- '--build build/release --parallel 1 ' "$noted"
}

@test "another system than Debian 12 is told so, and tried" {
  stub sed <<< '[[ ${*: -1} != /etc/os-release ]] && exec /bin/sed "$@"; echo "Other Linux 1"'
  stub cmake <<< 'exit 1'
  run -70 quickstart
  [[ $output == *"Other Linux 1"*"Tested on Debian 12 only; trying anyway."* ]]
}

@test "nobody who may install packages: 77, and the line to ask for" {
  cat > scripts/install.sh << 'INSTALL'
echo "install.sh: 1 packages are missing:" >&2
[[ ${1:-} == --no-install ]] || { echo "  apt-get install -y ccache" >&2; exit 77; }
INSTALL
  run -77 scripts/quickstart.sh --base-port "$TEST_PORT"
  [[ $output == *"Packages failed: packages could not be installed"*"apt-get install -y ccache"* ]]
  [ ! -s "$noted" ]
}

@test "options that are none are refused" {
  run -64 scripts/quickstart.sh --fast
  run -64 scripts/quickstart.sh --base-port 80
  run -64 scripts/quickstart.sh --base-port
}

@test "a build directory of another compiler, another place, or half done is configured anew" {
  stub c++ <<< 'echo "c++ 12.2"'
  run -0 scripts/configure.sh release
  [[ ${lines[-1]} == GCC* && ${lines[-1]} != *anew* ]]
  run -0 scripts/configure.sh release
  [ "${lines[-1]}" == "already done" ]
  stub c++ <<< 'echo "c++ 13.1"'
  run -0 scripts/configure.sh release
  [[ ${lines[-1]} == *"(anew: the compiler was another)" ]]
  rm build/release/build.ninja
  run -0 scripts/configure.sh release
  [[ ${lines[-1]} == *"(anew: it was not finished)" ]]
  cp -r "$tree" "$base/elsewhere"
  cd "$base/elsewhere"
  run -0 scripts/configure.sh release
  [[ ${lines[-1]} == *"(anew: the tree was elsewhere)" ]]
  [ "$(grep -c -- '--fresh --preset release' "$noted")" -eq 3 ]
  cd "$tree"
}

#!/usr/bin/env bats
# scripts/install.sh: who may install, who is told what to ask for, and when nothing is said.
# shellcheck disable=SC2016,SC2154  # bodies of stubs in quotes; $noted and so on come from the kit

load kit

setup() {
  setUpTree
  notes
  stub apt-get <<< 'echo "$DEBIAN_FRONTEND apt-get $*" >> "$noted"'
}
teardown() { tearDownTree; }

# dpkg-query as it answers when all but these packages are installed.
allInstalledBut() {
  stub dpkg-query <<< "
    shift 2
    for package in \"\$@\"; do
      case ' $* ' in *\" \$package \"*) ;; *) echo \"\$package installed\" ;; esac
    done"
}

@test "nothing is missing: no word, no root, nothing called" {
  allInstalledBut
  run -0 asNobody scripts/install.sh --tests
  [ -z "$output" ]
  [ ! -s "$noted" ]
}

@test "root without sudo: apt-get at once, without questions and recommendations" {
  allInstalledBut ccache mold
  run -0 inBareSystem asRoot scripts/install.sh
  [[ ${lines[0]} == "2 packages are missing: apt-get install -y --no-install-recommends ccache mold" ]]
  grep -q '^noninteractive apt-get .*update$' "$noted"
  grep -q '^noninteractive apt-get .*install -y --no-install-recommends ccache mold$' "$noted"
}

@test "not root, sudo asks for nothing: the line is shown first, then run by sudo" {
  allInstalledBut ccache
  stub sudo <<< 'echo "sudo $*" >> "$noted"; [[ $1 == -n ]] || "$@"'
  run -0 inBareSystem asNobody scripts/install.sh
  [[ ${lines[0]} == *"sudo apt-get install -y --no-install-recommends ccache" ]]
  grep -q '^sudo env DEBIAN_FRONTEND=noninteractive apt-get .*install' "$noted"
  grep -q '^noninteractive apt-get .*install' "$noted"
}

@test "not root, sudo wants a password and nobody is there to type it: 77 and the line to ask for" {
  allInstalledBut ccache
  stub sudo <<< 'exit 1'
  run -77 inBareSystem asNobody scripts/install.sh < /dev/null
  [[ $output == *"apt-get update && apt-get install -y --no-install-recommends ccache" ]]
  [ ! -s "$noted" ]
}

@test "not root, no sudo: 77 and the exact line to give to the administrator" {
  allInstalledBut ccache
  run -77 inBareSystem asNobody scripts/install.sh
  [[ $output == *"ask your administrator for:"* ]]
  [[ $output == *"  apt-get update && apt-get install -y --no-install-recommends ccache" ]]
  [ ! -s "$noted" ]
}

@test "--no-install names what is missing and goes on" {
  allInstalledBut ccache
  run -0 asNobody scripts/install.sh --no-install
  [[ $output == *"1 packages are missing:"*ccache ]]
  [ ! -s "$noted" ]
}

@test "no Debian: the packages are named, and it goes on" {
  run -0 inBareSystem asNobody scripts/install.sh
  [[ $output == *"not a Debian system"*libthrift-dev* ]]
}

@test "Node.js from elsewhere than Debian is taken as it is" {
  run -0 inBareSystem scripts/install.sh --tests --list
  [[ $output == *nodejs* && $output == *npm* ]]
  stub node < /dev/null
  stub npm < /dev/null
  run -0 inBareSystem scripts/install.sh --tests --list
  [[ $output != *nodejs* && $output != *npm* && $output == *bats* ]]
}

@test "an unknown option is refused by name" {
  run -64 scripts/install.sh --everything
  [[ $output == *"--everything"* ]]
}

@test "the build downloads nothing: it works without a network" {
  run -1 grep -rlE 'FetchContent|ExternalProject|file\(DOWNLOAD|CPMAddPackage' \
    --include=CMakeLists.txt --include='*.cmake' "$TEST_SOURCE/CMakeLists.txt" \
    "$TEST_SOURCE/cmake" "$TEST_SOURCE/tests" "$TEST_SOURCE/wire" "$TEST_SOURCE/server"
}

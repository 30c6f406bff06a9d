# For the tests in this folder: a copy of the scripts in a tree of its own, and stand-ins for what
# they call. TEST_SOURCE, TEST_BIN and TEST_PORT (the first of 1200 ports) come from CTest.
# shellcheck shell=bash

bats_require_minimum_version 1.5.0

# A tree as somebody who has just cloned it has, readable by everybody: $tree, and $stubs before PATH.
setUpTree() {
  base=$(mktemp -d "${TMPDIR:-/tmp}/henge-scripts.XXXXXX")
  tree=$base/tree stubs=$base/stubs
  mkdir -p "$tree" "$stubs"
  cp -r "$TEST_SOURCE/scripts" "$TEST_SOURCE/x" "$TEST_SOURCE/CMakePresets.json" "$tree"
  chmod -R a+rX "$base"
  cd "$tree" || return 1
  PATH=$stubs:$PATH
  unset "${!HENGE_@}"
}

tearDownTree() { rm -rf "$base"; }

# stub NAME, the script's body from standard input
stub() {
  { echo '#!/bin/bash'; cat; } > "$stubs/$1"
  chmod a+rx "$stubs/$1"
}

# What a stub has noted with  echo … >> "$noted".
notes() {
  export noted=$base/noted
  : > "$noted"
  chmod a+rw "$noted"
}

# The command where only these programs and the stubs are: no sudo, no Debian.
inBareSystem() {
  local tool bare=$base/bare
  mkdir -p "$bare"
  for tool in bash env cat grep sed head tail; do
    ln -sf "$(command -v "$tool")" "$bare/$tool"
  done
  chmod -R a+rX "$base"
  PATH=$stubs:$bare "$@"
}

# The command as nobody, if the tests run as root; as root, if they can be.
asNobody() {
  if ((EUID != 0)); then "$@"; else "$setpriv" --reuid=65534 --regid=65534 --clear-groups "$@"; fi
}
asRoot() {
  if ((EUID == 0)); then "$@"; else "$unshare" --map-root-user "$@"; fi
}
setpriv=$(command -v setpriv)
unshare=$(command -v unshare)

# waitFor SECONDS CONDITION…
waitFor() {
  local until=$((SECONDS + $1))
  until "${@:2}"; do
    ((SECONDS < until)) || { echo "waited in vain for: ${*:2}" >&2; return 1; }
    sleep 0.05
  done
}

# No such process, or one that only waits to be buried.
gone() { [[ $(sed 's/.*) //' "/proc/$1/stat" 2> /dev/null) != [!ZX]* ]]; }

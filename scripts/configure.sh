#!/usr/bin/env bash
# Configures build/PRESET if that was not done yet, and from the start if it was done for another
# compiler, another place, or not to the end. The last line says what was done.
#
#   scripts/configure.sh PRESET
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

preset=${1:?a preset of CMakePresets.json}
build=build/$preset
stamp=$build/configured

versionOf() { dpkg-query --show --showformat '${Version}' "$1" 2> /dev/null | sed 's/[-+].*//'; }
cached() { sed -n "s/^$1:[A-Z]*=//p" "$build/CMakeCache.txt" 2> /dev/null || true; }

compiler=$("${CXX:-c++}" --version | head -n 1)
wanted="$PWD
$compiler
$(cksum < CMakePresets.json)"

reason=''
if [[ -f $build/CMakeCache.txt ]]; then
  if [[ -f $build/build.ninja && $(cat "$stamp" 2> /dev/null) == "$wanted" ]]; then
    echo "already done"
    exit 0
  fi
  if [[ $(cached CMAKE_HOME_DIRECTORY) != "$PWD" ]]; then
    reason="the tree was elsewhere"
  elif [[ -f $stamp && $(sed -n 2p "$stamp") != "$compiler" ]]; then
    reason="the compiler was another"
  elif [[ ! -f $build/build.ninja ]]; then
    reason="it was not finished"
  fi
fi

rm -f "$stamp"
cmake ${reason:+--fresh} --preset "$preset"
printf '%s\n' "$wanted" > "$stamp"
echo "GCC $("${CXX:-c++}" -dumpfullversion 2> /dev/null || echo '?')," \
  "Thrift $(versionOf libthrift-dev), RocksDB $(versionOf librocksdb-dev)" \
  ${reason:+"(anew: $reason)"}

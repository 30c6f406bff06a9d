# Sourced by server.sh: whose process is it, and who holds a port. All from /proc; no other tools.
# shellcheck shell=bash
set -euo pipefail

bootId() { cat /proc/sys/kernel/random/boot_id; }

# The start time of process $1 in clock ticks since boot; fails if it is gone or a zombie. A process
# id is used again, a process id with its start time and the boot's id never.
startTimeOf() {
  local line fields
  line=$(cat "/proc/$1/stat" 2> /dev/null) || return 1
  read -ra fields <<< "${line##*) }"
  [[ ${fields[0]} != Z && ${fields[0]} != X ]] || return 1
  echo "${fields[19]}"
}

# writePid FILE PID
writePid() {
  local started
  started=$(startTimeOf "$2") || return 1
  printf '%s %s %s\n' "$2" "$started" "$(bootId)" > "$1"
}

# The process of pid file $1, if it is still the very one that wrote it.
livePid() {
  local pid started boot
  [[ -s $1 ]] || return 1
  read -r pid started boot < "$1" || return 1
  [[ $pid =~ ^[0-9]+$ && $boot == "$(bootId)" ]] || return 1
  [[ $(startTimeOf "$pid") == "$started" ]] || return 1
  echo "$pid"
}

isPaused() {
  local line
  line=$(cat "/proc/$1/stat" 2> /dev/null) || return 1
  [[ ${line##*) } == T* ]]
}

# waitGone PID SECONDS: whether the process ended in that time.
waitGone() {
  local tries=$(($2 * 20))
  while startTimeOf "$1" > /dev/null; do
    ((tries-- > 0)) || return 1
    sleep 0.05
  done
}

# The inode of the socket that listens on port $1 of loopback or of every address.
listenerInode() {
  local port file
  port=$(printf '%04X' "$1")
  for file in /proc/net/tcp /proc/net/tcp6; do
    [[ -r $file ]] || continue
    awk -v port="$port" '
      { n = split($2, local, ":") }
      $4 == "0A" && local[n] == port &&
        (local[1] ~ /^(0100007F|0+|0+FFFF00000100007F|0+01000000)$/) { print $10; exit }' "$file"
  done | head -n 1
}

# "pid 4711 (java)" for the holder of port $1; fails if the port is free.
holderOf() {
  local inode link pid
  inode=$(listenerInode "$1")
  [[ -n $inode ]] || return 1
  for link in /proc/[0-9]*/fd/*; do
    if [[ $(readlink "$link" 2> /dev/null) == "socket:[$inode]" ]]; then
      pid=${link#/proc/}
      pid=${pid%%/*}
      echo "pid $pid ($(cat "/proc/$pid/comm" 2> /dev/null || echo gone))"
      return 0
    fi
  done
  echo "a process of another user"
}

now() { echo "${EPOCHREALTIME/[^0-9]/}"; }  # microseconds

# "0.4 s" since the moment $1.
since() {
  local tenths=$((($(now) - $1 + 50000) / 100000))
  echo "$((tenths / 10)).$((tenths % 10)) s"
}

#!/usr/bin/env bats
# scripts/completion.bash: what `henge help` says, and nothing else.

load kit

setup() {
  # shellcheck source=scripts/completion.bash
  source "$TEST_SOURCE/scripts/completion.bash"
  henge=$TEST_BIN/henge
}

# What is offered for the last of these words.
offered() {
  # shellcheck disable=SC2034  # read by _henge
  COMP_WORDS=("$henge" "$@") COMP_CWORD=$#
  _henge
  echo "${COMPREPLY[*]}"
}

@test "every command of henge help, and what begins as it was typed" {
  commands=$("$henge" help | awk '/^(Only|Flags)/ { exit } /^  [a-z]/ { print $1 }' | paste -sd' ')
  [[ $commands == *"put get remove"* ]]
  [[ $(offered "") == "$commands" ]]
  [[ $(offered help "") == "$commands" ]]
  [[ $(offered pu) == put ]]
  [[ $(offered nosuch) == "" ]]
}

@test "every flag of henge help is a flag that henge takes" {
  for flag in $(offered --); do
    run "$henge" "$flag" --help
    [[ $output != *"unknown flag"* ]]
  done
  [[ " $(offered get k --) " == *" --node "* ]]
  [[ $(offered --out) == --output ]]
}

@test "values of flags" {
  [[ $(offered --output "") == "text json" ]]
  [[ $(offered get k --color a) == "auto always" ]]
  [[ $(offered --timeout_ms "") == "" ]]
  export HENGE_NODES=127.0.0.1:9000,127.0.0.1:9001
  [[ $(offered --node "") == "127.0.0.1:9000 127.0.0.1:9001" ]]
}

@test "levels stand where the command has them" {
  [[ $(offered get k "") == "one quorum all" ]]
  [[ $(offered put k v q) == quorum ]]
  [[ $(offered put k "") == "" ]]
  [[ $(offered delete k o) == one ]]
  [[ $(offered -q --node 127.0.0.1:9000 get k "") == "one quorum all" ]]
  [[ $(offered get -1 "") == "one quorum all" ]]
  [[ $(offered accept 3 "") == --yes ]]
}

@test "a command that is new in henge help is completed as it is" {
  henge=$BATS_TEST_TMPDIR/henge
  cat > "$henge" << 'HELP'
#!/bin/bash
if [[ ${2:-} == dance ]]; then
  echo "henge dance <partner> [waltz|tango]      move"
else
  printf 'henge\n\n  dance   <partner> [waltz|tango]  move\n\nFlags\n  --tempo slow|fast   how\n\n'
fi
HELP
  chmod +x "$henge"
  [[ $(offered "") == dance ]]
  [[ $(offered dance you "") == "waltz tango" ]]
  [[ $(offered --tempo "") == "slow fast" ]]
}

@test "no henge, no noise" {
  henge=$BATS_TEST_TMPDIR/nosuch
  [[ $(offered "" 2>&1) == "" ]]
}

@test "it is there for henge by any path" {
  [[ $(complete -p henge) == *"-F _henge henge" ]]
}

@test "cmake --install puts it where bash looks for it" {
  run -0 cmake --install "$TEST_BIN/.." --component completion --prefix "$BATS_TEST_TMPDIR/usr"
  cmp "$TEST_SOURCE/scripts/completion.bash" \
    "$BATS_TEST_TMPDIR/usr/share/bash-completion/completions/henge"
}

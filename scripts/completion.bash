# Completion of `henge` for bash. In the source tree:  source scripts/completion.bash
#
# Commands, levels and flags are read from what `henge help` says: those of the program at hand.
# shellcheck shell=bash

# The rows of the overview above the flags, or the flags' rows.
_henge_rows() {  # commands | flags
  awk -v wanted="$1" '
    /^Flags/ { part = "flags"; next }
    /^Only/ { part = "lines"; next }
    /^$/ { if (part == "flags") exit; part = "commands"; next }
    part == wanted && /^  / { print }' <<< "$_henge_help"
}

_henge_commands() { _henge_rows commands | awk '{ print $1 }'; }
_henge_flags() { _henge_rows flags | grep -o -- '--[a-z_]*'; }

# "text|json" for --output, nothing for a flag that takes no value.
_henge_value_of() { _henge_rows flags | sed -nE "s/^.*$1 ([^ ]+)( .*)?\$/\\1/p" | head -n 1; }

# The words of command $1, aliases too: "<key> [one|quorum|all]".
_henge_words_of() {
  "$_henge_program" help "$1" 2> /dev/null | sed -nE '1s/^henge [^ ]+ ?(.*[^ ])?  .*/\1/p'
}

_henge() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local _henge_program=${COMP_WORDS[0]/#\~/$HOME} _henge_help
  local command='' at=0 i value words=() offered=''
  COMPREPLY=()
  _henge_help=$("$_henge_program" help 2> /dev/null) || return 0

  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ ${COMP_WORDS[i]} == --?* || ${COMP_WORDS[i]} == -? && -z $command ]]; then
      [[ -z $(_henge_value_of "${COMP_WORDS[i]}") ]] || i=$((i + 1))
    elif [[ -z $command ]]; then
      command=${COMP_WORDS[i]}
    else
      at=$((at + 1))
    fi
  done
  [[ -z $command ]] || read -ra words <<< "$(_henge_words_of "$command")"

  value=''
  [[ $previous != --* ]] || value=$(_henge_value_of "$previous")
  if [[ -n $value ]]; then
    case $value in
      *'|'*) offered=${value//|/ } ;;
      host:port) offered=${HENGE_NODES//,/ } ;;
    esac
  elif [[ $current == -* ]]; then
    offered=$(_henge_flags)
    for value in "${words[@]}"; do [[ $value != --* ]] || offered+=" $value"; done
  elif [[ -z $command ]]; then
    offered=$(_henge_commands)
  else
    value=${words[at]:-}
    case $value in
      '[<command>]') offered=$(_henge_commands) ;;
      '['*'|'*']') value=${value#\[} value=${value%\]} offered=${value//|/ } ;;
      --*) offered=$value ;;
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$offered" -- "$current")
}

complete -F _henge henge

/**
 * What each shell reads once. It asks `daypass complete <shell> -- <words>` at each Tab; the answer's first line says
 * what follows: `words`, of which each line has one and its description after a tab; `files`; or `command <n>`, where the
 * shell completes the words from n on as a command line of its own. Words hold nothing that a shell reads as more than
 * itself.
 */
export const completionShells = ['bash', 'zsh', 'fish'] as const;

export type CompletionShell = (typeof completionShells)[number];

/** From 3.2 on, which macOS has: no mapfile, and compopt only where there is one. */
const bash = `# daypass completion bash
_daypass() {
  local kind from line current="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=()
  {
    read -r kind from
    while IFS=$'\\t' read -r line _; do COMPREPLY+=("$line"); done
  } < <(daypass complete bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2> /dev/null < /dev/null)
  case "$kind" in
    command)
      if declare -F _command_offset > /dev/null; then
        _command_offset "$from"
      elif [ "$COMP_CWORD" -eq "$from" ]; then
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -c -- "$current")
      else
        kind=files
      fi ;;
  esac
  if [ "$kind" = files ]; then
    [ "$current" != = ] || current=
    compopt -o filenames 2> /dev/null
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current")
  fi
}
complete -F _daypass daypass
`;

const zsh = `#compdef daypass
_daypass() {
  local -a answer described
  local kind line word description
  answer=("\${(@f)$(daypass complete zsh -- "\${(@Q)words[2,CURRENT]}" 2> /dev/null < /dev/null)}")
  kind="\${answer[1]}"
  answer=("\${(@)answer[2,-1]}")
  case "$kind" in
    files)
      [[ "$PREFIX" != --*=* ]] || compset -P '*='
      _files ;;
    command\\ *)
      local -i from="\${kind#command }"
      words=("\${(@)words[from + 1,-1]}")
      (( CURRENT -= from ))
      _normal ;;
    words)
      for line in "\${(@)answer}"; do
        [[ -n "$line" ]] || continue
        word="\${line%%$'\\t'*}"
        description="\${line#*$'\\t'}"
        described+=("\${word//:/\\\\:}\${description:+:$description}")
      done
      _describe -t daypass daypass described ;;
  esac
}
if [[ "\${funcstack[1]}" == _daypass ]]; then
  _daypass "$@"
elif (( $+functions[compdef] )); then
  compdef _daypass daypass
fi
`;

const fish = `# daypass completion fish
function __daypass_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -e words[1]
    set -l answer (daypass complete fish -- $words "$current" 2>/dev/null </dev/null)
    set -l kind (string split ' ' -- "$answer[1]")
    set -e answer[1]
    switch "$kind[1]"
        case files
            __fish_complete_path "$current"
        case command
            # Indexes count from 1 here, and the program's name is gone.
            set -l inner $words[$kind[2]..-1]
            complete --do-complete (string join ' ' -- (string escape -- $inner) "$current")
        case words
            test (count $answer) -eq 0; or printf '%s\\n' $answer
    end
end
complete --command daypass --no-files --keep-order --arguments '(__daypass_complete)'
`;

export const completionScripts: Readonly<Record<CompletionShell, string>> = { bash, zsh, fish };

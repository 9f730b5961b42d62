/**
 * What a shell has to be told. Each script asks `kdiag __complete -- WORDS`, the last word being the one under the cursor. The answer is
 * what kubectl, too, expects of a plug-in: a line for each candidate, `VALUE` or `VALUE<tab>DESCRIPTION`, then `:4`, or `:0` for files too.
 */
export const scripts: Readonly<Record<'bash' | 'zsh' | 'fish', string>> = {
  bash: String.raw`# kdiag in bash: source <(kdiag completion bash)
_kdiag() {
  local line word cur prefix directive=4 i
  local -a words=()
  # bash has split words at = and :, which kdiag wants whole; what is replaced is the last piece only
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=${'$'}{COMP_WORDS[i]}
    if ((i > 1)) && { [[ $word == [=:]* ]] || [[ ${'$'}{COMP_WORDS[i-1]} == *[=:] ]]; } && [[ $COMP_LINE == *"${'$'}{words[-1]}$word"* ]]; then words[-1]+=$word; else words+=("$word"); fi
  done
  cur=${'$'}{words[-1]-}
  case $COMP_WORDBREAKS in *[=:]*) prefix=${'$'}{cur%"${'$'}{cur##*[=:]}"} ;; esac
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :[0-9]*) directive=${'$'}{line#:} ;;
      *) word=${'$'}{line%%$'\t'*}; if [[ $word == "$cur"* ]]; then COMPREPLY+=("${'$'}{word#"$prefix"}"); fi ;;
    esac
  done < <(kdiag __complete -- "${'$'}{words[@]}" 2> /dev/null < /dev/null)
  if [[ $directive == 0 ]]; then
    compopt -o filenames 2> /dev/null
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "${'$'}{cur#"$prefix"}")
  fi
}
complete -F _kdiag kdiag
`,
  zsh: String.raw`#compdef kdiag
# kdiag in zsh: source <(kdiag completion zsh), after compinit; or this text as _kdiag in a folder of $fpath
_kdiag() {
  local line value directive=4
  local -a values shown
  for line in "${'$'}{(@f)$(kdiag __complete -- "${'$'}{(@Q)words[2,CURRENT]}" 2> /dev/null < /dev/null)}"; do
    case $line in
      ('') ;;
      (:<->) directive=${'$'}{line#:} ;;
      (*)
        value=${'$'}{line%%$'\t'*}
        values+=("$value")
        if [[ $line == *$'\t'* ]]; then shown+=("$value  -- ${'$'}{line#*$'\t'}"); else shown+=("$value"); fi ;;
    esac
  done
  (( $#values )) && compadd -l -d shown -a values
  if [[ $directive == 0 ]]; then
    compset -P '--*='
    _files
  fi
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _kdiag "$@"; else compdef _kdiag kdiag; fi
`,
  fish: String.raw`# kdiag in fish: kdiag completion fish | source
function __kdiag_complete
  set -l words (commandline -opc)
  set -e words[1]
  set -l current (commandline -ct)
  for line in (kdiag __complete -- $words "$current" 2> /dev/null < /dev/null)
    switch $line
      case ':0'
        set -l file (string replace -r -- '^--[^=]*=' '' "$current")
        set -l before (string match -r -- '^--[^=]*=' "$current")
        for path in (__fish_complete_path "$file"); printf '%s%s\n' "$before" "$path"; end
      case ':*'
      case '*'
        printf '%s\n' $line
    end
  end
end
complete -c kdiag -f -a '(__kdiag_complete)'
`,
};

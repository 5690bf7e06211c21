/** What each shell is told: to ask `keyturn __complete` with the number of the word that is being typed, and the words. */

export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const
export type Shell = (typeof SHELLS)[number]

/**
 * bash splits words at `=`, `:` and `@` and replaces only what stands behind the last of them. So the line is split here
 * once more, and of each candidate that end is given. Names come from a service, so they are quoted. bash 3.2 runs it too.
 */
const BASH = `# completion of keyturn for bash
_keyturn() {
  local IFS=$' \\t\\n' line=\${COMP_LINE:0:COMP_POINT} words candidate quoted
  read -a words <<< "$line"
  [[ $line == *[[:space:]] && $line != *\\\\[[:space:]] ]] && words+=("")
  local last=$((\${#words[@]} - 1))
  local word=\${words[last]}
  local unescaped=\${line//\\\\?/_}
  local tail=\${unescaped##*["$COMP_WORDBREAKS"]}
  local ending=\${word:$((\${#word} - \${#tail}))}
  local beginning=\${word%"$ending"}
  COMPREPLY=()
  while IFS=$'\\t' read -r candidate _; do
    case $candidate in
      :files) compopt -o default 2> /dev/null || COMPREPLY=($(compgen -f -- "$ending")) ;;
      :commands) COMPREPLY=($(compgen -c -- "$ending")) ;;
      *)
        printf -v quoted %q "\${candidate#"$beginning"}"
        COMPREPLY+=("$quoted")
        ;;
    esac
  done < <(keyturn __complete $((last - 1)) "\${words[@]:1}" 2> /dev/null)
}
complete -F _keyturn keyturn
`

/** Works both ways: sourced, and as the file _keyturn in a folder of $fpath. */
const ZSH = `#compdef keyturn
# completion of keyturn for zsh
_keyturn() {
  local -a found candidates
  local line word tab=$'\\t'
  found=("\${(@f)$(keyturn __complete $((CURRENT - 2)) "\${(@Q)words[2,CURRENT]}" 2> /dev/null)}")
  for line in "\${found[@]}"; do
    word=\${line%%$tab*}
    case $word in
      '') ;;
      :files) _files; return ;;
      :commands) _command_names -e; return ;;
      *) candidates+=("\${word//:/\\\\:}:\${line#*$tab}") ;;
    esac
  done
  _describe keyturn candidates
}
if [[ $funcstack[1] == _keyturn ]]; then
  _keyturn "$@"
else
  compdef _keyturn keyturn
fi
`

const FISH = `# completion of keyturn for fish
function __keyturn_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l found (keyturn __complete (math (count $words) - 1) $words[2..-1] "$current" 2> /dev/null)
    switch "$found[1]"
        case :files
            __fish_complete_path "$current"
        case :commands
            __fish_complete_command
        case '*'
            printf '%s\\n' $found
    end
end
complete -c keyturn -f -a '(__keyturn_complete)'
`

/** Not every PowerShell passes on a last word that is empty, so the number of words tells. */
const POWERSHELL = `# completion of keyturn for PowerShell
Register-ArgumentCompleter -Native -CommandName keyturn -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.StartOffset -lt $cursorPosition } |
        ForEach-Object { if ($_.Value -is [string]) { $_.Value } else { $_.Extent.Text } })
    $index = if ($wordToComplete -eq '') { $words.Count } else { $words.Count - 1 }
    keyturn __complete $index @words 2> $null | ForEach-Object {
        if ($_ -eq ':files' -or $_ -eq ':commands') { return }
        $word, $meaning = $_ -split "\`t", 2
        $quoted = if ($word -match '^[\\w@.:=/-]+$') { $word } else { "'" + $word.Replace("'", "''") + "'" }
        if (-not $meaning) { $meaning = $word }
        [System.Management.Automation.CompletionResult]::new($quoted, $word, 'ParameterValue', $meaning)
    }
}
`

export const SCRIPTS: Record<Shell, string> = { bash: BASH, zsh: ZSH, fish: FISH, powershell: POWERSHELL }

// Writes completion scripts from the table of commands: words for commands and flags, nothing that asks the cluster.
import { type CommandName, commandNames, commands, flagsOf } from './commands.ts'
import { UsageError } from './failure.ts'
import { suggestion } from './nearest.ts'

const program = 'kubectl-tidegate'

const first = `${commandNames.join(' ')} help`

/** `approve) list='--stage --reason' ;;`: what may follow a command. */
const cases = (): string =>
  commandNames
    .map(name => `    ${name}) list='${wordsOf(name)}' ;;`)
    .concat(`    help) list='${commandNames.join(' ')}' ;;`)
    .join('\n')

const wordsOf = (name: CommandName): string =>
  [...(name === 'completion' ? Object.keys(scripts) : []), ...flagsOf(name).map(flag => `--${flag}`)].join(' ')

const bash = (): string => `# In ~/.bashrc: source <(${program} completion bash)
_kubectl_tidegate() {
  local word list='${first}'
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in
${cases()}
    esac
  done
  COMPREPLY=($(compgen -W "$list" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _kubectl_tidegate ${program}
`

const zsh = (): string => `# In ~/.zshrc, after compinit: source <(${program} completion zsh)
_kubectl_tidegate() {
  local word list='${first}'
  for word in \${words[2,CURRENT-1]}; do
    case "$word" in
${cases()}
    esac
  done
  compadd -- \${=list}
}
compdef _kubectl_tidegate ${program}
`

const fish = (): string =>
  [
    `# In ~/.config/fish/config.fish: ${program} completion fish | source`,
    `complete -c ${program} -f`,
    ...commandNames.map(name => `complete -c ${program} -n __fish_use_subcommand -a ${name} -d '${quoted(commands[name].says)}'`),
    ...commandNames.map(name => `complete -c ${program} -n '__fish_seen_subcommand_from ${name}' -a '${wordsOf(name)}'`),
    '',
  ].join('\n')

const quoted = (text: string): string => text.replaceAll("'", "\\'")

/** kubectl runs it with the words so far, the last one half written, and reads words and the number of a directive. */
const kubectl = (): string => `#!/bin/sh
# As kubectl_complete-tidegate, executable, on the PATH: then kubectl completes the words after "kubectl tidegate".
list='${first}'
while [ $# -gt 1 ]; do
  case "$1" in
${cases()}
  esac
  shift
done
printf '%s\\n' $list
echo :4
`

const scripts: Record<string, () => string> = { bash, zsh, fish, kubectl }

export const completion = (shell: string): string => {
  const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined
  if (!script) throw new UsageError(`no completion for ${JSON.stringify(shell)}${suggestion(shell, Object.keys(scripts))}`)
  return script()
}

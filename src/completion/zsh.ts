import type { CompletedCommand, CompletedOption, Values } from './model.js';

/** A completion script for zsh: a file _harden in a folder of $fpath, or sourced behind compinit. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  const named = commands.filter(({ name }) => name !== '');
  const cases = named.map(
    (command) => `    ${command.name})\n      _arguments -s -S \\\n${specs(command, '*')}\n      ;;`,
  );
  const plain = commands.find(({ name }) => name === '');
  const list = named.map(
    ({ name, describe }) => `    ${quoted(`${name}:${describe.replaceAll(':', '\\:')}`)}`,
  );
  return `#compdef harden
# Completion of harden for zsh: harden completion zsh > a folder of $fpath/_harden

_harden_commands() {
  local -a commands
  commands=(
${list.join('\n')}
  )
  _alternative 'commands:command:{_describe command commands}' 'files:file:_files'
}

_harden() {
  local command=\${words[2,CURRENT-1][(r)(${named.map(({ name }) => name).join('|')})]}
  case $command in
${cases.join('\n')}
    *)
      _arguments -s -S \\
${plain === undefined ? '' : optionSpecs(plain)} \\
        '1: :_harden_commands' '*:file:_files'
      ;;
  esac
}

if [[ $funcstack[1] == _harden ]]; then _harden "$@"; else compdef _harden harden; fi
`;
}

/** @param rest where the words of the command stand: the command's own name is the first. */
function specs(command: CompletedCommand, rest: string): string {
  const words = `        ${quoted(`1: :(${command.name})`)} ${quoted(`${rest}:word:${action(command.positional)}`)}`;
  return `${optionSpecs(command)} \\\n${words}`;
}

function optionSpecs({ options }: CompletedCommand): string {
  return options.map((option) => `        ${optionSpec(option)}`).join(' \\\n');
}

function optionSpec({ flag, describe, values }: CompletedOption): string {
  const text = describe.replace(/[[\]:\\]/g, (letter) => `\\${letter}`);
  const argument = values.kind === 'none' ? '' : `:value:${action(values)}`;
  const repeated = values.kind === 'words' && values.list ? '*' : '';
  return quoted(`${repeated}${flag}${values.kind === 'none' ? '' : '='}[${text}]${argument}`);
}

function action(values: Values): string {
  switch (values.kind) {
    case 'words':
      return values.list ? `_values -s , value ${values.words.join(' ')}` : `(${values.words.join(' ')})`;
    case 'files':
      return '_files';
    case 'none':
    case 'text':
      return ' ';
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

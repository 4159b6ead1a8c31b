import type { CompletedCommand, Values } from './model.js';

/** A completion script for fish: ~/.config/fish/completions/harden.fish */
export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const named = commands.filter(({ name }) => name !== '').map(({ name }) => name);
  const lines = commands.flatMap(({ name, describe, options, positional }) => {
    const inIt =
      name === ''
        ? `not __fish_seen_subcommand_from ${named.join(' ')}`
        : `__fish_seen_subcommand_from ${name}`;
    const start = `complete -c harden -n ${quoted(inIt)}`;
    return [
      ...(name === ''
        ? []
        : [`complete -c harden -n __fish_use_subcommand -a ${name} -d ${quoted(describe)}`]),
      ...(positional.kind === 'words' ? [`${start} -f -a ${quoted(positional.words.join(' '))}`] : []),
      ...(positional.kind === 'none' || positional.kind === 'text' ? [`${start} -f`] : []),
      ...options.map(
        (option) =>
          `${start} -l ${option.flag.slice(2)}${action(option.values)} -d ${quoted(option.describe)}`,
      ),
    ];
  });
  return `# Completion of harden for fish: harden completion fish | source\n\n${LIST}\n${lines.join('\n')}\n`;
}

/** Several words with commas between them: each is completed behind those that stand. */
const LIST = `function __harden_list
    set -l before (string match -r '^.*,' -- (commandline -ct | string replace -r '^--[^=]*=' ''))
    for word in $argv
        echo "$before$word"
    end
end
`;

function action(values: Values): string {
  switch (values.kind) {
    case 'words': {
      const words = values.words.join(' ');
      return ` -x -a ${quoted(values.list ? `(__harden_list ${words})` : words)}`;
    }
    case 'files':
      return ' -r -F';
    case 'text':
      return ' -x';
    case 'none':
      return '';
  }
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, (letter) => `\\${letter}`)}'`;
}

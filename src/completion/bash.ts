import type { CompletedCommand, Values } from './model.js';

const WORDS = `_harden_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
}

# The last of several words with commas between them.
_harden_list() {
  local before=''
  if [[ $cur == *,* ]]; then before="\${cur%,*},"; fi
  mapfile -t COMPREPLY < <(compgen -P "$before" -W "$1" -- "\${cur##*,}")
  compopt -o nospace
}

_harden_files() {
  compopt -o filenames
  mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}
`;

/** A completion script for bash 4.4 and newer. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name).filter((name) => name !== '');
  const values = commands.flatMap(({ name, options }) =>
    options.flatMap((option) =>
      option.values.kind === 'none'
        ? []
        : [`    '${name} ${option.flag}') ${action(option.values)} return ;;`],
    ),
  );
  const flags = commands.map(
    ({ name, options }) => `      '${name}') _harden_words '${options.map(({ flag }) => flag).join(' ')}' ;;`,
  );
  const words = commands.map(({ name, positional }) => `    '${name}') ${action(positional)} ;;`);
  return `# Completion of harden for bash: eval "$(harden completion bash)"

${WORDS}
_harden() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} command='' at
  # bash takes --phase=1 for three words.
  if [[ $cur == '=' ]]; then cur=''; elif [[ $prev == '=' ]]; then prev=\${COMP_WORDS[COMP_CWORD - 2]}; fi
  for ((at = 1; at < COMP_CWORD; at += 1)); do
    case "\${COMP_WORDS[at]}" in
      ${names.join(' | ')}) command=\${COMP_WORDS[at]}; break ;;
    esac
  done
  COMPREPLY=()
  case "$command $prev" in
${values.join('\n')}
  esac
  if [[ $cur == -* ]]; then
    case "$command" in
${flags.join('\n')}
    esac
    return
  fi
  case "$command" in
${words.join('\n')}
  esac
  if ((COMP_CWORD == 1)); then
    mapfile -t -O \${#COMPREPLY[@]} COMPREPLY < <(compgen -W '${names.join(' ')}' -- "$cur")
  fi
}

complete -F _harden harden
`;
}

function action(values: Values): string {
  switch (values.kind) {
    case 'words':
      return `${values.list ? '_harden_list' : '_harden_words'} '${values.words.join(' ')}';`;
    case 'files':
      return '_harden_files;';
    case 'none':
    case 'text':
      return ':;';
  }
}

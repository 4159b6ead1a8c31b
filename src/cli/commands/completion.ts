import type { Command } from '../command.js';
import { print, type ExitCode } from '../output.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

export const completionCommand: Command = {
  name: 'completion',
  describe: 'print a script that completes commands, options and transforms in a shell',
  positionals: [{ name: 'shell', required: true, describe: 'bash, zsh or fish' }],
  words: SHELLS,
  options: {},
  check: ({ shell }) =>
    SHELLS.some((one) => one === shell)
      ? undefined
      : `completion takes bash, zsh or fish, not ${String(shell)}`,
  examples: [
    ['eval "$($0 completion bash)"', 'in ~/.bashrc'],
    ['$0 completion zsh > ~/.zfunc/_harden', 'with ~/.zfunc in $fpath before compinit'],
    ['$0 completion fish > ~/.config/fish/completions/harden.fish', 'for every fish'],
  ],
  run: async ({ shell }): Promise<ExitCode> => {
    const { commands } = await import('./index.js');
    const { completedCommands } = await import('../../completion/model.js');
    const model = completedCommands(commands);
    switch (shell as (typeof SHELLS)[number]) {
      case 'bash':
        await print((await import('../../completion/bash.js')).bashCompletion(model));
        break;
      case 'zsh':
        await print((await import('../../completion/zsh.js')).zshCompletion(model));
        break;
      case 'fish':
        await print((await import('../../completion/fish.js')).fishCompletion(model));
    }
    return 0;
  },
};

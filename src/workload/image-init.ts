import type { Evidence } from '../core/types.js';
import type { Instruction } from '../formats/dockerfile/document.js';
import type { ImageBuild } from './dockerfile.js';
import { likely, type Need } from './model.js';
import { lacksInit } from './pid-one.js';

/** What reaps and passes signals on, by the names of programs and packages. */
export const INIT =
  /(?:^|[\s"'/=[,])(?:tini(?:-static)?|dumb-init|catatonit|docker-init|init|my_init|s6-svscan|s6-overlay[\w.-]*|supervisor(?:d)?|systemd|runit|runsvdir(?:-start)?|multirun|procd|pid1|horust|pm2-runtime)(?=$|[\s"',\]])/;

/** Whether PID 1 of a built image is a program that isn't made for it. A guess is no. */
export function imageLacksInit(
  build: ImageBuild,
  /** What takes the place of CMD. */
  command: readonly string[] | undefined,
  evidence: readonly Evidence[],
): Need<boolean> {
  const { startup, facts } = build;
  const texts = [startup.entrypoint?.argumentText, startup.command?.argumentText];
  const installs = build.runCommands.map(({ words }) => words.map(({ text }) => text).join(' '));
  const brought = [...texts, ...startup.scripts.map(({ text }) => text), ...installs];
  if (build.family === 'windows' || brought.some((text) => INIT.test(text ?? ''))) return likely(false);
  // The base's entrypoint may be an init.
  if (startup.entrypoint === undefined && facts?.init?.brings !== false) return likely(false);
  const cmd = command ?? instructionWords(startup.command);
  const words =
    startup.entrypoint === undefined
      ? cmd
      : [...instructionWords(startup.entrypoint), ...(startup.entrypoint.json === undefined ? [] : cmd)];
  return lacksInit(words, startup.scripts, evidence);
}

/** https://docs.docker.com/reference/dockerfile/#shell-and-exec-form */
function instructionWords(instruction: Instruction | undefined): readonly string[] {
  if (instruction === undefined) return [];
  return instruction.json ?? ['/bin/sh', '-c', instruction.argumentText];
}

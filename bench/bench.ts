/**
 * `npm run build && npm run bench`: measures the built command line on generated trees and says whether the goals
 * hold; exit code 1 when one does not. Every run is a process of its own, and the figures are medians.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { packageRoot } from '../src/io/package.js';
import { measure, type Measurement, type Subject } from './measure.js';
import { createTree } from './tree.js';

const SIZES = [1_000, 10_000] as const;
const ROUNDS = { 1_000: 5, 10_000: 3, startUp: 15 } as const;

const GOALS = {
  /** Wall time for 10,000 files, as a multiple of the parse floor's. */
  toFloor: 3,
  /** Peak memory for 10,000 files, as a multiple of that for 1,000. */
  memory: 1.5,
  /** Wall time of --version, as a multiple of an empty script's. */
  version: 2,
} as const;

const ROOT = packageRoot();
const MAIN = join(ROOT, 'dist', 'src', 'cli', 'main.js');
const FLOOR = 'parse floor';
const MODES: readonly Subject[] = [
  { name: 'harden, json', args: [MAIN, '--output', 'json'] },
  { name: 'harden, text', args: [MAIN] },
];

type Figures = ReadonlyMap<string, Measurement>;
type Row = readonly (string | number)[];

/** Puts the floor beside the built parsers, so that it is plain JavaScript as they are. */
function buildFloor(): { script: string; remove: () => void } {
  const folder = join(ROOT, 'dist', 'bench');
  const script = join(folder, 'floor.js');
  const source = readFileSync(join(ROOT, 'bench', 'floor.ts'), 'utf8');
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(script, outputText);
  return { script, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function measureTree(count: keyof typeof ROUNDS & number, floorScript: string): Figures {
  const tree = createTree(count);
  const list = join(tree.folder, 'files.json');
  writeFileSync(list, JSON.stringify(tree.files));
  try {
    const floor = { name: FLOOR, args: [floorScript, tree.folder, list] };
    return measure([floor, ...MODES], { cwd: tree.folder, rounds: ROUNDS[count], usage: true });
  } finally {
    tree.remove();
  }
}

function measureStartUp(): Figures {
  const tree = createTree(3);
  const subjects: readonly Subject[] = [
    { name: 'node -e 0', args: ['-e', '0'] },
    { name: 'harden --version', args: [MAIN, '--version'] },
    ...tree.files.map(({ path, format }) => ({ name: `harden, one ${format} file`, args: [MAIN, path] })),
  ];
  try {
    return measure(subjects, { cwd: tree.folder, rounds: ROUNDS.startUp, usage: false });
  } finally {
    tree.remove();
  }
}

function treeRows(size: number, figures: Figures): Row[] {
  const floor = figures.get(FLOOR)!;
  return [...figures].map(([name, { wallMs, cpuMs, peakMiB }]) => [
    `${name}, ${size.toLocaleString('en')} files`,
    Math.round(wallMs),
    Math.round(cpuMs),
    Math.round(peakMiB),
    (wallMs / floor.wallMs).toFixed(2),
    (cpuMs / floor.cpuMs).toFixed(2),
  ]);
}

function startUpRows(figures: Figures): Row[] {
  return [...figures].map(([name, { wallMs }]) => [name, Math.round(wallMs)]);
}

function printTable(heads: readonly string[], rows: readonly Row[]): void {
  const cells = [heads, ...rows].map((row) => row.map(String));
  const widths = heads.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  ');
  console.log(`${cells.map(line).join('\n')}\n`);
}

function printGoal(what: string, reached: number, goal: number): boolean {
  const holds = reached <= goal;
  console.log(`${holds ? 'holds ' : 'MISSED'}  ${what}: ${reached.toFixed(2)}x (goal ${goal}x)`);
  return holds;
}

function main(): void {
  const floor = buildFloor();
  try {
    const [small, large] = SIZES.map((size) => measureTree(size, floor.script)) as [Figures, Figures];
    const startUp = measureStartUp();
    const heads = ['', 'wall ms', 'CPU ms', 'peak MiB', 'wall : floor', 'CPU : floor'];
    printTable(heads, [...treeRows(SIZES[0], small), ...treeRows(SIZES[1], large)]);
    printTable(['start-up', 'wall ms'], startUpRows(startUp));

    const wall = (figures: Figures, name: string): number => figures.get(name)!.wallMs;
    const held = [
      ...MODES.flatMap(({ name }) => [
        printGoal(
          `${name}: 10,000 files to the parse floor`,
          wall(large, name) / wall(large, FLOOR),
          GOALS.toFloor,
        ),
        printGoal(
          `${name}: peak memory of 10,000 to 1,000 files`,
          large.get(name)!.peakMiB / small.get(name)!.peakMiB,
          GOALS.memory,
        ),
      ]),
      printGoal(
        '--version to node -e 0',
        wall(startUp, 'harden --version') / wall(startUp, 'node -e 0'),
        GOALS.version,
      ),
    ];
    process.exitCode = held.every((goal) => goal) ? 0 : 1;
  } finally {
    floor.remove();
  }
}

main();

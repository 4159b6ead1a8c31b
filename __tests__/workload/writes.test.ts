import { expect, test } from '@jest/globals';
import type { ProgramSource } from '../../src/workload/runtime/sources.js';
import { ownWrites } from '../../src/workload/runtime/writes.js';

function placesIn(language: ProgramSource['language'], text: string, file = 'src/main'): readonly string[] {
  return ownWrites([{ file, text, language, entry: true }], '/app', '.').map(({ path }) => path);
}

test.each([
  ["fs.mkdirSync('uploads')", ['/app/uploads']],
  ['await mkdir(`./data/day-${day}/x`)', ['/app/data']],
  ["fs.writeFile(path.join(__dirname, '..', 'data', `${name}.json`), text, done)", ['/app/data']],
  ['fs.createWriteStream(`${__dirname}/x.log`)', ['/app/src/x.log']],
  ["fs.appendFileSync(process.cwd() + '/x.log', line)", ['/app/x.log']],
  [
    "const data: string = resolve('data');\nconst all = join(data, 'all');\nmkdirSync(all, options)",
    ['/app/data/all'],
  ],
  ["new Database('app.db')", ['/app/app.db']],
  ["new Database(':memory:')", []],
  ["fs.mkdirSync('/var/lib/app')", []],
  ["fs.mkdirSync(path.join(os.tmpdir(), 'x'))", []],
  ["const data = process.env.DATA ?? 'data';\nfs.mkdirSync(data)", []],
  ['const a = b;\nconst b = a;\nfs.mkdirSync(a)', []],
  ["// fs.mkdirSync('uploads')", []],
  ["fs.readFileSync('package.json')", []],
])('Node.js: %s', (text, places) => {
  expect(placesIn('node', text)).toEqual(places);
});

test.each([
  ["with open('out.txt', 'w') as out:", ['/app/out.txt']],
  ["open(os.path.join(os.path.dirname(__file__), 'out.txt'), mode)", []],
  ["open(os.path.join(os.path.dirname(__file__), 'out.txt'), 'ab')", ['/app/src/out.txt']],
  ["DATA = os.path.join(os.getcwd(), 'data')\nos.makedirs(DATA, exist_ok=True)", ['/app/data']],
  ["logging.FileHandler('app.log')", ['/app/app.log']],
  ["open('settings.ini')", []],
  ["open('settings.ini', 'r')", []],
  ["open(f'{folder}/x', 'w')", []],
])('Python: %s', (text, places) => {
  expect(placesIn('python', text)).toEqual(places);
});

test.each([
  ['os.MkdirAll("data", 0o755)', ['/app/data']],
  ['os.WriteFile(filepath.Join("data", name), body, 0o600)', ['/app/data']],
  ['os.Create(path)', []],
])('Go: %s', (text, places) => {
  expect(placesIn('go', text)).toEqual(places);
});

test('names the line, and the place in an image that is built from a folder below', () => {
  const text = "const fs = require('fs');\r\n  fs.mkdirSync(`${__dirname}/cache`);\r\n";
  const source: ProgramSource = { file: 'web/app.js', text, language: 'node', entry: true };
  expect(ownWrites([source], '/app', 'web')).toEqual([
    {
      path: '/app/cache',
      evidence: { file: 'web/app.js', line: 2, text: 'fs.mkdirSync(`${__dirname}/cache`);' },
    },
  ]);
});

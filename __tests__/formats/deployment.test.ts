import { describe, expect, test } from '@jest/globals';
import { applyEdits } from '../../src/core/text.js';
import { blueprintServices, pointBlueprint } from '../../src/formats/render-yaml/blueprint.js';
import { flyBuild, pointFly } from '../../src/formats/toml/fly.js';

/** The text that builds from the hardened Dockerfile, or why there is none. */
function fly(text: string): string {
  const edits = pointFly(text, 'Dockerfile.hardened');
  return edits.ok ? applyEdits(text, edits.edits) : edits.reason;
}

function blueprint(text: string): string {
  const edits = pointBlueprint(text, ({ dockerfile }) => `${dockerfile}.hardened`);
  return edits.ok ? applyEdits(text, edits.edits) : edits.reason;
}

const KEY = 'dockerfile = "Dockerfile.hardened"';

describe('fly.toml', () => {
  test.each([
    [
      'a name',
      'app = \'a\'\n[build]\n  dockerfile = "Dockerfile" # c\n[env]\n',
      `app = 'a'\n[build]\n  ${KEY} # c\n[env]\n`,
    ],
    [
      'a literal',
      "app = 'a'\nbuild.dockerfile = 'D'\n",
      "app = 'a'\nbuild.dockerfile = 'Dockerfile.hardened'\n",
    ],
    [
      'an empty section',
      "app = 'a'\n[build] # b\n\n[env]\n  A = '1'\n",
      `app = 'a'\n[build] # b\n  ${KEY}\n\n[env]\n  A = '1'\n`,
    ],
    ['other keys', "app = 'a'\n[build]\n\ttarget = 'x'\n", `app = 'a'\n[build]\n\t${KEY}\n\ttarget = 'x'\n`],
    ['brackets', "app = 'a'\nbuild = { target = 'x' }\n", `app = 'a'\nbuild = { ${KEY}, target = 'x' }\n`],
    [
      'no section',
      "# c\napp = 'a' # d\n\n# e\n[env]\nA = '1'\n",
      `# c\napp = 'a' # d\n\n[build]\n${KEY}\n\n# e\n[env]\nA = '1'\n`,
    ],
    [
      'only arguments',
      "app = 'a'\n[build.args]\n  A = '1'\n",
      `app = 'a'\n\n[build]\n  ${KEY}\n[build.args]\n  A = '1'\n`,
    ],
    ['CRLF and a BOM', "\ufeffapp = 'a'\r\n[build]\r\n", `\ufeffapp = 'a'\r\n[build]\r\n${KEY}\r\n`],
    ['no final newline', "app = 'a'", `app = 'a'\n\n[build]\n${KEY}`],
    [
      'a date',
      'app = "a"\nat = 2024-01-01\n[[services]]\nport = 1\n',
      `app = "a"\nat = 2024-01-01\n\n[build]\n${KEY}\n[[services]]\nport = 1\n`,
    ],
  ])('with %s builds from another Dockerfile, and nothing else changes', (_name, before, after) => {
    expect(fly(before)).toBe(after);
    expect(fly(after)).toBe(after);
    expect(flyBuild(after)).toEqual({ kind: 'dockerfile', dockerfile: 'Dockerfile.hardened' });
  });

  test('builds no Dockerfile from an image or buildpacks, or when it is of another tool', () => {
    for (const text of [
      ...[
        "app = 'a'\n[build]\nimage = 'x'\n",
        "app = 'a'\n[build]\nbuilder = 'x'\n",
        "app = 'a'\n[build]\nbuildpacks = []\n",
      ],
      ...[
        "app = 'a'\n[build]\ndockerfile = 1\n",
        "build = 'x'\n",
        "app = 'a'\nbuild = 'x'\n",
        'app = \n',
        '<x>',
      ],
    ]) {
      expect([text, flyBuild(text)]).toEqual([text, { kind: 'none' }]);
    }
    expect(flyBuild("app = 'a'\n")).toEqual({ kind: 'dockerfile', dockerfile: 'Dockerfile' });
  });

  test('is refused when it is not TOML, or its build is spread', () => {
    expect(fly('app = \n')).toBe('it is not TOML');
    expect(fly("app = 'a'\nbuild.target = 'x'\n")).toBe('its build is written key by key');
    expect(fly("app = 'a'\n[build]\ndockerfile = '''D'''\n")).toBe('its dockerfile is not a plain text');
  });
});

describe('render.yaml', () => {
  test('names the Dockerfile of each service that is built from one', () => {
    const text = `services:
  - type: web # the site
    runtime: docker   # here
    name: a
  - type: pserv
    env: docker
    dockerfilePath: './b/Dockerfile'
    rootDir: b
  - { type: worker, runtime: docker, name: c }
  - runtime: docker
    dockerfilePath: "d/Dockerfile" # d
  - type: web
    runtime: node
  - runtime: docker
    repo: https://github.com/example/other
  - runtime: image
    image: { url: x }
projects:
- environments:
  - services:
    - runtime: docker
`;
    expect(blueprintServices(text).map(({ dockerfile, rootDir }) => [dockerfile, rootDir])).toEqual([
      ...[
        ['./Dockerfile', '.'],
        ['./b/Dockerfile', 'b'],
        ['./Dockerfile', '.'],
        ['d/Dockerfile', '.'],
        ['./Dockerfile', '.'],
      ],
    ]);
    expect(blueprint(text)).toBe(
      text
        .replace('# here\n', '# here\n    dockerfilePath: ./Dockerfile.hardened\n')
        .replace("'./b/Dockerfile'", "'./b/Dockerfile.hardened'")
        .replace('docker, name', 'docker, dockerfilePath: ./Dockerfile.hardened, name')
        .replace('"d/Dockerfile"', '"d/Dockerfile.hardened"')
        .replace(/docker\n$/, 'docker\n      dockerfilePath: ./Dockerfile.hardened\n'),
    );
  });

  test('keeps its line endings, and a last line without one', () => {
    expect(blueprint('services:\r\n- runtime: docker\r\n  name: a\r\n')).toBe(
      'services:\r\n- runtime: docker\r\n  dockerfilePath: ./Dockerfile.hardened\r\n  name: a\r\n',
    );
    expect(blueprint('services:\n- runtime: docker')).toBe(
      'services:\n- runtime: docker\n  dockerfilePath: ./Dockerfile.hardened',
    );
  });

  test('is refused where services share what changes, or when it is not YAML', () => {
    const shared = 'services:\n- &a\n  runtime: docker\n- <<: *a\n  name: b\n';
    expect(blueprint(shared)).toBe('more than its Dockerfile would change');
    expect(blueprint('services: [\n')).toBe('it is not YAML');
    expect(blueprintServices('services: [\n')).toEqual([]);
    expect(blueprintServices('- a\n')).toEqual([]);
  });
});

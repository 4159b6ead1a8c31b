import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findCommand } from '../../src/verify/tools.js';
import { folderOf } from '../support/cli.js';

test.each([
  [
    '--version',
    'systemd 252 (252.39-1)\n+PAM +AUDIT -APPARMOR default-hierarchy=unified\n',
    'systemd 252 (252.39-1)',
  ],
  ['--version', 'buildah version 1.28.2\n', 'buildah version 1.28.2'],
  ['version', 'a warning\n2.24.0\n', '2.24.0'],
])('the version that %s tells as %j', async (asked, said, version) => {
  const program = join(folderOf({ tool: `#!/bin/sh\nprintf '%s' '${said}'\n` }), 'tool');
  chmodSync(program, 0o755);
  expect(await findCommand([program], [asked], {})).toMatchObject({ version });
});

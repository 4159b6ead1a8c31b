import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { answers, internetSockets, listeningOf, unixSockets } from '../../../src/verify/unit/sockets.js';

const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0
   1: 0100007F:1F91 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 100 0 0 10 0
   2: 00000000:D431 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0 100 0 0 10 0
`;
const TCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue
   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4714 1
   1: 00000000000000000000000001000000:0051 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4715 1
   2: B80D0120000000000000000001000000:0052 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4716 1
`;
const UDP = `   sl  local_address rem_address   st tx_queue rx_queue
  10: 00000000:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4717 2
`;
const UNIX = `Num       RefCount Protocol Flags    Type St Inode Path
0000000000000000: 00000002 00000000 00010000 0001 01 4718 /run/app.sock
0000000000000000: 00000002 00000000 00000000 0001 03 4719 /run/app.sock
0000000000000000: 00000002 00000000 00010000 0001 01 4720 @abstract
`;

describe('internetSockets', () => {
  const names = (text: string, table: string): readonly string[] =>
    internetSockets(text, table, 32768).map(({ listening }) => listening.name);

  it('finds what listens, but for ports that the kernel gave', () => {
    expect(names(TCP, 'tcp')).toEqual(['tcp 127.0.0.1:8080']);
    expect(names(TCP6, 'tcp6')).toEqual(['tcp [::]:80', 'tcp [::1]:81', 'tcp [2001:db8::1]:82']);
    expect(names(UDP, 'udp')).toEqual(['udp 0.0.0.0:53']);
  });

  it('knows how to connect', () => {
    expect(internetSockets(TCP6, 'tcp6', 32768)[0]).toEqual({
      inode: '4714',
      listening: { name: 'tcp [::]:80', address: { host: '::1', port: 80 } },
    });
    expect(internetSockets(UDP, 'udp', 32768)[0]!.listening.address).toBeUndefined();
  });
});

describe('unixSockets', () => {
  it('finds those that accept and have a path', () => {
    expect(unixSockets(UNIX)).toEqual([
      { inode: '4718', listening: { name: 'unix /run/app.sock', address: { path: '/run/app.sock' } } },
    ]);
  });
});

const onLinux = process.platform === 'linux' ? it : it.skip;

describe('answers', () => {
  onLinux('tells a socket of this process that listens from one that is gone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'harden-sockets-'));
    const path = join(folder, 'app.sock');
    const server = await new Promise<Server>((resolve) => {
      const created = createServer().listen(path, () => {
        resolve(created);
      });
    });
    const listening = listeningOf([process.pid])!.find(({ name }) => name === `unix ${path}`)!;
    expect(await answers(listening)).toBe(true);
    await new Promise((resolve) => server.close(resolve));
    expect(await answers(listening)).toBe(false);
    rmSync(folder, { recursive: true });
  });
});

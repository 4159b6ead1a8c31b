import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/** Where distributions put it. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The distribution's Chromium; undefined where none is installed. */
export function findChromium(): string | undefined {
  return PLACES.find((path) => existsSync(path));
}

export function launchChromium(executablePath: string, ...args: readonly string[]): Promise<Browser> {
  // /dev/shm is small in most containers.
  return chromium.launch({ executablePath, args: ['--disable-dev-shm-usage', ...args] });
}

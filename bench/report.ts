/**
 * `npm run bench:report`: opens the report on a generated tree in the distribution's Chromium and says whether the goal holds;
 * exit code 1 when it does not. The figure is the median over the rounds, each in a window of its own.
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { findChromium, launchChromium } from '../__tests__/support/chromium.js';
import { loadReportAssets } from '../src/io/report-assets.js';
import { packageVersion } from '../src/io/package.js';
import { htmlReport } from '../src/report/html/page.js';
import { survey } from '../src/survey.js';
import { createTree } from './tree.js';

const FILES = 500;
const ROUNDS = 5;
const GOAL_MS = 2_000;

function writeReport(file: string): void {
  const tree = createTree(FILES);
  try {
    const html = htmlReport(survey({ root: tree.folder, paths: ['.'] }), {
      project: `${FILES} files`,
      version: packageVersion(),
      date: 'today',
      phase: 2,
      assets: loadReportAssets(),
    });
    writeFileSync(file, html);
  } finally {
    tree.remove();
  }
}

interface Opening {
  /** Until the page is loaded, its script has run, and what it shows is painted. */
  readonly shownMs: number;
  /** Until the cards are there that the page makes after it is shown. */
  readonly wholeMs: number;
}

async function open(browser: Browser, url: string): Promise<Opening> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    const started = performance.now();
    await page.goto(url);
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done)))');
    const shownMs = performance.now() - started;
    await page.evaluate(`new Promise((done) => {
      const total = Number(document.getElementById('filters').dataset.total);
      const look = () =>
        document.querySelectorAll('.card').length === total ? done() : setTimeout(look, 10);
      look();
    })`);
    return { shownMs, wholeMs: performance.now() - started };
  } finally {
    await context.close();
  }
}

async function main(): Promise<void> {
  const executable = findChromium();
  if (executable === undefined) {
    console.log('no Chromium is installed to open the report in');
    process.exitCode = 1;
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'harden-report-'));
  const file = join(folder, 'harden-report.html');
  try {
    writeReport(file);
    const browser = await launchChromium(executable);
    const taken: Opening[] = [];
    for (let round = 0; round < ROUNDS; round += 1) taken.push(await open(browser, pathToFileURL(file).href));
    await browser.close();
    const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[ROUNDS >> 1]!;
    const median = middle(taken.map(({ shownMs }) => shownMs));
    const whole = middle(taken.map(({ wholeMs }) => wholeMs));
    const megabytes = (statSync(file).size / 1e6).toFixed(1);
    console.log(
      `${median <= GOAL_MS ? 'holds ' : 'MISSED'}  a report on ${FILES} files, ${megabytes} MB, opens in ${Math.round(median)} ms (goal ${GOAL_MS} ms), has all its cards after ${Math.round(whole)} ms`,
    );
    process.exitCode = median <= GOAL_MS ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();

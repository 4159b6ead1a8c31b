import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { findChromium, launchChromium } from '../support/chromium.js';
import { largeTree, pageOf, shop } from '../support/report.js';

const executable = findChromium();
if (executable === undefined)
  process.stderr.write('skipped: no Chromium is installed to open the report in\n');

(executable === undefined ? describe.skip : describe)('the report in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'harden-report-'));
  const url = pathToFileURL(join(folder, 'harden-report.html')).href;
  const largeUrl = pathToFileURL(join(folder, 'large.html')).href;
  let browser: Browser;
  let page: Page;
  let faults: string[];

  const open = async (options: BrowserContextOptions = {}, address = url): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    const opened = await context.newPage();
    opened.setDefaultTimeout(15_000);
    opened.on('console', (message) => faults.push(`console: ${message.text()}`));
    opened.on('pageerror', (error) => faults.push(`error: ${error.message}`));
    opened.on('request', (request) => {
      if (request.url() !== address) faults.push(`request: ${request.url()}`);
    });
    await opened.goto(address);
    return opened;
  };
  const choose = (label: string, group: string): Promise<void> =>
    page.getByRole('group', { name: group, exact: true }).getByLabel(label, { exact: true }).click();
  const shownCards = (): Promise<number> => page.locator('.card:not([hidden])').count();
  const copied = (): Promise<string> => page.evaluate('navigator.clipboard.readText()');

  beforeAll(async () => {
    writeFileSync(new URL(url), pageOf(shop));
    writeFileSync(new URL(largeUrl), pageOf(largeTree));
    browser = await launchChromium(executable!);
  });
  beforeEach(async () => {
    faults = [];
    page = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    // Nothing is said on the console, nothing is asked of a network, in any of these tests.
    expect(faults).toEqual([]);
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  test('filters by severity, phase, outcome, file and workload', async () => {
    const all = await page.locator('.card').count();
    expect(await shownCards()).toBe(all);
    expect(await page.locator('#shown').innerText()).toBe(`${all} findings`);

    await choose('Critical', 'Severity');
    const critical = await page.locator('.card[data-severity="critical"]').count();
    expect(critical).toBeGreaterThan(0);
    expect(await shownCards()).toBe(critical);
    expect(await page.locator('#shown').innerText()).toBe(`${critical} of ${all} findings`);
    expect(await page.locator('.group:visible').count()).toBe(1);
    await choose('High', 'Severity');
    expect(await shownCards()).toBe(critical + (await page.locator('.card[data-severity="high"]').count()));

    await page.getByRole('button', { name: 'Show all' }).click();
    expect(await shownCards()).toBe(all);

    await page.getByLabel('File', { exact: true }).selectOption('tools/docker-compose.yml');
    expect(await page.locator('.file:visible h3').allTextContents()).toEqual(['tools/docker-compose.yml']);
    expect(await page.locator('.card:visible .place').allTextContents()).toEqual(
      expect.arrayContaining([expect.stringMatching(/^tools\/docker-compose\.yml:/)]),
    );
    expect(await page.locator('.gauges > li:visible').count()).toBe(0);
    await page.getByRole('button', { name: 'Show all' }).click();

    await page.getByLabel('Workload', { exact: true }).selectOption('service database (docker-compose.yml)');
    const titles = await page.locator('.card:visible .title').allTextContents();
    expect(titles.length).toBeGreaterThan(3);
    for (const title of titles) expect(title).toMatch(/^Service database:/);
    await choose('1', 'Phase');
    await choose('To decide', 'Outcome');
    const both = '[data-phase="1"][data-outcome="open"]';
    expect(await shownCards()).toBe(await page.locator(`.card:visible${both}`).count());
  });

  test('says so when nothing fits, and shows all again', async () => {
    await page.getByLabel('File', { exact: true }).selectOption('tools/docker-compose.yml');
    await page.getByLabel('Workload', { exact: true }).selectOption('shop.service (deploy/shop.service)');
    expect(await page.locator('#none-shown').isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Show all' }).click();
    expect(await page.locator('#none-shown').isVisible()).toBe(false);
  });

  test('shows each phase: figures, gauges and diffs', async () => {
    const tile = page.locator('.tiles li').first();
    const [second, first] = [
      await tile.innerText(),
      await choose('1', 'Show after phase').then(() => tile.innerText()),
    ];
    expect(first).not.toBe(second);
    expect(await page.locator('.gauges figcaption:visible').allTextContents()).toEqual([
      'Before',
      'After phase 1',
    ]);
    const file = page.locator('.file', { has: page.getByRole('heading', { name: 'Dockerfile' }) });
    expect(await file.locator('.variant:visible').count()).toBe(1);
    expect(await file.getByRole('radio', { name: '1' }).isChecked()).toBe(true);
    const before = await file.locator('.variant:visible').innerText();
    await file.getByRole('radio', { name: '2' }).check();
    expect(await file.locator('.variant:visible').innerText()).not.toBe(before);
  });

  test('opens and closes diffs, and leads from a reason to its finding', async () => {
    const files = page.locator('#files');
    await files.getByRole('button', { name: 'Close all' }).click();
    expect(await files.locator('.file > details[open]').count()).toBe(0);
    await files.getByRole('button', { name: 'Open all' }).click();
    expect(await files.locator('.file > details:not([open])').count()).toBe(0);

    const reason = files.locator('.variant:visible .reasons a').first();
    const id = (await reason.getAttribute('href'))!;
    await reason.click();
    expect(await page.locator(`${id} > details`).getAttribute('open')).toBe('');
    const summary = `document.querySelector('${id} > details > summary')`;
    expect(await page.evaluate(`${summary} === document.activeElement`)).toBe(true);
  });

  test('shows what a link leads to although it is filtered out', async () => {
    await choose('Critical', 'Severity');
    const id = await page.locator('.card[hidden]').first().getAttribute('id');
    await page.evaluate(`location.hash = '${id!}'`);
    await page.locator(`#${id!} dl`).waitFor({ state: 'visible' });
    expect(await page.locator('.card[hidden]').count()).toBe(0);
  });

  test('copies patches and commands', async () => {
    const file = page.locator('.file', { has: page.getByRole('heading', { name: 'Dockerfile' }) });
    await file.getByRole('button', { name: 'Copy patch of Dockerfile, phase 2' }).click();
    await page.locator('#told', { hasText: 'Copied' }).waitFor({ state: 'attached' });
    expect(await copied()).toMatch(/^diff --git a\/Dockerfile b\/Dockerfile\n--- a\/Dockerfile\n/);
    expect(await file.getByText('Copied').isVisible()).toBe(true);

    await page.locator('.decide button').first().click();
    await expectEventually(copied, await page.locator('.decide code').first().innerText());
  });

  test('can be used by keyboard alone', async () => {
    await page.keyboard.press('Tab');
    const focused = (): Promise<string> =>
      page.evaluate('document.activeElement.innerText || document.activeElement.value');
    expect(await focused()).toBe('Skip to the summary');
    await page.keyboard.press('Enter');
    expect(page.url()).toMatch(/#summary$/);

    await page.getByRole('checkbox', { name: 'Critical' }).focus();
    await page.keyboard.press('Space');
    expect(await shownCards()).toBe(await page.locator('.card[data-severity="critical"]').count());
    await page.keyboard.press('Space');

    await page.getByRole('radio', { name: '2' }).first().focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('html').getAttribute('data-phase')).toBe('3');

    await page.locator('.card summary').first().focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('.card dl').first().isVisible()).toBe(true);
  });

  test('has a light and a dark theme, of which the system decides first', async () => {
    const background = (): Promise<string> =>
      page.evaluate('getComputedStyle(document.body).backgroundColor');
    const light = await background();
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await background();
    expect(dark).not.toBe(light);
    await page.getByRole('button', { name: 'Light theme' }).click();
    expect(await background()).toBe(light);
    await page.getByRole('button', { name: 'Dark theme' }).click();
    expect(await background()).toBe(dark);
  });

  test('prints all, without what only a screen needs', async () => {
    await page.locator('#files').getByRole('button', { name: 'Close all' }).click();
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('#filters').isVisible()).toBe(false);
    expect(await page.locator('.card dl').last().isVisible()).toBe(true);
    expect(await page.locator('.hunk:visible').count()).toBeGreaterThan(3);
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await page.locator('details:not([open])').count()).toBe(0);
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    expect(await page.locator('.card > details[open]').count()).toBe(0);
  });

  test('can be read without its script', async () => {
    // A browser of its own: in one that has run scripts, those of a page that may not are run now and then.
    const scriptless = await launchChromium(executable!, '--blink-settings=scriptEnabled=false');
    try {
      const context = await scriptless.newContext({ javaScriptEnabled: false });
      const plain = await context.newPage();
      await plain.goto(url);
      expect(await plain.locator('#filters').isVisible()).toBe(false);
      expect(await plain.locator('button:visible').count()).toBe(0);
      expect(await plain.locator('.card').first().isVisible()).toBe(true);
      const file = plain.locator('.file', { has: plain.getByRole('heading', { name: 'Dockerfile' }) });
      await file.getByRole('radio', { name: '1' }).check();
      expect(await file.locator('.variant:visible').getAttribute('class')).toMatch(/in-1/);

      await plain.goto(largeUrl);
      expect(await plain.locator('.card dl').count()).toBe(await plain.locator('.card').count());
    } finally {
      await scriptless.close();
    }
  });

  test('makes what a fold of a large page holds when it is opened', async () => {
    const large = await open({}, largeUrl);
    expect(await large.locator('.card dl').count()).toBe(0);
    await large.locator('.card summary').first().click();
    await large.locator('.card dl').first().waitFor();

    await large.getByRole('group', { name: 'Show after phase' }).getByLabel('1').click();
    await large.locator('#files').getByRole('button', { name: 'Open all' }).click();
    expect(await large.locator('.file .switch :checked').first().getAttribute('value')).toBe('1');
    const variant = "document.querySelector('.variant.in-1')";
    expect(await large.evaluate(`getComputedStyle(${variant}).display`)).toBe('block');
  });

  test('makes the cards of a large page after it is shown, or when they are asked for', async () => {
    const large = await open({}, largeUrl);
    const total = Number(await large.locator('#filters').getAttribute('data-total'));
    const cards = (): Promise<string> => large.locator('.card').count().then(String);
    await expectEventually(cards, String(total));
    const ids: string[] = await large.evaluate("[...document.querySelectorAll('.card')].map(({ id }) => id)");
    expect(ids).toEqual(Array.from({ length: total }, (_, at) => `finding-${at + 1}`));
    await large.locator('.card summary').last().click();
    expect(await large.locator('.card').last().locator('dl').count()).toBe(1);

    // None of them has been made when these ask for them.
    const filtered = `(() => {
      const page = document.querySelector('#filters');
      page.elements['filter-file'].selectedIndex = page.elements['filter-file'].options.length - 1;
      page.dispatchEvent(new Event('change'));
      return document.querySelectorAll('.card').length;
    })()`;
    const asked = [
      ['filter', filtered],
      ['print', "dispatchEvent(new Event('beforeprint')), document.querySelectorAll('.card dl').length"],
      [
        'link',
        `(location.hash = 'finding-${total}', dispatchEvent(new Event('hashchange')), document.querySelectorAll('.card').length)`,
      ],
    ] as const;
    for (const [name, ask] of asked) {
      const context = await browser.newContext();
      const fresh = await context.newPage();
      await fresh.addInitScript('globalThis.setTimeout = () => 0');
      await fresh.goto(largeUrl);
      expect(await fresh.locator('.card').count()).toBeLessThan(total);
      expect([name, await fresh.evaluate(ask)]).toEqual([name, total]);
    }
  });

  test.each([1440, 800, 390])('does not scroll sideways at %i pixels', async (width) => {
    await page.setViewportSize({ width, height: 800 });
    for (const name of ['findings', 'files']) {
      await page.locator(`#${name}`).getByRole('button', { name: 'Open all' }).click();
    }
    await page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true");
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  });

  test.each([
    { width: 1440, colorScheme: 'light' },
    { width: 390, colorScheme: 'dark' },
  ] as const)(
    'has no serious fault in the eyes of axe at $width pixels, $colorScheme',
    async ({ width, colorScheme }) => {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true");
      await page.evaluate(axe.source);
      const found = (await page.evaluate('axe.run()')) as axe.AxeResults;
      const serious = found.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      expect(serious.map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html }) => html)])).toEqual([]);
    },
    // It looks at each of thousands of elements.
    240_000,
  );
});

/** Asks until the answer is the expected one. */
async function expectEventually(ask: () => Promise<string>, expected: string): Promise<void> {
  for (let round = 0; round < 40 && (await ask()) !== expected; round += 1) {
    await new Promise((done) => setTimeout(done, 50));
  }
  expect(await ask()).toBe(expected);
}

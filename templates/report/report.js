// @ts-check
// What harden-report.html does beyond showing itself: all of the page can be read without it.

const root = document.documentElement;
root.classList.add('scripts');

/**
 * @template {Element} E
 * @param {string} selector
 * @param {new () => E} type
 * @param {ParentNode} within
 * @returns {E[]}
 */
function all(selector, type, within = document) {
  /** @type {E[]} */
  const found = [];
  for (const element of within.querySelectorAll(selector)) if (element instanceof type) found.push(element);
  return found;
}

/** @param {string} text for those who can't see what happened */
function tell(text) {
  const place = document.getElementById('told');
  if (place !== null) place.textContent = text;
}

/** A light or a dark page: what the system prefers until the reader chooses. */
function setUpTheme() {
  const button = document.getElementById('theme');
  if (button === null) return;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const isDark = () => (root.dataset.theme ?? (system.matches ? 'dark' : 'light')) === 'dark';
  const name = () => (button.textContent = isDark() ? 'Light theme' : 'Dark theme');
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    name();
  });
  system.addEventListener('change', name);
  name();
}

/** Shows all as it is after a phase: the figures, the gauges and the diffs. */
function setUpPhases() {
  document.addEventListener('change', ({ target }) => {
    if (!(target instanceof HTMLInputElement) || target.name !== 'shown-phase') return;
    showPhase(target.value);
  });
}

/** @param {string} phase */
function showPhase(phase) {
  root.dataset.phase = phase;
  for (const input of phaseSwitches(document)) input.checked = true;
}

/**
 * The choices of the phase that is shown, one for each file.
 * @param {ParentNode} within
 */
function phaseSwitches(within) {
  return all(`.switch input[value="${root.dataset.phase ?? ''}"]`, HTMLInputElement, within);
}

/**
 * The markup of cards that are still to be made, by their lists, and what their folds hold.
 * @type {Map<HTMLElement, string>}
 */
const later = new Map();
/** @type {WeakMap<Element, string>} */
const held = new WeakMap();

/** A large page is shown with its first cards; the others are made after it, a list at a time. */
function setUpLists() {
  for (const text of all('noscript[data-cards]', HTMLElement)) {
    const list = document.createElement('ul');
    list.className = 'cards';
    list.style.setProperty('--cards', text.dataset.cards ?? '');
    later.set(list, text.textContent ?? '');
    text.replaceWith(list);
  }
  const next = () => {
    const [list] = later.keys();
    if (list === undefined) return;
    makeCards(list);
    setTimeout(next);
  };
  addEventListener('load', () => requestAnimationFrame(() => setTimeout(next)));
}

/** @param {HTMLElement} list */
function makeCards(list) {
  const text = later.get(list);
  if (text === undefined) return;
  later.delete(list);
  /** @type {string[]} */
  const folds = [];
  const template = document.createElement('template');
  // Without the mark of an HTML comment, which changes how a script in a page is read.
  template.innerHTML = text.replace(/<!-{2}fold-->([^]*?)<!-{2}\/fold-->/g, (_, inner) => {
    folds.push(String(inner));
    return '';
  });
  const cards = all('.card', HTMLElement, template.content);
  cards.forEach((card, at) => {
    if (card.firstElementChild !== null) held.set(card.firstElementChild, folds[at] ?? '');
  });
  list.append(...cards);
}

function makeAllCards() {
  for (const list of [...later.keys()]) makeCards(list);
}

/** @param {HTMLFormElement} form */
function setUpFilters(form) {
  const lists = all('.cards', HTMLElement);
  const groups = all('.group', HTMLElement);
  const files = all('.file, .gauges > li', HTMLElement);
  const shown = document.getElementById('shown');
  const none = document.getElementById('none-shown');
  const total = Number(form.dataset.total);

  const apply = () => {
    const data = new FormData(form);
    const [file, workload] = [String(data.get('file') ?? ''), String(data.get('workload') ?? '')];
    const facets = ['severity', 'phase', 'outcome'].map((name) => ({ name, values: data.getAll(name) }));
    const filtered = file !== '' || workload !== '' || facets.some(({ values }) => values.length > 0);
    // Without a filter all that is made later is shown too.
    if (filtered) makeAllCards();
    /** @type {Set<string | undefined>} */
    const concerned = new Set();
    let count = 0;
    for (const card of all('.card', HTMLElement)) {
      const { dataset } = card;
      const fits =
        (file === '' || dataset.file === file) &&
        (workload === '' || dataset.workload === workload) &&
        facets.every(({ name, values }) => values.length === 0 || values.includes(dataset[name] ?? ''));
      card.hidden = !fits;
      if (!fits) continue;
      count += 1;
      concerned.add(dataset.file);
    }
    for (const list of lists) {
      if (later.has(list)) continue;
      const { length } = list.querySelectorAll('.card:not([hidden])');
      list.hidden = length === 0;
      list.style.setProperty('--cards', String(length));
    }
    for (const group of groups) group.hidden = group.querySelector('.cards:not([hidden])') === null;
    for (const element of files) element.hidden = filtered && !concerned.has(element.dataset.file);
    if (none !== null) none.hidden = count > 0 || total === 0;
    if (shown !== null) shown.textContent = filtered ? `${count} of ${counted(total)}` : counted(total);
  };
  form.addEventListener('change', apply);
  form.addEventListener('submit', (event) => event.preventDefault());
  document.getElementById('show-all')?.addEventListener('click', () => showAll(form));
  // A browser may fill in what was chosen before the page was loaded again.
  showPhase(String(new FormData(form).get('shown-phase')));
  apply();
}

/** @param {HTMLFormElement} form */
function showAll(form) {
  for (const box of all('[type="checkbox"]', HTMLInputElement, form)) box.checked = false;
  for (const select of all('select', HTMLSelectElement, form)) select.value = '';
  form.dispatchEvent(new Event('change'));
}

/** @param {number} count */
function counted(count) {
  return `${count} finding${count === 1 ? '' : 's'}`;
}

/** The bar is folded where it would take much of the screen. */
function setUpBar() {
  const bar = document.getElementById('filters');
  const details = bar?.querySelector('details') ?? null;
  if (bar === null || details === null) return;
  details.open = matchMedia('(min-width: 56.25rem) and (min-height: 40rem)').matches;
  new ResizeObserver(() => root.style.setProperty('--bar', `${bar.offsetHeight + 16}px`)).observe(bar);
}

function setUpCopying() {
  document.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('button[data-copy]') : null;
    const text = button?.parentElement?.querySelector('.copied')?.textContent ?? '';
    if (button === null || text === '') return;
    void copy(text).then((copied) => showCopied(button, copied));
  });
}

/**
 * Says on a button for a moment, and to those who listen, what became of the copy.
 * @param {Element} button
 * @param {boolean} copied
 */
function showCopied(button, copied) {
  tell(copied ? 'Copied' : 'The browser does not let this page copy');
  const label = button.firstChild;
  if (label === null || button.classList.contains('done')) return;
  const before = label.textContent;
  button.classList.add('done');
  label.textContent = copied ? 'Copied' : 'Not copied';
  setTimeout(() => {
    label.textContent = before;
    button.classList.remove('done');
  }, 1500);
}

/**
 * @param {string} text
 * @returns {Promise<boolean>}
 */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/**
 * For a page that came without TLS: it has no clipboard.
 * @param {string} text
 */
function copyBySelection(text) {
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  return copied;
}

/** @param {HTMLDetailsElement} details */
function unfold(details) {
  details.open = true;
  const text = details.querySelector(':scope > noscript');
  const markup = held.get(details) ?? text?.textContent;
  if (typeof markup !== 'string') return;
  // On a large page what a fold holds is text until here: this report's own markup.
  const template = document.createElement('template');
  template.innerHTML = markup;
  held.delete(details);
  text?.remove();
  details.append(template.content);
  for (const input of phaseSwitches(details)) input.checked = true;
}

function setUpFolds() {
  // The event does not bubble.
  document.addEventListener(
    'toggle',
    ({ target }) => {
      if (target instanceof HTMLDetailsElement && target.open) unfold(target);
    },
    true,
  );
  document.addEventListener('click', ({ target }) => {
    if (!(target instanceof HTMLButtonElement)) return;
    const { open, close } = target.dataset;
    const section = document.getElementById(open ?? close ?? '');
    if (section === null) return;
    if (open !== undefined) makeAllCards();
    for (const details of all(':is(.card, .file):not([hidden]) > details', HTMLDetailsElement, section)) {
      if (open === undefined) details.open = false;
      else unfold(details);
    }
    tell(open === undefined ? 'All closed' : 'All opened');
  });

  /** @type {HTMLDetailsElement[]} */
  let opened = [];
  addEventListener('beforeprint', () => {
    makeAllCards();
    opened = all('details:not([open])', HTMLDetailsElement);
    for (const details of opened) unfold(details);
  });
  addEventListener('afterprint', () => {
    for (const details of opened) details.open = false;
  });
}

/** What a link leads to is shown, filtered out or folded though it was. */
function setUpLinks() {
  const reveal = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    if (id !== '' && document.getElementById(id) === null) makeAllCards();
    const target = document.getElementById(id);
    if (target === null) return;
    const form = document.getElementById('filters');
    if (target.closest('[hidden]') !== null && form instanceof HTMLFormElement) {
      showAll(form);
    }
    for (let at = target.parentElement; at !== null; at = at.parentElement) {
      if (at instanceof HTMLDetailsElement) unfold(at);
    }
    const own = target.querySelector(':scope > details');
    if (own instanceof HTMLDetailsElement) unfold(own);
    target.scrollIntoView();
    const focused = own?.querySelector('summary');
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  };
  addEventListener('hashchange', reveal);
  // A second click on the same link leaves the address as it is.
  document.addEventListener('click', ({ target }) => {
    const link = target instanceof Element ? target.closest('a[href^="#"]') : null;
    if (link?.getAttribute('href') === location.hash) reveal();
  });
  reveal();
}

setUpTheme();
setUpPhases();
setUpBar();
setUpLists();
const form = document.getElementById('filters');
if (form instanceof HTMLFormElement) setUpFilters(form);
setUpCopying();
setUpFolds();
setUpLinks();

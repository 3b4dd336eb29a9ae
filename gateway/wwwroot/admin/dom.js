/**
 * Makes an element. Members that begin with `on` are listeners, others attributes; what is null, undefined or false is left out. Children that are
 * texts stay texts: nothing that came from outside is ever read as markup.
 */
export function el(name, members = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(members)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.flat(2).filter(child => child !== null && child !== undefined && child !== false));
  return node;
}

export const code = text => el('code', {}, text);

export const button = (text, onclick, kind = 'quiet small', more = {}) => el('button', { type: 'button', class: kind, onclick, ...more }, text);

/** A labelled field; `hint` says more about it. */
export function field(label, input, hint) {
  input.id ||= `field-${++field.count}`;
  const about = hint && el('p', { class: 'hint', id: `${input.id}-hint` }, hint);
  if (about) input.setAttribute('aria-describedby', about.id);
  return el('div', { class: 'field' }, el('label', { for: input.id }, label), input, about);
}
field.count = 0;

export const input = (members = {}) => el('input', { type: 'text', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', ...members });

/**
 * A table that becomes a list of cards on narrow screens.
 * @param {string} caption what it lists, for those who do not see it
 * @param {{title: string, cell: (item: any) => any, number?: boolean}[]} columns
 */
export function table(caption, columns, items, empty) {
  if (items.length === 0) return el('p', { class: 'nothing' }, empty);
  // Shown as cards, it is a table all the same: the roles say so where the styles would take it away.
  const cells = item => columns.map(({ title, cell, number }) => el('td', { role: 'cell', 'data-title': title, class: number && 'number' }, cell(item) ?? '–'));
  return el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    el('table', { role: 'table' },
      el('caption', { class: 'hidden' }, caption),
      el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' }, columns.map(({ title, number }) =>
        el('th', { role: 'columnheader', scope: 'col', class: number && 'number' }, title)))),
      el('tbody', { role: 'rowgroup' }, items.map(item => el('tr', { role: 'row' }, cells(item))))));
}

/** Names and values, one below the other. */
export const facts = pairs => el('dl', { class: 'facts' },
  pairs.filter(([, value]) => value !== null && value !== undefined).map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))));

/** Replaces what a node holds. Focus and place stay: nobody is torn out of what they are doing by a refresh. */
export function refresh(node, ...children) {
  const [focusAgain, left] = [node.contains(document.activeElement) && keepFocus(), node.querySelector('.scroll')?.scrollLeft];
  node.replaceChildren(...children.filter(Boolean));
  if (left) node.querySelector('.scroll')?.scrollTo({ left });
  if (focusAgain) focusAgain();
}

/**
 * Remembers where the focus is.
 * @returns {() => void} puts it there again: where that was drawn anew, on what stands in its place, or else on the content.
 */
export function keepFocus() {
  const before = document.activeElement;
  const path = pathOf(document.body, before);
  return () => (before.isConnected ? before : find(document.body, path) ?? document.getElementById('view')).focus({ preventScroll: true });
}

function pathOf(root, node) {
  const path = [];
  for (; root.contains(node) && node !== root; node = node.parentElement) path.unshift([...node.parentElement.children].indexOf(node));
  return path;
}

const find = (root, path) => path.reduce((node, index) => node?.children[index], root);

import { get, remove } from './api.js';
import { confirm, openPanel } from './dialog.js';
import { button, code, el, facts, field, input, refresh, table } from './dom.js';
import { bytes, count, short, since, when } from './format.js';

const PAGE = 100;

/** Who is connected; each session can be looked into, and ended. */
export function sessionsView({ admin, root }) {
  const search = input({ type: 'search', placeholder: 'alice, bayeux, 10.0.0.9 …' });
  const everyone = el('input', { type: 'checkbox' });
  const list = el('div', { class: 'list' });
  let pages = 1;
  const view = { refresh: async () => show(list, await load(), () => { pages++; return view.refresh(); }, view.refresh) };

  async function load() {
    const tenant = admin.isOperator ? everyone.checked ? '*' : admin.chosen : null;
    const found = { items: [], next: '' };
    for (let page = 0; page < pages && found.next !== null; page++) {
      const more = await get('sessions', { query: search.value.trim(), tenant, limit: PAGE, after: found.next });
      found.items.push(...more.items);
      Object.assign(found, { next: more.next, incomplete: found.incomplete || more.incomplete });
    }
    return found;
  }

  const again = () => { pages = 1; view.refresh().catch(() => {}); };
  search.addEventListener('input', later(again, 250));
  everyone.addEventListener('change', again);
  root.append(el('section', { class: 'card', 'aria-labelledby': 'sessions-title' },
    el('h2', { id: 'sessions-title' }, 'Sessions'),
    el('div', { class: 'filters' },
      field('Find by public id, user, address or protocol', search),
      admin.isOperator && el('label', { class: 'check' }, everyone, ' All tenants')),
    list));
  return view;
}

/** Calls when nothing was typed for a while. */
export function later(action, milliseconds) {
  let timer;
  return () => { clearTimeout(timer); timer = setTimeout(action, milliseconds); };
}

function show(list, { items, next, incomplete }, more, changed) {
  const columns = [
    { title: 'Session', cell: session => button(short(session.id), () => look(session.id, changed), 'link code', { 'aria-label': `Session ${session.id}` }) },
    { title: 'User', cell: session => `${session.user ?? 'anonymous'}${session.tenant === 'default' ? '' : ` of ${session.tenant}`}` },
    { title: 'Protocol', cell: session => [session.protocol, session.transport].filter(Boolean).join(', ') },
    { title: 'Address', cell: session => session.peer },
    { title: 'Gateway', cell: session => session.gateway ? el('span', { title: session.gateway }, short(session.gateway)) : 'away' },
    { title: 'Subscriptions', number: true, cell: session => count(session.subscriptions) },
    { title: 'Pending', number: true, cell: session => count(session.pending) },
    { title: 'Age', number: true, cell: session => since(session.opened) },
  ];
  refresh(list,
    el('p', { class: 'hint', role: 'status' }, `${count(items.length)}${next === null ? '' : ' or more'} found.${incomplete ? ' A silo did not answer: some may be missing.' : ''}`),
    table('Sessions', columns, items, 'Nobody is connected who matches.'),
    ...next === null ? [] : [button('More', more)]);
}

async function look(id, changed) {
  const body = el('div');
  const dialog = openPanel(`Session ${short(id)}`, body);
  dialog.classList.add('wide');
  try {
    const session = await get(`sessions/${encodeURIComponent(id)}`);
    body.append(...detail(session), el('div', { class: 'row actions' }, button('End session', async () => {
      if (!await confirm(`End the session of ${session.user ?? 'an anonymous client'}? Its client is told not to come back.`, 'End session')) return;
      await remove(`sessions/${encodeURIComponent(id)}`);
      dialog.close();
      await changed();
    }, 'danger small')));
  } catch (error) {
    body.append(el('p', { class: 'note', role: 'alert', 'data-kind': 'error' }, error.status === 404 ? 'This session has ended.' : error.message));
  }
}

const detail = session => [
  facts([
    ['Public id', code(session.id)], ['User', session.user ?? 'anonymous'], ['Tenant', session.tenant],
    ['Protocol', [session.protocol, session.transport].filter(Boolean).join(', ')], ['Address', session.peer], ['Gateway', session.gateway ?? 'none: it waits for its client'],
    ['Silo', session.silo], ['Opened', when(session.opened)], ['Last asked for messages', when(session.lastSeen)],
    ['Window', session.pending === null ? null : `${count(session.pending)} pending, ${bytes(session.pendingBytes)}`],
    ['Extensions', [session.acknowledges && 'acknowledges', session.replays && 'replays'].filter(Boolean).join(', ') || 'none'],
  ]),
  el('h3', {}, 'Subscriptions'),
  table('Subscriptions', [
    { title: 'Channel', cell: held => code(held.channel) },
    { title: 'Cursor', number: true, cell: held => count(held.cursor) },
    { title: 'Head', number: true, cell: held => count(held.head) },
    { title: 'Behind', number: true, cell: held => held.cursor === null || held.head === null ? null : count(held.head - held.cursor) },
  ], session.channels, 'It is subscribed to nothing.'),
  ...session.gaps.length === 0 ? [] : [el('h3', {}, 'Gaps to be told'), el('ul', {}, session.gaps.map(gap => el('li', {}, code(gap.channel), ` goes on at ${gap.resumedAt}`)))],
];

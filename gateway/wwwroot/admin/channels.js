import { call, get, pathOf } from './api.js';
import { form, openPanel } from './dialog.js';
import { button, code, el, facts, field, input, refresh, table } from './dom.js';
import { bytes, count, hour } from './format.js';
import { later } from './sessions.js';

const PAGE = 100;
const PEEK = 20;

/** What is published and who listens; logs can be looked into, and messages published. */
export function channelsView({ admin, root }) {
  const search = input({ type: 'search', placeholder: '/news or /news/**' });
  const list = el('div', { class: 'list' });
  let pages = 1;
  const view = { refresh: async () => show(list, await load(), name => look(name, admin), () => { pages++; return view.refresh(); }) };

  async function load() {
    const found = { items: [], next: '' };
    for (let page = 0; page < pages && found.next !== null; page++) {
      const more = await get('channels', { query: search.value.trim(), tenant: admin.isOperator ? admin.chosen : null, limit: PAGE, after: found.next });
      found.items.push(...more.items);
      Object.assign(found, { next: more.next, incomplete: found.incomplete || more.incomplete });
    }
    return found;
  }

  search.addEventListener('input', later(() => { pages = 1; view.refresh().catch(() => {}); }, 250));
  root.append(el('section', { class: 'card', 'aria-labelledby': 'channels-title' },
    el('h2', { id: 'channels-title' }, 'Channels'),
    el('div', { class: 'filters' }, field('Beginning with, or matching a pattern', search)),
    list));
  return view;
}

function show(list, { items, next, incomplete }, open, more) {
  const columns = [
    { title: 'Channel', cell: channel => button(channel.name, () => open(channel.name), 'link code') },
    { title: 'Head', number: true, cell: channel => count(channel.head) },
    { title: 'Retained', number: true, cell: channel => count(channel.head - channel.first + 1) },
    { title: 'Size', number: true, cell: channel => bytes(channel.bytes) },
    { title: 'Subscribers', number: true, cell: channel => count(channel.subscribers) },
    { title: 'Per second', number: true, cell: channel => count(channel.rate) },
  ];
  refresh(list,
    el('p', { class: 'hint', role: 'status' }, `${count(items.length)}${next === null ? '' : ' or more'} found.${incomplete ? ' There may be more than were looked through.' : ''}`),
    table('Channels', columns, items, 'There is no such channel yet.'),
    ...next === null ? [] : [button('More', more)]);
}

function look(name, admin) {
  const body = el('div');
  const messages = el('ol', { class: 'messages', 'aria-label': 'Last messages' });
  const isOwn = admin.chosen === admin.tenant;
  const read = () => showChannel(name, admin, body, messages).catch(error => body.replaceChildren(el('p', { class: 'note', role: 'alert', 'data-kind': 'error' }, error.message)));
  openPanel(name, body, el('div', { class: 'between' }, el('h3', {}, 'Last messages'), button('Read again', read)), messages,
    isOwn && !name.startsWith('/$SYS') && !name.startsWith('/event') && publishForm(name, read)).classList.add('wide');
  read();
}

async function showChannel(name, admin, body, messages) {
  const tenant = admin.isOperator ? admin.chosen : null;
  const [channel, page] = await Promise.all([get(`channels/${pathOf(name)}`, { tenant }), get(`messages/${pathOf(name)}`, { tenant, limit: PEEK })]);
  body.replaceChildren(facts([
    ['Head', count(channel.head)], ['Retained', `${count(channel.first)} to ${count(channel.head)}`], ['Epoch', String(channel.epoch)], ['Size', bytes(channel.bytes)],
    ['Per second, last minute', count(channel.rate)], ['Subscribers', count(channel.subscribers)],
    ['Patterns that match', channel.patterns.length > 0 ? channel.patterns.map(pattern => [code(pattern), ' ']).flat() : 'none'], ['Silos', channel.silos.join(', ') || 'none'],
  ]));
  messages.replaceChildren(...page.messages.reverse().map(message => el('li', {},
    el('div', { class: 'between' }, el('span', { class: 'number' }, `#${message.offset}`), el('time', { datetime: message.time }, hour(message.time))),
    el('pre', { class: 'code' }, typeof message.data === 'string' ? message.data : JSON.stringify(message.data)))));
  if (page.messages.length === 0) messages.replaceChildren(el('li', { class: 'nothing' }, 'The log holds nothing.'));
}

function publishForm(name, published) {
  const body = el('textarea', { class: 'code', rows: 3, spellcheck: 'false', autocapitalize: 'none' });
  body.value = '{ "text": "Hello from the admin page" }';
  return el('section', {}, el('h3', {}, 'Publish'), form([field('Message, JSON', body)], 'Publish', async () => {
    let message;
    try { message = JSON.parse(body.value); } catch (error) { throw new Error(`Not valid JSON: ${error.message}`); }
    await call('POST', `/channels/${pathOf(name)}`, { body: message });
    await published();
  }));
}

import { get } from './api.js';
import { code, el } from './dom.js';
import { hour, short } from './format.js';

const KEPT = 100;

/** Connection events of the administrator's tenant as they happen, newest first, and those of the last while before. */
export function eventList(admin, live) {
  const channel = `/event/${admin.tenant}`;
  const list = el('ol', { class: 'events', role: 'log', 'aria-live': 'off', 'aria-labelledby': 'events-title', tabindex: '0' });
  const empty = el('p', { class: 'nothing' },
    'Nobody has come or gone. Events are published where ', code('Tidings:ConnectionEvents:Producer'), ' is ', code('events'), '.');
  const add = (data, time = new Date()) => {
    empty.hidden = true;
    list.prepend(entry(data, time));
    while (list.children.length > KEPT) list.lastElementChild.remove();
  };
  get(`messages${channel}`, { limit: KEPT })
    .then(page => page.messages.forEach(message => add(message.data, message.time)))
    .catch(() => {})
    .then(() => live.listen(channel, data => add(data)))
    .catch(() => {});
  return el('section', { class: 'card', 'aria-labelledby': 'events-title' },
    el('div', { class: 'between' }, el('h2', { id: 'events-title' }, 'Connection events'), el('span', { class: 'hint' }, code(channel))), empty, list);
}

function entry(event, time) {
  const came = event.cause === 'connected';
  const { data = {} } = event;
  return el('li', { 'data-kind': came ? 'good' : 'bad' },
    el('time', { class: 'number', datetime: new Date(time).toISOString() }, hour(time)),
    el('strong', {}, came ? 'connected' : data.reason ?? 'disconnected'),
    el('span', {}, data.device_id ?? 'anonymous'),
    el('span', { class: 'soft' }, `${event.source ?? ''} from ${event['remote-id'] ?? 'unknown'}`),
    code(short(data.session) ?? ''));
}

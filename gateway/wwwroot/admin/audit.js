import { get } from './api.js';
import { code, el } from './dom.js';
import { hour, when } from './format.js';

const CHANNEL = '/$SYS/audit';
const KEPT = 300;
const WORDS = { login: 'logged in', loginFailed: 'could not log in', refused: 'was refused', changed: 'changed' };
const KINDS = { login: 'good', changed: 'good', loginFailed: 'bad', refused: 'bad' };

/** Who did what, and who was refused; those of the own tenant as they happen. */
export function auditView({ admin, live, root }) {
  const list = el('ol', { class: 'events audit', role: 'log', 'aria-live': 'off', 'aria-labelledby': 'audit-title', tabindex: '0' });
  const empty = el('p', { class: 'nothing' }, 'Nothing was logged of late.');
  const tenant = admin.isOperator ? admin.chosen : null;
  let last = 0;
  root.append(el('section', { class: 'card', 'aria-labelledby': 'audit-title' },
    el('div', { class: 'between' }, el('h2', { id: 'audit-title' }, 'Audit'), el('span', { class: 'hint' }, code(CHANNEL))), empty, list));

  const read = async () => {
    const page = await get(`messages${CHANNEL}`, { tenant, limit: KEPT, after: last || undefined });
    for (const message of page.messages) {
      if (message.offset <= last) continue;
      last = message.offset;
      list.prepend(entry(message.data));
    }
    while (list.children.length > KEPT) list.lastElementChild.remove();
    empty.hidden = list.children.length > 0;
  };
  let reading = Promise.resolve();
  const refresh = () => reading = reading.catch(() => {}).then(read);
  // A message says that there is something to read: read in order, none is shown twice.
  if (admin.chosen === admin.tenant) live.listen(CHANNEL, () => refresh().catch(() => {})).catch(() => {});
  return { refresh };
}

const entry = ({ time, kind, user, action, target, reason, address, left }) => el('li', { 'data-kind': KINDS[kind] },
  el('time', { class: 'number', datetime: time, title: when(time) }, hour(time)),
  el('strong', {}, user && user !== '-' ? user : 'somebody'),
  el('span', {}, [WORDS[kind], kind === 'login' || kind === 'loginFailed' ? `by ${action}` : action].join(' ')),
  target && target !== '-' && code(target),
  el('span', { class: 'soft' }, [reason, address && `from ${address}`, left && `${left} more before it are in the log only`].filter(Boolean).join(', ')));

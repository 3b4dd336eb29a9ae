import { get, post, remove } from './api.js';
import { Chart } from './chart.js';
import { confirm } from './dialog.js';
import { button, code, el, refresh } from './dom.js';
import { eventList } from './events.js';
import { bytes, count, short, since } from './format.js';

const CLUSTER = '/$SYS/cluster';
const TENANT = '/$SYS/figures';
const STATUS = { ready: 'good', active: 'good', draining: 'wait', joining: 'wait', shuttingDown: 'wait', unready: 'bad', dead: 'bad' };

/** What runs and how busy it is, as far as the administrator may see it, and who comes and goes. */
export function clusterView({ admin, live, root }) {
  const map = el('div', { class: 'map' });
  const charts = admin.isOperator ? liveFigures(live, CLUSTER, 'Figures of the cluster') : liveFigures(live, TENANT, 'Figures of the tenant');
  const events = eventList(admin, live);
  root.append(charts, el('section', { class: 'card', 'aria-labelledby': 'map-title' }, el('h2', { id: 'map-title' }, 'Cluster map'), map), events);
  return { refresh: async () => showMap(map, await get('status'), admin) };
}

/** A tenant's own figures are fewer: who delivers, and how busy that is, is not its business. */
function liveFigures(live, channel, title) {
  const whole = value => count(Math.round(value));
  const charts = [
    ['sessions', new Chart('Sessions', whole)],
    ['publishesPerSecond', new Chart('Published / s', count)],
    ...channel === CLUSTER ? [['deliveriesPerSecond', new Chart('Delivered / s', count)], ['cpu', new Chart('Busiest CPU', value => `${count(value)} %`)]] : [],
  ];
  const add = figures => charts.forEach(([name, chart]) => chart.add(Date.parse(figures.time), figures[name]));
  get(`messages${channel}`, { limit: 100 })
    .then(page => page.messages.map(message => message.data).filter(figures => Date.now() - Date.parse(figures.time) < 300_000).forEach(add))
    .catch(() => {})
    .then(() => live.listen(channel, add))
    .catch(() => {});
  return el('section', { class: 'charts', 'aria-label': title }, charts.map(([, chart]) => chart.node));
}

function showMap(map, status, admin) {
  if (!status.silos) {
    refresh(map, el('p', { class: 'nothing' }, `Tidings ${status.version}. Its silos and gateways are shown to operators.`));
    return;
  }
  refresh(map,
    tier('Gateways', 'hold the connections', status.gateways.map(gateway => node(gateway, admin, status.standalone))),
    tier('Silos', 'hold sessions and channels', status.silos.map(silo => node(silo, admin, true))),
    tier('Logs', 'keep what was published', [store(status)]));
}

const tier = (title, what, nodes) => el('section', { class: 'tier' },
  el('div', {}, el('h3', {}, `${title}`), el('p', { class: 'hint' }, what)),
  nodes.length > 0 ? el('ul', {}, nodes) : el('p', { class: 'nothing' }, 'None has reported yet.'));

function node({ id, name, address, status, version, started, load }, admin, isFixed) {
  return el('li', { class: 'node', 'data-kind': STATUS[status] ?? 'wait' },
    el('div', { class: 'between' }, el('strong', { title: id }, name ?? short(id)), el('span', { class: 'status' }, status)),
    el('p', { class: 'hint' }, code(address ?? id)),
    load && el('div', { class: 'load' },
      el('meter', { min: 0, max: 100, low: 70, high: 90, optimum: 0, value: load.cpu ?? 0, 'aria-label': `Processor of ${name ?? id}` }, `${load.cpu} %`),
      el('span', {}, `${count(load.cpu)} % CPU`)),
    load && el('p', { class: 'numbers' }, [`${count(load.sessions)} ${load.sessions === 1 ? 'session' : 'sessions'}`, bytes(load.memoryBytes), started && `up ${since(started)}`, version && `v${version}`].filter(Boolean).join(' · ')),
    !isFixed && drainButton(id, status));
}

const store = ({ redis }) => el('li', { class: 'node', 'data-kind': redis.healthy ? 'good' : 'bad' },
  el('div', { class: 'between' }, el('strong', {}, redis.configured ? 'Redis' : 'Memory'), el('span', { class: 'status' }, redis.healthy ? 'healthy' : 'away')),
  el('p', { class: 'hint' }, redis.configured ? 'Outlives every silo and gateway.' : 'This server stands alone; its logs end with it.'));

function drainButton(id, status) {
  const path = `gateways/${encodeURIComponent(id)}/drain`;
  if (status === 'draining') return button('Stop draining', () => remove(path), 'quiet small', { 'aria-label': `Stop draining ${id}` });
  return button('Drain', async () => {
    if (await confirm(`Move the sessions of ${id} to the other gateways?`, 'Drain')) await post(path, { seconds: 30 });
  }, 'quiet small', { 'aria-label': `Drain ${id}` });
}

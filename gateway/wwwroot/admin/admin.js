import { get, logIn, logOut, Refusal, whoAmI } from './api.js';
import { openPanel } from './dialog.js';
import { el } from './dom.js';
import { Live } from './live.js';
import { accountsView } from './accounts.js';
import { auditView } from './audit.js';
import { channelsView } from './channels.js';
import { clusterView } from './cluster.js';
import { sessionsView } from './sessions.js';

const VIEWS = { cluster: clusterView, sessions: sessionsView, channels: channelsView, accounts: accountsView, audit: auditView };
const TITLES = { cluster: 'Cluster', sessions: 'Sessions', channels: 'Channels', accounts: 'Accounts', audit: 'Audit' };
const PERIOD = 5_000;

const element = id => document.getElementById(id);
const live = new Live();
let admin = null;
let view = null;

// Who it is

async function begin() {
  try {
    const who = await whoAmI();
    if (!who.roles.some(role => role === 'admin' || role === 'operator')) {
      showLogin(`${who.tenant}/${who.user} is no administrator. Log in as one.`);
      return;
    }
    await enter(who);
  } catch (error) {
    if (error.status === 401) showLogin('');
    else { tell(error); setTimeout(begin, PERIOD); }
  }
}

async function enter(who) {
  admin = { ...who, isOperator: who.tenant === 'default' && who.roles.includes('operator'), chosen: who.tenant };
  await showTenants();
  element('user').textContent = who.user;
  element('user').title = `${who.tenant}/${who.user}`;
  show({ login: false, view: true, who: true, tabs: true });
  tell(null);
  live.start();
  route();
}

async function showTenants() {
  element('tenant-choice').hidden = !admin.isOperator;
  if (!admin.isOperator) return;
  const tenants = await get('tenants');
  element('tenant').replaceChildren(...tenants.map(({ name }) => el('option', { value: name, selected: name === admin.chosen }, name)));
}

function showLogin(text) {
  view = admin = null;
  live.stop();
  document.querySelectorAll('dialog').forEach(panel => panel.remove());
  element('view').replaceChildren();
  show({ login: true, view: false, who: false, tabs: false });
  note(text);
  tell(null);
  element('name').focus();
}

element('login-form').addEventListener('submit', async event => {
  event.preventDefault();
  note('');
  try {
    await logIn(element('name').value.trim(), element('password').value);
    element('password').value = '';
    await begin();
  } catch (error) {
    note(error.status === 401 ? 'The user or the password is wrong.' : error.message, 'error');
    element('password').focus();
  }
});

element('logout').addEventListener('click', async () => {
  await logOut().catch(() => {});
  showLogin('You are logged out.');
});

element('tenant').addEventListener('change', event => {
  admin.chosen = event.target.value;
  route();
});

// What is shown

addEventListener('hashchange', route);

function route() {
  if (!admin) return;
  const name = location.hash.slice(1) in VIEWS ? location.hash.slice(1) : 'cluster';
  live.quiet();
  document.title = `${TITLES[name]} – Tidings admin`;
  for (const tab of element('tabs').querySelectorAll('a')) {
    if (tab.hash === `#${name}`) tab.setAttribute('aria-current', 'page');
    else tab.removeAttribute('aria-current');
  }
  const root = el('div', { class: 'view' }, el('h1', { class: 'hidden' }, TITLES[name]));
  view = VIEWS[name]({ admin, live, root, refreshTenants: showTenants });
  element('view').replaceChildren(root);
  refresh();
}

/** Brings the view up to date. While the server does not answer, what it last said stays, and the page says so. */
async function refresh() {
  const current = view;
  // What lies behind a panel rests, so that the focus finds its way back.
  if (!current || document.hidden || document.querySelector('dialog')) return;
  try {
    await current.refresh();
    if (current === view) tell(null);
  } catch (error) {
    if (current !== view) return;
    if (error.status === 401) showLogin('Your log-in has ended.');
    else if (error instanceof Refusal) tell(error);
    else throw error;
  }
}

setInterval(refresh, PERIOD);
document.addEventListener('visibilitychange', refresh);

live.onstate = (state, text) => {
  element('connection').dataset.state = state;
  if (element('state').textContent !== text) element('state').textContent = text;
};

// Whatever a button began and the server refused is told, and not taken for done.
addEventListener('unhandledrejection', event => {
  if (!(event.reason instanceof Refusal)) return;
  event.preventDefault();
  if (event.reason.status === 401) showLogin('Your log-in has ended.');
  else openPanel('That was not done', el('p', { class: 'note', role: 'alert', 'data-kind': 'error' }, event.reason.message));
});

// Shared

function tell(error) {
  const text = !error ? '' : error.status === 0 || error.status >= 500 ? `${error.message} What is shown may be old; trying again.` : error.message;
  if (element('banner').textContent !== text) element('banner').textContent = text;
}

function note(text, kind = 'done') {
  element('login-note').dataset.kind = kind;
  element('login-note').textContent = text;
}

function show(visible) {
  for (const [id, isVisible] of Object.entries(visible)) element(id).hidden = !isVisible;
}

begin();

import { Tidings } from './tidings.js';
import { MessageLog } from './log.js';

const HELLO = { pattern: '/demo/**', channel: '/demo/hello', data: { text: 'Hello from Tidings' } };
const STATES = { connecting: 'Connecting', connected: 'Connected', reconnecting: 'Reconnecting', stopped: 'Disconnected' };
const TRANSPORTS = { 'websocket': 'WebSocket', 'long-polling': 'Long-polling' };

const element = id => document.getElementById(id);
const tidings = new Tidings('/cometd');
const log = new MessageLog(element('log'), { empty: element('empty'), count: element('count') });
const subscriptions = new Set();

// Connection

tidings.onmessage = message => log.add(message);
tidings.onstate = reason => {
  element('connection').dataset.state = tidings.state;
  setText('state', STATES[tidings.state]);
  setText('transport', TRANSPORTS[tidings.transport] ?? (tidings.state === 'stopped' ? reason?.message ?? '' : ''));
  setText('latency', tidings.transport && tidings.latency !== undefined ? milliseconds(tidings.latency) : '');
  element('connection').title = reason && tidings.state !== 'connected' ? reason.message : '';
  setText('reconnect', tidings.state === 'stopped' ? 'Reconnect' : 'Try now');
  element('reconnect').hidden = tidings.state === 'connected' || tidings.state === 'connecting';
};

element('reconnect').addEventListener('click', () => { tidings.start(); tidings.retryNow(); });
addEventListener('online', () => tidings.retryNow());
addEventListener('pagehide', () => tidings.stop());
addEventListener('pageshow', event => { if (event.persisted) tidings.start(); });

// Subscribe

element('subscribe-form').addEventListener('submit', event => {
  event.preventDefault();
  const pattern = element('pattern').value.trim();
  attempt('subscribe-note', element('pattern'), () => subscribe(pattern));
});

async function subscribe(pattern) {
  checkChannel(pattern);
  await tidings.subscribe(pattern);
  subscriptions.add(pattern);
  showSubscriptions();
  return '';
}

async function unsubscribe(pattern) {
  await tidings.unsubscribe(pattern);
  subscriptions.delete(pattern);
  showSubscriptions();
  element('pattern').focus();
  return '';
}

function showSubscriptions() {
  element('subscriptions').replaceChildren(...[...subscriptions].map(chip));
  const latest = [...subscriptions].at(-1) ?? HELLO.pattern;
  setText('curl', curl(latest.replace(/\*{1,2}$/, 'hello')));
}

function chip(pattern) {
  const item = document.createElement('li');
  const name = document.createElement('code');
  const remove = document.createElement('button');
  name.textContent = pattern;
  remove.type = 'button';
  remove.textContent = '×';
  remove.title = 'Unsubscribe';
  remove.setAttribute('aria-label', `Unsubscribe from ${pattern}`);
  remove.addEventListener('click', () => attempt('subscribe-note', null, () => unsubscribe(pattern)));
  item.append(name, remove);
  return item;
}

// Publish

element('publish-form').addEventListener('submit', event => {
  event.preventDefault();
  publishForm();
});

element('body').addEventListener('keydown', event => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) publishForm();
});

element('first').addEventListener('click', () => attempt('publish-note', null, async () => {
  if (!subscriptions.has(HELLO.pattern)) await subscribe(HELLO.pattern);
  const acknowledged = await publish(HELLO.channel, HELLO.data);
  element('messages').scrollIntoView({ block: 'nearest' });
  return acknowledged;
}));

function publishForm() {
  const channel = element('channel').value.trim();
  attempt('publish-note', element('channel'), () => checkChannel(channel, { wildcards: false }))
    .then(valid => valid && attempt('publish-note', element('body'), () => publish(channel, readBody())));
}

async function publish(channel, data) {
  await tidings.publish(channel, data);
  return `Acknowledged in ${milliseconds(tidings.latency)}`;
}

function readBody() {
  const text = element('body').value;
  if (document.querySelector('input[name=format]:checked').value === 'text') return text;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!text.trim()) throw new Error('The message is empty. JSON needs a value, such as {} or "text".');
    throw new Error(`Not valid JSON: ${error.message}. To send it as it is, choose Text.`);
  }
}

// Terminal

function curl(channel) {
  const path = channel.split('/').map(segment => encodeURIComponent(segment).replaceAll("'", '%27')).join('/');
  const lines = [
    `curl '${location.origin}/channels${path}'`, `-H 'Content-Type: application/json'`, `-d '{"text":"Hello from the terminal"}'`,
  ];
  return lines.join(' \\\n  ');
}

element('copy').addEventListener('click', async () => {
  const copied = await copy(element('curl'));
  setText('copy', copied ? 'Copied' : 'Press Ctrl+C');
  setTimeout(() => setText('copy', 'Copy'), 2000);
});

/** Where the clipboard is refused (no secure context) the line is selected, for the visitor to copy it. */
async function copy(source) {
  try {
    await navigator.clipboard.writeText(source.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(source);
    return false;
  }
}

// Messages

element('clear').addEventListener('click', () => log.clear());
element('pause').addEventListener('click', () => {
  log.paused = !log.paused;
  element('pause').setAttribute('aria-pressed', String(log.paused));
  setText('pause', log.paused ? 'Resume' : 'Pause');
});

// Shared

/** Runs an action and shows what came of it beside its form; a failure also marks the field it is about. */
async function attempt(note, field, action) {
  if (tidings.state !== 'connected') show(note, 'Waiting for the connection…');
  try {
    show(note, await action() ?? '');
    field?.removeAttribute('aria-invalid');
    return true;
  } catch (error) {
    show(note, error.message, 'error');
    field?.setAttribute('aria-invalid', 'true');
    field?.focus();
    return false;
  }
}

function checkChannel(name, { wildcards = true } = {}) {
  if (!name.startsWith('/') || name.length < 2) throw new Error('A channel starts with a slash, such as /demo/hello.');
  if (name.includes('//')) throw new Error('A channel has no empty segments: remove the double slash.');
  if (wildcards && name.replace(/\/\*{1,2}$/, '').includes('*'))
    throw new Error('A wildcard is the whole last segment: /demo/* or /demo/**.');
  if (!wildcards && /\/\*{1,2}$/.test(name)) throw new Error('Publish to one channel: wildcards are for subscriptions.');
}

function show(note, text, kind = 'done') {
  element(note).dataset.kind = kind;
  setText(note, text);
}

function setText(id, text) {
  if (element(id).textContent !== text) element(id).textContent = text;
}

function milliseconds(value) {
  return value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;
}

showSubscriptions();
tidings.onstate();
tidings.start();
attempt('subscribe-note', null, () => subscribe(HELLO.pattern));

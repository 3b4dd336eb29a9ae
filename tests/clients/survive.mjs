// Stock CometD clients with the acknowledgement extension of their own package, while somebody else kills servers:
// several subscribe to everything, messages are published over REST until each is acknowledged, and what arrived is
// reported as one line of JSON on standard output. The line "ready" says that all have subscribed.
//
//   node survive.mjs --url http://127.0.0.1:8080/cometd --clients 6 --messages 1200 --rate 40
//
//   --clients N      half of them over websocket, half over long-polling; default 6
//   --channels N     messages are spread evenly; default 4
//   --messages N     default 1200
//   --rate N         messages a second, all channels together; default 40
//   --timeout SECONDS  for the subscriptions, and for what is missing after the last publish; default 60
import { parseArgs } from 'node:util';
import { adapt } from 'cometd-nodejs-client';
import { CometD } from 'cometd';
import { AckExtension } from 'cometd/AckExtension.js';
import { withDeadline } from './deadline.mjs';
import { Tally } from './tally.mjs';

console.log = console.info = console.debug = console.error;
adapt();

const { values: options } = parseArgs({
  options: {
    url: { type: 'string' },
    clients: { type: 'string', default: '6' },
    channels: { type: 'string', default: '4' },
    messages: { type: 'string', default: '1200' },
    rate: { type: 'string', default: '40' },
    timeout: { type: 'string', default: '60' },
  },
});

const timeout = Number(options.timeout) * 1000;
const prefix = `/survive-${process.pid}-${Date.now()}`;
const channels = Array.from({ length: Number(options.channels) }, (_, i) => `${prefix}/c${i}`);
const rounds = Math.ceil(Number(options.messages) / channels.length);
const all = ['websocket', 'long-polling', 'callback-polling'];
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

/** A client that counts its handshakes, and the messages of every channel. */
function open(transport) {
  const client = new CometD();
  for (const other of all.filter((name) => name !== transport)) client.unregisterTransport(other);
  client.configure({ url: options.url, logLevel: 'error' });
  client.registerExtension('ack', new AckExtension());
  const one = { client, transport, handshakes: 0, ack: false, ids: new Set(), tally: new Tally(channels, rounds), last: 0, longest: 0 };
  client.addListener('/meta/handshake', (reply) => {
    one.handshakes++;
    one.ack = Boolean(reply.ext?.ack);
  });
  client.addListener('/meta/connect', (reply) => { if (reply.successful) one.ids.add(client.getClientId()); });
  return new Promise((resolve, reject) => {
    client.handshake((reply) => { if (reply.successful) resolve(one); else reject(new Error(`handshake: ${JSON.stringify(reply)}`)); });
  });
}

function subscribe(one) {
  const take = (message) => {
    const now = performance.now();
    if (one.last) one.longest = Math.max(one.longest, now - one.last);
    one.last = now;
    one.tally.add(message.channel, message.data);
  };
  return new Promise((resolve, reject) => {
    one.client.subscribe(`${prefix}/*`, take, (reply) => { if (reply.successful) resolve(); else reject(new Error(`subscribe: ${JSON.stringify(reply)}`)); });
  });
}

let retries = 0;

/** Publishes a message under one id until it is acknowledged. */
async function publish(channel, data) {
  const key = `${channel.replaceAll('/', '.')}-${data.last ? 'last' : data.n}`;
  for (;;) {
    try {
      const answer = await fetch(new URL(`/channels${channel}`, options.url), {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
        body: JSON.stringify(data),
        signal: AbortSignal.timeout(15000),
      });
      if (answer.ok) return;
    } catch {
      // Nobody there, or an unknown outcome: the same again under the same id.
    }
    retries++;
    await pause(100);
  }
}

async function publishAll(channel) {
  const start = performance.now();
  for (let n = 0; n < rounds; n++) {
    await pause(start + (n * 1000 * channels.length) / Number(options.rate) - performance.now());
    await publish(channel, { n });
  }
  await publish(channel, { last: true });
}

const result = { messages: rounds * channels.length };
const clients = [];
try {
  for (let i = 0; i < Number(options.clients); i++) clients.push(await withDeadline(open(all[i % 2]), timeout, 'a handshake'));
  await withDeadline(Promise.all(clients.map(subscribe)), timeout, 'subscriptions');
  process.stdout.write('ready\n');
  await Promise.all(channels.map(publishAll));
  await withDeadline(Promise.all(clients.map((one) => one.tally.complete)), timeout, () => clients.map((one) => one.tally.describe()).join('; '));
} catch (error) {
  result.error = error.message;
}
result.retries = retries;
result.clients = clients.map((one) => ({
  transport: one.transport,
  ack: one.ack,
  handshakes: one.handshakes,
  clientIds: one.ids.size,
  longestPause: Math.round(one.longest),
  ...one.tally.summary(),
}));
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));

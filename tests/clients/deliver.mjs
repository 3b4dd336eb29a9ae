// Drives a Bayeux server with a stock client: subscribes to channels, publishes numbered messages to each in turn,
// and reports what arrived, as one line of JSON on standard output.
//
//   node deliver.mjs --url http://127.0.0.1:8080/cometd --client cometd --transport websocket
//
//   --client cometd|faye|c8y               the subscriber's library; c8y needs --publisher rest
//   --transport websocket|long-polling     the only transport the clients may use for their connects
//   --publisher cometd|faye|rest           default: the subscriber's library; rest posts to /channels/...
//   --channels N, --messages N             messages are spread evenly; defaults 5 and 100
//   --prefix PATH                          first part of the channels' names; default a fresh one
//   --user TENANT/NAME, --password TEXT    who c8y logs in as
//   --timeout SECONDS                      for each step; default 60
import { parseArgs } from 'node:util';
import * as c8y from './c8y-client.mjs';
import * as cometd from './cometd-client.mjs';
import * as faye from './faye-client.mjs';
import * as rest from './rest-publisher.mjs';
import { withDeadline } from './deadline.mjs';
import { ServedBy } from './served-by.mjs';
import { Tally } from './tally.mjs';

// Libraries log to the console; standard output is for the result alone.
console.log = console.info = console.debug = console.error;

const { values: options } = parseArgs({
  options: {
    url: { type: 'string' },
    client: { type: 'string', default: 'cometd' },
    transport: { type: 'string', default: 'websocket' },
    publisher: { type: 'string' },
    channels: { type: 'string', default: '5' },
    messages: { type: 'string', default: '100' },
    user: { type: 'string' },
    password: { type: 'string' },
    prefix: { type: 'string', default: `/run-${process.pid}-${Date.now()}` },
    timeout: { type: 'string', default: '60' },
  },
});

const libraries = { c8y, cometd, faye, rest };
const timeout = Number(options.timeout) * 1000;
const rounds = Math.ceil(Number(options.messages) / Number(options.channels));
const channels = Array.from({ length: Number(options.channels) }, (_, i) => `${options.prefix}/c${i}`);

const servedBy = new ServedBy();
const tally = new Tally(channels, rounds);
const result = { client: options.client, transport: options.transport, published: 0 };

// Every channel gets its next message once the previous one is acknowledged, all channels at the same time:
// so the order of publishing is certain, whatever the library does with requests in parallel.
async function publishAll(publisher) {
  for (let round = 0; round < rounds; round++) {
    await withDeadline(
      Promise.all(channels.map((channel) => publisher.publish(channel, { n: round }))),
      timeout, `acknowledgements of round ${round + 1} of ${rounds}`);
    result.published += channels.length;
  }
}

// Behind the last message of a channel nothing may come but this mark; when it is there, so is all that ever will be.
async function publishMarks(publisher) {
  await withDeadline(
    Promise.all(channels.map((channel) => publisher.publish(channel, { last: true }))),
    timeout, 'acknowledgements of the closing marks');
}

async function run() {
  const open = (name) => libraries[name].open({ ...options, servedBy });
  const subscriber = await withDeadline(open(options.client), timeout, 'the subscriber\'s handshake');
  const publisher = await withDeadline(open(options.publisher ?? options.client), timeout, 'the publisher\'s handshake');
  await withDeadline(
    Promise.all(channels.map((channel) => subscriber.subscribe(channel, (data) => tally.add(channel, data)))),
    timeout, `${channels.length} subscriptions`);

  const start = performance.now();
  await publishAll(publisher);
  await publishMarks(publisher);
  await withDeadline(tally.complete, timeout, () => `closing marks: ${tally.describe()}`);
  result.milliseconds = Math.round(performance.now() - start);

  result.transports = subscriber.transports();
  await withDeadline(Promise.all([subscriber.close(), publisher.close()]), timeout, 'the disconnects');
}

try {
  await run();
} catch (error) {
  result.error = error.message;
}
Object.assign(result, tally.summary(), { servedBy: servedBy.counts });
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));

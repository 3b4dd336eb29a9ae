import { adapt } from 'cometd-nodejs-client';
import { CometD } from 'cometd';

adapt();

const all = ['websocket', 'long-polling', 'callback-polling'];

/** A connected session of the stock CometD client that may use one transport only. */
export function open({ url, transport }) {
  const client = new CometD();
  for (const other of all.filter((name) => name !== transport)) client.unregisterTransport(other);
  client.configure({ url, logLevel: 'warn' });
  const transports = new Set();
  client.addListener('/meta/connect', (reply) => { if (reply.successful) transports.add(client.getTransport().type); });
  return new Promise((resolve, reject) => {
    client.handshake((reply) => {
      if (reply.successful) resolve(session(client, transports));
      else reject(failure('handshake', reply));
    });
  });
}

function session(client, transports) {
  return {
    subscribe: (channel, onData) => asked('subscribe', (reply) => client.subscribe(channel, (message) => onData(message.data), reply)),
    publish: (channel, data) => asked('publish', (reply) => client.publish(channel, data, reply)),
    close: () => asked('disconnect', (reply) => client.disconnect(reply)),
    transports: () => [...transports],
  };
}

function asked(what, send) {
  return new Promise((resolve, reject) => {
    send((reply) => (reply.successful ? resolve(reply) : reject(failure(what, reply))));
  });
}

function failure(what, reply) {
  return new Error(`${what} failed: ${reply.error ?? JSON.stringify(reply.failure ?? reply)}`);
}

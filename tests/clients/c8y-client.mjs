import { BasicAuth, FetchClient, Realtime } from '@c8y/client';

const all = ['websocket', 'long-polling', 'callback-polling'];

/**
 * A session of Cumulocity's own client (its class Realtime, which stands on CometD) that may use one transport only. It logs in as it
 * always does: with a header over HTTP, and with the handshake's ext, which is all there is over WebSocket. It only subscribes.
 */
export async function open({ url, transport, user, password }) {
  const [tenant, name] = user.split('/');
  const realtime = new Realtime(new FetchClient(new BasicAuth({ tenant, user: name, password }), new URL(url).origin));
  for (const other of all.filter((one) => one !== transport)) realtime.cometd.unregisterTransport(other);
  const transports = new Set();
  realtime.addConnectListener((reply) => { if (reply.successful) transports.add(realtime.cometd.getTransport().type); });
  return {
    subscribe: (channel, onData) => subscribed(realtime, channel, onData),
    close: () => new Promise((resolve) => { realtime.disconnect(resolve); }),
    transports: () => [...transports],
  };
}

function subscribed(realtime, channel, onData) {
  return new Promise((resolve, reject) => {
    realtime.cometd.addListener('/meta/subscribe', (reply) => {
      if ([reply.subscription].flat().includes(channel)) {
        if (reply.successful) resolve();
        else reject(new Error(`subscribe failed: ${reply.error ?? JSON.stringify(reply)}`));
      }
    });
    realtime.subscribe(channel, (message) => onData(message.data));
  });
}

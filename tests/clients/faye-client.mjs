import faye from 'faye';

/**
 * A session of the stock Faye client whose connects use one transport only.
 * Its handshake always goes over HTTP: the library asks there which transports the server has.
 */
export function open({ url, transport }) {
  const client = new faye.Client(url, { timeout: 120, retry: 1 });
  client.disable('eventsource');
  if (transport === 'long-polling') client.disable('websocket');
  const transports = new Set();
  client.addExtension({
    outgoing(message, callback) {
      if (message.channel === '/meta/connect') transports.add(message.connectionType);
      callback(message);
    },
  });
  // The library tries again by itself until the handshake succeeds: there is no failure to hand on.
  return new Promise((resolve) => { client.connect(() => resolve(session(client, transports))); });
}

function session(client, transports) {
  return {
    subscribe: (channel, onData) => promised(client.subscribe(channel, onData)),
    publish: (channel, data) => promised(client.publish(channel, data)),
    close: () => promised(client.disconnect()),
    transports: () => [...transports],
  };
}

function promised(answer) {
  return new Promise((resolve, reject) => { answer.then(resolve, (error) => reject(new Error(error?.message ?? String(error)))); });
}

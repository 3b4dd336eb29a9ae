// CometD's JavaScript client in Node. After a cut it comes back by itself, and gets what it has not acknowledged again.
import { adapt } from 'cometd-nodejs-client';
import { CometD } from 'cometd';
import { AckExtension } from 'cometd/AckExtension.js';

const server = process.argv[2] ?? 'http://127.0.0.1:8080';

adapt();
const client = new CometD();
client.registerExtension('ack', new AckExtension());
client.configure({ url: `${server}/cometd` });

client.handshake((reply) => {
  if (!reply.successful) {
    console.error(reply.error ?? 'The server cannot be reached.');
    process.exit(1);
  }

  client.subscribe('/samples/cometd/*', (message) => {
    console.log(message.channel, JSON.stringify(message.data));
    client.disconnect();
  }, () => client.publish('/samples/cometd/hello', { text: 'Hello from CometD' }));
});

// Faye's client in Node. A pattern's callback gets the channel, too.
import faye from 'faye';

const server = process.argv[2] ?? 'http://127.0.0.1:8080';
const client = new faye.Client(`${server}/cometd`);

await client.subscribe('/samples/faye/*').withChannel((channel, data) => {
  console.log(channel, JSON.stringify(data));
  client.disconnect();
});
await client.publish('/samples/faye/hello', { text: 'Hello from Faye' });

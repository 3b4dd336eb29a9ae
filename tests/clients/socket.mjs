// A WebSocket in a terminal: each line that is typed is sent, each text that comes is printed.
//   node socket.mjs ws://127.0.0.1:8080/path ['Header: value' …]
import { createInterface } from 'node:readline';
import WebSocket from 'ws';

const [address, ...lines] = process.argv.slice(2);
const headers = Object.fromEntries(lines.map(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]));
const socket = new WebSocket(address, { headers });

socket.on('open', () => createInterface({ input: process.stdin }).on('line', line => socket.send(line)));
socket.on('message', text => console.log(text.toString()));
socket.on('close', code => {
  console.log(`closed: ${code}`);
  process.exit(0);
});
socket.on('error', error => {
  console.error(error.message);
  process.exit(1);
});

// A Faye server at /cometd on loopback: node faye-server.mjs <folder with node_modules> <port>
import http from 'node:http';
import path from 'node:path';
import { createRequire } from 'node:module';

const [folder, port] = process.argv.slice(2);
const faye = createRequire(path.join(path.resolve(folder), 'package.json'))('faye');

const server = http.createServer();
server.keepAliveTimeout = 120_000;
new faye.NodeAdapter({ mount: '/cometd', timeout: 30 }).attach(server);
server.listen(Number(port), '127.0.0.1', 4096, () => console.log(`Now listening on: http://127.0.0.1:${port}`));

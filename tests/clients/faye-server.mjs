// A Faye server on a free loopback port, for tests of the conformance suite.
//   FAYE_TIMEOUT  seconds a connect is held, default 60
//   FAYE_PORT     port, default 0: any free one
// Prints "Now listening on: http://127.0.0.1:PORT" when it is ready; the endpoint is /cometd. Ends on SIGTERM or when stdin closes.
import http from "node:http";
import faye from "faye";

const timeout = Number(process.env.FAYE_TIMEOUT ?? 60);
const port = Number(process.env.FAYE_PORT ?? 0);

const server = http.createServer((_, response) => response.writeHead(404).end());
new faye.NodeAdapter({ mount: "/cometd", timeout }).attach(server);

server.listen(port, "127.0.0.1", () => {
  console.log(`Now listening on: http://127.0.0.1:${server.address().port}`);
});

// Some requests make Faye answer twice and throw; the others must be served all the same.
process.on("uncaughtException", (error) => console.error(error));

process.on("SIGTERM", () => process.exit(0));
process.stdin.on("end", () => process.exit(0)).resume();

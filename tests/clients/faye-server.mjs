// A Faye server on a free loopback port, for tests of the conformance suite.
//   FAYE_TIMEOUT  seconds a connect is held, default 60
//   FAYE_PORT     port, default 0: any free one
//   FAYE_TOKENS   1: sessions need ext.authentication.token, the time in milliseconds since 1970 UTC until which it is good, in the
//                 handshake, and a new one in a connect before then
// Prints "Now listening on: http://127.0.0.1:PORT" when it is ready; the endpoint is /cometd. Ends on SIGTERM or when stdin closes.
import http from "node:http";
import faye from "faye";

const timeout = Number(process.env.FAYE_TIMEOUT ?? 60);
const port = Number(process.env.FAYE_PORT ?? 0);

const server = http.createServer((_, response) => response.writeHead(404).end());
const bayeux = new faye.NodeAdapter({ mount: "/cometd", timeout });
if (process.env.FAYE_TOKENS) bayeux.addExtension(tokens());
bayeux.attach(server);

server.listen(port, "127.0.0.1", () => {
  console.log(`Now listening on: http://127.0.0.1:${server.address().port}`);
});

// Some requests make Faye answer twice and throw; the others must be served all the same.
process.on("uncaughtException", (error) => console.error(error));

/** Refuses sessions whose token has ended, as applications of Faye do. */
function tokens() {
  const ends = new Map();
  let asked = NaN;
  return {
    incoming(message, callback) {
      const token = Number(message.ext?.authentication?.token);
      if (message.channel === "/meta/handshake") asked = token;
      else if (token) ends.set(message.clientId, token);
      const end = message.channel === "/meta/handshake" ? token : ends.get(message.clientId);
      if (message.clientId ? end < Date.now() : message.channel === "/meta/handshake" && !(end > Date.now())) message.error = "403::token_ended";
      callback(message);
    },
    outgoing(message, callback) {
      if (message.channel === "/meta/handshake" && message.successful) ends.set(message.clientId, asked);
      callback(message);
    },
  };
}

process.on("SIGTERM", () => process.exit(0));
process.stdin.on("end", () => process.exit(0)).resume();

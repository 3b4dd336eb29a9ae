/**
 * A small Bayeux client: WebSocket first, long-polling where WebSocket cannot be had. No dependencies.
 * It keeps its session over lost connections, and makes a new one with the same subscriptions when the server has forgotten it.
 * Source: the Bayeux specification, https://docs.cometd.org/current/reference/#_bayeux
 *
 *   const tidings = new Tidings('/cometd');
 *   tidings.onmessage = ({ channel, data }) => console.log(channel, data);
 *   tidings.start();
 *   await tidings.subscribe('/demo/**');
 *   await tidings.publish('/demo/hello', { text: 'Hello' });
 *
 * @typedef {'connecting'|'connected'|'reconnecting'|'stopped'} State
 * @typedef {{ channel: string, data?: any, id?: string, successful?: boolean, error?: string, advice?: object }} Message
 */

const REPLY_TIMEOUT = 10_000;
const OPEN_TIMEOUT = 5_000;
const LONGEST_PAUSE = 15_000;
const DEFAULT_ADVICE = { reconnect: 'retry', interval: 0, timeout: 30_000 };

/** A request the server refused. `code` is the number of its Bayeux error, such as 403; the message is its text. */
export class BayeuxError extends Error {
  constructor(/** @type {Message} */ reply) {
    const [code, args, ...text] = String(reply.error ?? '').split(':');
    super(text.join(':') || args || code || 'The server refused the request');
    this.code = Number(code) || 0;
    this.reconnect = reply.advice?.reconnect;
  }
}

export class Tidings {
  #url; #transport = null; #clientId = null; #advice = DEFAULT_ADVICE;
  #pending = new Map(); #patterns = new Set(); #waiting = []; #nextId = 1; #failures = 0; #run = null; #wake = () => {};

  /** @type {State} */ state = 'stopped';
  /** Milliseconds of the last round trip (a held connect is not one); undefined before the first. @type {number|undefined} */
  latency;
  /** Called for every message of a subscribed channel. @type {(message: Message) => void} */
  onmessage = () => {};
  /** Called when state, transport or latency changed; `reason` is why the connection is down. @type {(reason?: Error) => void} */
  onstate = () => {};

  /** @param {string} url the Bayeux endpoint, relative to the page or absolute */
  constructor(url = '/cometd') {
    this.#url = new URL(url, globalThis.location?.href);
  }

  /** 'websocket', 'long-polling', or undefined while there is no connection. */
  get transport() { return this.#transport?.name; }

  /** Connects and stays connected until stop(). */
  start() {
    if (this.#run) return;
    const run = this.#run = { stopped: false };
    this.#become('connecting');
    this.#loop(run);
  }

  /** Ends the session. Subscriptions are remembered for the next start(). */
  stop(reason) {
    if (!this.#run) return;
    this.#run.stopped = true;
    this.#run = null;
    if (this.#clientId) this.#transport?.send({ channel: '/meta/disconnect', clientId: this.#clientId }, { last: true }).catch(() => {});
    this.#clientId = null;
    this.#drop(reason ?? new Error('Stopped'));
    this.#waiting.splice(0).forEach(waiter => waiter.reject(reason ?? new Error('Stopped')));
    this.#become('stopped', reason);
    this.#wake();
  }

  /** Skips what is left of a pause between two attempts to reconnect. */
  retryNow() { this.#wake(); }

  /** Subscribes to a channel or pattern: `/a/*` is one more segment, `/a/**` one or more. Resolves when the server said yes. */
  async subscribe(pattern) {
    await this.#ask({ channel: '/meta/subscribe', subscription: pattern });
    this.#patterns.add(pattern);
  }

  /** Ends a subscription. Resolves when the server said yes. */
  async unsubscribe(pattern) {
    await this.#ask({ channel: '/meta/unsubscribe', subscription: pattern });
    this.#patterns.delete(pattern);
  }

  /** Publishes any JSON value. Resolves when the server took it; rejects if it refused, or if the connection was lost meanwhile. */
  publish(channel, data) { return this.#ask({ channel, data }); }

  /** One turn is one connect. Whatever fails ends the turn: the transport is dropped, a pause follows, the next turn starts afresh. */
  async #loop(run) {
    while (!run.stopped) {
      try {
        await this.#turn(run);
        this.#failures = 0;
      } catch (error) {
        if (!run.stopped) await this.#recover(error);
      }
    }
  }

  /** Opens what is missing (transport, session, subscriptions), then connects once and waits as the server's advice says. */
  async #turn(run) {
    if (!this.#transport) await this.#open(run);
    if (run.stopped) return;
    if (!this.#clientId) await this.#handshake();
    const fresh = this.state !== 'connected';
    await this.#connect(fresh);
    if (run.stopped) return;
    if (fresh) this.#connected();
    if (this.#advice.interval > 0) await this.#pause(this.#advice.interval);
  }

  async #open(run) {
    const receive = messages => messages.forEach(message => this.#receive(message));
    const closed = () => { if (this.#transport === transport) this.#drop(new Error('The connection was lost')); };
    let transport;
    transport = await WebSocketTransport.open(this.#url, receive, closed) ?? new LongPollingTransport(this.#url, receive);
    if (run.stopped) return transport.close();
    this.#transport = transport;
  }

  async #handshake() {
    const reply = await this.#request({
      channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['websocket', 'long-polling'],
    });
    this.#clientId = reply.clientId;
    try {
      if (this.#patterns.size > 0) await this.#request({ channel: '/meta/subscribe', subscription: [...this.#patterns] });
    } catch (error) {
      this.#clientId = null; // A session without its subscriptions would be silent for ever: the next turn makes another.
      throw error;
    }
  }

  /** The first connect on a connection asks for an answer at once, so that "connected" is known and not hoped. */
  #connect(fresh) {
    const message = { channel: '/meta/connect', connectionType: this.#transport.name };
    return fresh
      ? this.#request({ ...message, advice: { timeout: 0 } })
      : this.#request(message, this.#advice.timeout + REPLY_TIMEOUT, true);
  }

  #connected() {
    this.#become('connected');
    this.#waiting.splice(0).forEach(waiter => waiter.resolve());
  }

  async #recover(error) {
    this.#drop(error);
    if (error.reconnect === 'none') return this.stop(error);
    const forgotten = error instanceof BayeuxError && (error.code === 401 || error.code === 402 || error.reconnect === 'handshake');
    if (forgotten) this.#clientId = null;
    this.#become('reconnecting', error);
    const longest = Math.min(LONGEST_PAUSE, 250 * 2 ** this.#failures++);
    await this.#pause(longest * (0.5 + Math.random() / 2));
  }

  #pause(milliseconds) {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => { clearTimeout(timer); resolve(); };
    });
  }

  #drop(error) {
    const transport = this.#transport;
    this.#transport = null;
    transport?.close();
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    pending.forEach(request => request.reject(error));
  }

  /** A request of the user: it waits until there is a session. */
  async #ask(message) {
    if (!this.#run) throw new Error('Not connected');
    while (this.state !== 'connected' || !this.#transport) await new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
    return this.#request(message);
  }

  /** @returns {Promise<Message>} the server's reply to this message */
  #request(message, timeout = REPLY_TIMEOUT, held = false) {
    const id = String(this.#nextId++);
    const sent = performance.now();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#drop(new Error('The server does not answer')), timeout);
      const settle = action => value => { clearTimeout(timer); this.#pending.delete(id); action(value); };
      const answered = reply => {
        if (!held) this.latency = performance.now() - sent;
        if (reply.successful) resolve(reply); else reject(new BayeuxError(reply));
        if (!held && this.state === 'connected') this.onstate();
      };
      this.#pending.set(id, { resolve: settle(answered), reject: settle(reject) });
      const full = { id, ...message, ...(this.#clientId && { clientId: this.#clientId }) };
      this.#transport.send(full).catch(error => this.#pending.get(id)?.reject(error));
    });
  }

  #receive(message) {
    if (message.channel === '/meta/connect' && message.advice) this.#advice = { ...DEFAULT_ADVICE, ...message.advice };
    if (typeof message.successful === 'boolean') this.#pending.get(message.id)?.resolve(message);
    else if ('data' in message) this.onmessage(message);
    if (message.channel === '/meta/connect' && message.successful && message.advice?.reconnect === 'none')
      this.stop(new Error('The server ended the session'));
  }

  #become(state, reason) {
    this.state = state;
    this.onstate(reason);
  }
}

/** Bayeux in text frames, each a JSON array of messages. */
class WebSocketTransport {
  name = 'websocket'; #socket;

  constructor(socket) { this.#socket = socket; }

  /** @returns {Promise<WebSocketTransport|undefined>} undefined where no WebSocket can be had: the caller falls back. */
  static open(url, receive, closed) {
    if (!globalThis.WebSocket) return Promise.resolve(undefined);
    const socket = new WebSocket(url.href.replace(/^http/, 'ws'));
    const timer = setTimeout(() => socket.close(), OPEN_TIMEOUT);
    return new Promise(resolve => {
      socket.onopen = () => { clearTimeout(timer); resolve(new WebSocketTransport(socket)); };
      socket.onclose = () => { clearTimeout(timer); resolve(undefined); closed(); };
      socket.onmessage = event => receive([JSON.parse(event.data)].flat());
    });
  }

  async send(message) { this.#socket.send(JSON.stringify([message])); }

  close() { this.#socket.close(1000); }
}

/** Bayeux in HTTP: each request is a POST, and its response carries the replies with the messages that were waiting. */
class LongPollingTransport {
  name = 'long-polling'; #url; #receive; #abort = new AbortController();

  constructor(url, receive) { this.#url = url; this.#receive = receive; }

  async send(message, { last = false } = {}) {
    const response = await fetch(this.#url, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify([message]),
      cache: 'no-store', keepalive: last, signal: last ? undefined : this.#abort.signal,
    });
    if (!response.ok) throw new Error(`The server answered HTTP ${response.status}`);
    if (!last) this.#receive(await response.json());
  }

  close() { this.#abort.abort(); }
}

import { Tidings } from '../tidings.js';

const STATES = { connecting: 'Connecting', connected: 'Live', reconnecting: 'Reconnecting', stopped: 'Not live' };

/** What happens as it happens: channels of the product itself, by its own client. */
export class Live {
  #tidings = new Tidings('/cometd'); #listeners = new Map(); #started = false;

  /** Called when the connection is there, or is not. @type {(state: string, text: string) => void} */
  onstate = () => {};

  constructor() {
    this.#tidings.onstate = () => this.onstate(this.#tidings.state, STATES[this.#tidings.state]);
    this.#tidings.onmessage = ({ channel, data }) => this.#listeners.get(channel)?.forEach(listener => listener(data));
    addEventListener('online', () => this.#tidings.retryNow());
    addEventListener('pagehide', () => this.#tidings.stop());
    addEventListener('pageshow', event => { if (event.persisted && this.#started) this.#tidings.start(); });
  }

  start() {
    this.#started = true;
    this.#tidings.start();
  }

  stop() {
    this.#started = false;
    this.#listeners.clear();
    this.#tidings.stop();
  }

  /** Listens to a channel. A refusal of the server leaves it silent, and is told to the caller. */
  async listen(channel, listener) {
    const known = this.#listeners.get(channel);
    if (known) return void known.add(listener);
    this.#listeners.set(channel, new Set([listener]));
    try {
      await this.#tidings.subscribe(channel);
    } catch (error) {
      this.#listeners.delete(channel);
      throw error;
    }
  }

  /** Nobody who listened of late does any more; subscriptions stay, for they are few. */
  quiet() {
    this.#listeners.forEach(listeners => listeners.clear());
  }
}

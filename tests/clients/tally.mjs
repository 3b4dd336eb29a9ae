/** Counts numbered messages per channel: what came, came twice, came out of order, never came. */
export class Tally {
  #channels;
  #expected;
  #open;
  #finish;

  constructor(channels, expected) {
    this.#channels = new Map(channels.map((name) => [name, { seen: new Set(), highest: -1, doubled: 0, disordered: 0 }]));
    this.#expected = expected;
    this.#open = new Set(channels);
    /** Settles when the closing mark of every channel has come. */
    this.complete = new Promise((resolve) => { this.#finish = resolve; });
  }

  add(name, data) {
    const channel = this.#channels.get(name);
    if (data.last) return this.#close(name, channel);
    if (!this.#open.has(name)) channel.disordered++;
    if (channel.seen.has(data.n)) channel.doubled++;
    else if (data.n < channel.highest) channel.disordered++;
    channel.seen.add(data.n);
    channel.highest = Math.max(channel.highest, data.n);
  }

  #close(name, channel) {
    if (!this.#open.delete(name)) channel.doubled++;
    if (this.#open.size === 0) this.#finish();
  }

  describe() {
    return `${this.#open.size} of ${this.#channels.size} channels are open, first ${[...this.#open][0]}`;
  }

  summary() {
    const all = [...this.#channels.values()];
    const sum = (of) => all.reduce((total, channel) => total + of(channel), 0);
    return {
      received: sum((channel) => channel.seen.size),
      missing: sum((channel) => this.#expected - channel.seen.size),
      doubled: sum((channel) => channel.doubled),
      disordered: sum((channel) => channel.disordered),
    };
  }
}

const KEPT = 200;
const SHOWN_CHARACTERS = 4000;
const time = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hour12: false,
});

/**
 * The last 200 messages, newest first. Messages are drawn once per frame, so that a flood costs no more than a trickle;
 * while paused they wait, bounded in the same way, and `count` still tells how many have arrived.
 */
export class MessageLog {
  #list; #empty; #count; #total = 0; #waiting = []; #paused = false; #scheduled = false;

  constructor(/** @type {HTMLOListElement} */ list, /** @type {{empty: HTMLElement, count: HTMLElement}} */ { empty, count }) {
    this.#list = list;
    this.#empty = empty;
    this.#count = count;
  }

  get paused() { return this.#paused; }

  set paused(value) {
    this.#paused = value;
    this.#schedule();
  }

  add(message) {
    this.#total++;
    this.#waiting.push({ ...message, time: new Date() });
    if (this.#waiting.length > KEPT) this.#waiting.shift();
    this.#schedule();
  }

  clear() {
    this.#total = 0;
    this.#waiting = [];
    this.#list.replaceChildren();
    this.#schedule();
  }

  #schedule() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      this.#draw();
    });
  }

  #draw() {
    this.#count.textContent = this.#paused && this.#waiting.length > 0 ? `${this.#total}, ${this.#waiting.length} waiting` : this.#total;
    if (!this.#paused) this.#list.prepend(...this.#waiting.splice(0).reverse().map(entry));
    while (this.#list.children.length > KEPT) this.#list.lastElementChild.remove();
    this.#empty.hidden = this.#list.children.length > 0;
  }
}

function entry(message) {
  const item = document.createElement('li');
  const when = part('time', 'number', time.format(message.time));
  when.dateTime = message.time.toISOString();
  item.append(part('code', 'channel', message.channel), when, part('pre', 'code', readable(message.data)));
  return item;
}

function part(name, className, text) {
  const node = document.createElement(name);
  node.className = className;
  node.textContent = text;
  return node;
}

/** Text as it is, short JSON on one line, long JSON indented. */
function readable(data) {
  const line = typeof data === 'string' ? data : JSON.stringify(data);
  const text = typeof data === 'string' || line.length <= 120 ? line : JSON.stringify(data, null, 2);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

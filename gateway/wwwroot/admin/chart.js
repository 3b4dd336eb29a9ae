const NAMESPACE = 'http://www.w3.org/2000/svg';
const KEPT = 150;
const [WIDTH, HEIGHT] = [300, 64];

/** A number with the line that it has drawn of late. The line is decoration: the number, and its name, say it all. */
export class Chart {
  #value; #line; #area; #points = []; #format;

  /** @param {(value: number) => string} format */
  constructor(title, format) {
    this.#format = format;
    this.#value = document.createElement('output');
    this.#value.textContent = '–';
    const name = document.createElement('h3');
    name.textContent = title;
    this.#value.setAttribute('aria-label', title);
    // Read when it is looked for, not each time it changes.
    this.#value.setAttribute('aria-live', 'off');
    this.node = document.createElement('div');
    this.node.className = 'chart';
    this.node.append(name, this.#value, this.#picture());
  }

  add(time, value) {
    if (typeof value !== 'number') return;
    this.#points.push([time, value]);
    if (this.#points.length > KEPT) this.#points.shift();
    this.#value.textContent = this.#format(value);
    this.#draw();
  }

  #draw() {
    const [first, last] = [this.#points[0][0], this.#points.at(-1)[0]];
    const most = Math.max(...this.#points.map(([, value]) => value)) * 1.15 || 1;
    const places = this.#points.map(([time, value]) =>
      `${last === first ? WIDTH : ((time - first) / (last - first) * WIDTH).toFixed(1)} ${(HEIGHT - 2 - value / most * (HEIGHT - 6)).toFixed(1)}`);
    this.#line.setAttribute('d', `M${places.join('L')}`);
    this.#area.setAttribute('d', `M0 ${HEIGHT}L${places.join('L')}L${WIDTH} ${HEIGHT}Z`);
  }

  #picture() {
    const make = (name, attributes) => {
      const node = document.createElementNS(NAMESPACE, name);
      Object.entries(attributes).forEach(([key, value]) => node.setAttribute(key, value));
      return node;
    };
    const picture = make('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' });
    this.#area = make('path', { class: 'area' });
    this.#line = make('path', { class: 'line', 'vector-effect': 'non-scaling-stroke' });
    picture.append(this.#area, this.#line);
    return picture;
  }
}

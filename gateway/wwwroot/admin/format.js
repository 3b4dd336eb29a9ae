const number = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
const UNITS = [[86_400, 'd'], [3_600, 'h'], [60, 'min'], [1, 's']];

export const count = value => value === null || value === undefined ? null : value < 100_000 ? number.format(value) : compact.format(value);

export function bytes(value) {
  if (value === null || value === undefined) return null;
  const power = value < 1024 ? 0 : Math.min(4, Math.floor(Math.log2(value) / 10));
  return `${number.format(value / 1024 ** power)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][power]}`;
}

export const when = time => time ? moment.format(new Date(time)) : null;

/** The time of day; with the day, where it was another one. */
export const hour = time => (new Date(time).toDateString() === new Date().toDateString() ? clock : moment).format(new Date(time));

/** How long ago, in its largest unit. */
export function since(time) {
  if (!time) return null;
  const seconds = Math.max(0, (Date.now() - new Date(time)) / 1000);
  const [size, unit] = UNITS.find(([size]) => seconds >= size) ?? UNITS.at(-1);
  return `${Math.floor(seconds / size)} ${unit}`;
}

/** The beginning of an id that is long and unlike any other. */
export const short = id => id && id.length > 16 ? `${id.slice(0, 12)}…` : id;

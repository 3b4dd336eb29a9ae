import diagnostics from 'node:diagnostics_channel';

/** Counts the responses of each gateway by the X-Served-By header that the front sets. */
export class ServedBy {
  counts = {};

  constructor() {
    diagnostics.subscribe('http.client.response.finish', ({ response }) => this.add(response.headers['x-served-by']));
  }

  add(name) {
    if (name) this.counts[name] = (this.counts[name] ?? 0) + 1;
  }
}

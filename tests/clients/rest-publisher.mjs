import { randomUUID } from 'node:crypto';

const patience = 30_000;

/** Publishes through POST /channels/{path}, each request answered once the message is logged; repeats it, under one key, while a server is away. */
export async function open({ url, servedBy }) {
  const base = new URL('/channels', url).href;
  return { publish: (channel, data) => post(base + channel, data, servedBy), close: async () => {} };
}

async function post(address, data, servedBy) {
  const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() };
  const until = Date.now() + patience;
  for (;;) {
    // A connection that broke may have brought its request through; the key makes it one message all the same.
    const response = await fetch(address, { method: 'POST', headers, body: JSON.stringify(data) }).catch(() => new Response('', { status: 502 }));
    servedBy.add(response.headers.get('x-served-by'));
    const text = await response.text();
    if (response.ok) return;
    if (![502, 503, 504].includes(response.status) || Date.now() > until) throw new Error(`POST ${address}: ${response.status} ${text}`);
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
}

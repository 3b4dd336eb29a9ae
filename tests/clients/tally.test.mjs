import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Tally } from './tally.mjs';

const numbers = (tally, channel, ...all) => all.forEach((n) => tally.add(channel, { n }));

test('every message once and in order is nothing to complain of', async () => {
  const tally = new Tally(['/a', '/b'], 2);
  for (const channel of ['/a', '/b']) {
    numbers(tally, channel, 0, 1);
    tally.add(channel, { last: true });
  }
  await tally.complete;
  assert.deepEqual(tally.summary(), { received: 4, missing: 0, doubled: 0, disordered: 0 });
});

test('a gap is missing, and a channel that never came is missing whole', () => {
  const tally = new Tally(['/a', '/b'], 3);
  numbers(tally, '/a', 0, 2);
  assert.deepEqual(tally.summary(), { received: 2, missing: 4, doubled: 0, disordered: 0 });
  assert.equal(tally.describe(), '2 of 2 channels are open, first /a');
});

test('a repetition is doubled and not disordered', () => {
  const tally = new Tally(['/a'], 3);
  numbers(tally, '/a', 0, 1, 2, 1);
  assert.deepEqual(tally.summary(), { received: 3, missing: 0, doubled: 1, disordered: 0 });
});

test('an earlier message after a later one is disordered, and so is one behind the closing mark', () => {
  const tally = new Tally(['/a'], 4);
  numbers(tally, '/a', 0, 2, 1);
  tally.add('/a', { last: true });
  numbers(tally, '/a', 3);
  assert.deepEqual(tally.summary(), { received: 4, missing: 0, doubled: 0, disordered: 2 });
});

test('a closing mark that comes twice is doubled', () => {
  const tally = new Tally(['/a'], 0);
  tally.add('/a', { last: true });
  tally.add('/a', { last: true });
  assert.equal(tally.summary().doubled, 1);
});

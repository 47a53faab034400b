// Bodies of any shape, sent to every route that takes one.
// Each gets a documented refusal, nothing is saved, and the relay keeps running.
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { CONTRACT_HEADER, CONTRACT_VERSION } from '$lib/contract/version';
import { routes } from '../support/api';
import { cases, limitOf, sizeOf } from '../support/cases';
import { openShop, type Shop } from '../support/challenges';
import { TillJournal } from '../support/till-journal';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.stop());

/** The routes with a body, and the names that their schemas use at any depth. */
const targets = routes.flatMap(({ method, path, body }) => {
  if (body === undefined) return [];
  const names = new Set<string>();
  collect(z.toJSONSchema(body, { io: 'input', unrepresentable: 'any' }), names);
  return [{ method, path, names: [...names] }];
});

function collect(schema: unknown, names: Set<string>): void {
  if (typeof schema !== 'object' || schema === null) return;
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties') for (const name of Object.keys(value as object)) names.add(name);
    collect(value, names);
  }
}

const word = fc.constantFrom<unknown>(
  ...['', ' ', '\ud800', '\u0000', '\u202e', '__proto__', 'x'.repeat(100_000), '💥'.repeat(5000)],
  ...['00000000-0000-0000-0000-000000000000', '+79161234567', '+'.repeat(40), '../../etc', '%00'],
  ...['1e400', 'NaN', 'null', '[object Object]', "'; DROP TABLE journal; --", '2026-13-41'],
);
const number = fc.constantFrom<unknown>(0, -1, -0, 0.1, 2 ** 53, -(2 ** 53), 1e308, 5e-324, 4);
const leaf = fc.oneof(word, number, fc.constantFrom<unknown>(null, true, false, [], {}));

/** An object with some of these names, each with a value of any kind, also nested. */
const bodyOf = (names: readonly string[]): fc.Arbitrary<unknown> =>
  fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      leaf,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom('__proto__', 'kind', ...names), tie('value'), { maxKeys: 8 }),
    ),
  })).value;

const pathOf = (path: string): string => path.replaceAll(/:\w+/g, () => uuidv7());

/** Raw texts that are no JSON, or JSON that breaks careless readers. */
const TEXTS = [
  ...['', '{', '[]]', 'null', '"', '\uFEFF{}', '{"a":1,"a":2}', '{"kind":1e400}', 'NaN', '01'],
  '{"__proto__":{"kind":"kept"}}',
  '{"constructor":{"prototype":{"kind":"kept"}}}',
  `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
  `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
  `{"kind":"${'x'.repeat(1_000_000)}"}`,
  '{"kind":"\\ud800"}',
  '{"kind":"a\r\nSet-Cookie: b=c"}',
];

test(
  'no body that a route does not describe is accepted, and none breaks the relay',
  async () => {
    const { till, relay } = shop;
    expect(targets.length).toBeGreaterThanOrEqual(20);
    const saved = (): unknown =>
      relay.file.prepare('SELECT COUNT(*) FROM journal WHERE till <> shop').pluck().get();
    const before = saved();
    for (const { method, path, names } of targets)
      await fc.assert(
        fc.asyncProperty(bodyOf(names), async (body) => {
          // fails if the reply is not documented, or if a body was accepted that its schema refuses
          const { status } = await till.call(method, pathOf(path), body);
          expect(status).toBeLessThan(500);
        }),
        { numRuns: cases(5) },
      );
    expect(saved()).toBe(before);
    expect((await new TillJournal(till, shop.clock.now).upload()).status).toBeLessThan(500);
  },
  limitOf(120_000),
);

test('no text breaks the relay, whatever it claims to be', async () => {
  const { till, relay } = shop;
  // all routes read bodies by the same code: `npm test` sends each text to every third route, and each route another third of them
  const every = sizeOf({ push: 3, long: 1 });
  for (const [nth, { method, path }] of targets.entries())
    for (const body of TEXTS.filter((_, n) => (n + nth) % every === 0)) {
      const reply = await fetch(`${relay.url}/api/v1${pathOf(path)}`, {
        method,
        headers: {
          Connection: 'close',
          [CONTRACT_HEADER]: String(CONTRACT_VERSION),
          Authorization: `Bearer ${till.bearer ?? ''}`,
          'Content-Type': 'application/json',
        },
        body,
      });
      expect([path, body.slice(0, 40), reply.status]).toEqual([
        path,
        body.slice(0, 40),
        expect.toSatisfy((status: number) => status >= 400 && status < 500),
      ]);
      await reply.arrayBuffer();
    }
  expect((await till.call('GET', '/health')).status).toBe(200);
}, 120_000);

// Compares the OpenAPI document with the running relay: routes, requirements, replies.
import { readFileSync } from 'node:fs';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createApp } from '../../relay/app';
import { routes } from '../support/api';
import { DOCUMENT_FILE, mismatchIn, operationOf, type Exchange } from '../support/documented';
import { rawRequest } from '../support/raw-request';
import { startRelay, type RunningRelay } from '../support/relay';
import { TillClient } from '../support/till-client';
import { CARD_SALT } from '../support/till-journal';

let running: RunningRelay;
beforeEach(async () => {
  running = await startRelay();
});
afterEach(() => running.stop());

const BASE = '/api/v1';

/** The path with an id in place of each parameter. */
const filled = (path: string): string => path.replaceAll(/:\w+/g, () => uuidv7());

describe('routes', () => {
  test('the relay serves exactly the described routes', () => {
    const served = createApp(running.relay).routes.flatMap(({ method, path }) =>
      method === 'ALL' || !path.startsWith(`${BASE}/`)
        ? []
        : `${method} ${path.slice(BASE.length)}`,
    );
    expect(served.length).toBeGreaterThan(40);
    const described = routes.map(({ method, path }) => `${method} ${path}`);
    expect(described.sort()).toEqual(served.sort());
  });

  test('nobody gets past what a route says of sessions, elevations and bodies', async () => {
    const till = await TillClient.ready(running.url);
    const kinds = async (method: string, path: string, of: TillClient): Promise<unknown> =>
      (await of.call(method, filled(path), method === 'GET' ? undefined : { surplus: true })).json
        .kind;
    const stranger = await TillClient.make(running.url);
    for (const { id, method, path, access, body } of routes) {
      if (access.kind === 'session' || access.kind === 'elevation')
        expect(await kinds(method, path, stranger), id).toBe('session-unknown');
      if (access.kind === 'elevation')
        expect(await kinds(method, path, till), id).toBe('elevation-needed');
      else if (body !== undefined) expect(await kinds(method, path, till), id).toBe('malformed');
    }
  });
});

describe('serving', () => {
  test('anybody gets the document of the repository, and may cache it', async () => {
    const reply = await rawRequest(`${running.url}${BASE}/openapi.json`);
    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toBe('application/openapi+json; version=3.1');
    expect(reply.headers['cache-control']).toBe('public, max-age=300');
    expect(reply.text).toBe(readFileSync(DOCUMENT_FILE, 'utf8'));
    const etag = String(reply.headers.etag);
    const again = await rawRequest(`${running.url}${BASE}/openapi.json`, {
      headers: { 'if-none-match': etag },
    });
    expect([again.status, again.text, again.headers.etag]).toEqual([304, '', etag]);
  });
});

describe('replies', () => {
  test('on a first day every reply matches the document', async () => {
    const till = await TillClient.ready(running.url);
    const customer = uuidv7();
    const seen = new Set<string>();
    // `call` throws if a reply does not match the document
    const call = async (method: string, path: string, json?: unknown): Promise<number> => {
      seen.add(operationOf({ method, path }) ?? path);
      return (await till.call(method, path, json)).status;
    };
    expect(await call('GET', '/tills')).toBe(403);
    await till.elevate();
    const asked: [method: string, path: string, json?: unknown][] = [
      ['GET', '/health'],
      ['GET', '/tills'],
      ['POST', '/tills/enrolments'],
      ['PUT', `/tills/${till.id}/name`, { name: 'У окна' }],
      ['GET', '/policy'],
      ['GET', '/owner-notices'],
      ['GET', `/operators/${till.ownerId}/phone-proof`],
      [
        'POST',
        '/customers/trusted',
        { contacts: [{ customer, phone: '+79250000601', cardSalt: CARD_SALT }] },
      ],
      [
        'POST',
        `/customers/${customer}/allowance`,
        { phone: '+79250000601', cardSalt: CARD_SALT, receiptId: null },
      ],
      ['GET', '/phones/flags'],
      ['GET', '/notices?since=0'],
      ['GET', '/journal/flags'],
      ['GET', '/reserve-codes?after=0'],
      ['GET', '/providers'],
      ['GET', '/provider'],
      ['POST', '/provider/balance', {}],
      ['GET', '/provider/costs?from=2026-11-01&to=2026-11-30&zone=Europe/Moscow'],
      ['GET', '/provider/history'],
      ['DELETE', '/provider/stop'],
    ];
    for (const [method, path, json] of asked)
      expect(await call(method, path, json), `${method} ${path}`).toBeLessThan(300);
    expect(await call('PUT', '/customers/none/phone', {})).toBe(400);
    expect(await call('GET', `/challenges/${uuidv7()}`)).toBe(404);
    await call('DELETE', `/tills/${till.id}`);
    expect(await call('GET', '/policy')).toBe(401);
    expect(seen.size).toBeGreaterThan(20);
  });

  const exchange = (parts: Partial<Exchange>): Exchange => ({
    method: 'GET',
    path: '/health',
    request: undefined,
    status: 200,
    type: 'application/json',
    text: '{"contract":1,"now":1}',
    ...parts,
  });

  test.each<[what: string, parts: Partial<Exchange>]>([
    ['a field nobody described', { text: '{"contract":1,"now":1,"more":1}' }],
    ['a wrong type', { text: '{"contract":1,"now":"1"}' }],
    ['another status', { status: 202 }],
    ['another content type', { type: 'text/html' }],
    ['another path', { path: '/wealth' }],
    ['a body where there is none', { method: 'DELETE', path: '/provider/stop', status: 204 }],
    [
      'a wrong request that was accepted',
      { method: 'PUT', path: '/policy', request: {}, text: '{"kind":"policy","policy":""}' },
    ],
  ])('%s is reported', async (_what, parts) => {
    expect(await mismatchIn(exchange({}))).toBeNull();
    expect(await mismatchIn(exchange(parts))).not.toBeNull();
  });
});

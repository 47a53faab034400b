// The only place of outgoing requests: what it calls, what it refuses, and how silence is reported.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTcp, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { dispatch, redact } from '../../relay/messaging/gateway/dispatch';
import type { Dispatched } from '../../relay/messaging/gateway/dispatch';
import {
  allowedAddresses,
  ClosedAddress,
  isPublicAddress,
  parseBaseUrl,
} from '../../relay/messaging/gateway/public-address';
import type { HttpRequest } from '../../relay/providers/provider';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const served = async (server: Server): Promise<string> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** A raw socket that answers each connection with this. */
const socket = async (answer: (socket: Socket) => void): Promise<string> => {
  const open: Socket[] = [];
  const server = createTcp((one) => {
    open.push(one);
    one.on('error', () => null); // the other side may be gone already
    answer(one);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(async () => {
    for (const one of open) one.destroy();
    server.close();
    await once(server, 'close');
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const post = (url: string): HttpRequest => ({
  method: 'POST',
  url,
  headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  body: { type: 'form', fields: { msg: 'Код 048213 & ещё', to: '+7' } },
});
const kindOf = (outcome: Dispatched): string => (outcome.ok ? 'ok' : outcome.kind);

test.for([
  [{}, 'application/json'],
  [{ accept: 'text/plain' }, 'text/plain'],
  [{ Accept: 'text/plain' }, 'text/plain'],
] as const)('a request with %o is %s', async ([more, accept]) => {
  let seen: unknown;
  const url = await served(
    createServer((request, response) => {
      seen = request.headers.accept;
      response.end('{}');
    }),
  );
  const request = post(url);
  await dispatch({ ...request, headers: { ...request.headers, ...more } });
  expect(seen).toBe(accept);
});

test('the request is sent as it was described, and the whole reply is returned', async () => {
  let seen = '';
  const url = await served(
    createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const raw = Buffer.concat(chunks).toString('latin1');
        seen = `${request.method} ${request.url} ${request.headers['content-type']} ${raw}`;
        response.writeHead(201, { 'X-Word': '2' }).end('{"Ромашка":1}');
      });
    }),
  );
  const outcome = await dispatch(post(`${url}/sms/send?a=1`));
  expect(outcome).toMatchObject({
    ok: true,
    response: { status: 201, text: '{"Ромашка":1}', headers: { 'x-word': '2' } },
  });
  expect(seen).toBe(
    'POST /sms/send?a=1 application/x-www-form-urlencoded msg=%D0%9A%D0%BE%D0%B4+048213+%26+%D0%B5%D1%89%D1%91&to=%2B7',
  );
});

describe('without a reply', () => {
  test('after the request was written the message may have been sent, and there is no retry', async () => {
    let asked = 0;
    const hangs = await served(
      createServer((request) => void request.on('end', () => asked++).resume()),
    );
    expect(kindOf(await dispatch(post(hangs), 300))).toBe('timeout_unknown');
    expect(asked).toBe(1);
    const closes = await socket((one) => one.once('data', () => one.destroy()));
    expect(kindOf(await dispatch(post(closes)))).toBe('timeout_unknown');
    const halfWay = await socket((one) =>
      one.once('data', () => one.end('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"st')),
    );
    expect(kindOf(await dispatch(post(halfWay)))).toBe('timeout_unknown');
    const drips = await served(
      createServer((_, response) => {
        const drip = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(drip));
      }),
    );
    expect(kindOf(await dispatch(post(drips), 300))).toBe('timeout_unknown');
  });

  test('before a byte was written it is tried again, and works once the service listens', async () => {
    const server = createServer((_, response) => void response.end('{}'));
    const url = await served(server);
    const port = Number(new URL(url).port);
    server.close();
    await once(server, 'close');
    const outcome = dispatch(post(url));
    server.listen(port, '127.0.0.1');
    expect(kindOf(await outcome)).toBe('ok');
  });

  test('refused, unknown or without TLS: nothing was sent', async () => {
    const server = createServer();
    const url = await served(server);
    const plain = await served(createServer((_, response) => void response.end('{}')));
    server.close();
    await once(server, 'close');
    stops.shift();
    expect(kindOf(await dispatch(post(url)))).toBe('not_sent');
    expect(kindOf(await dispatch(post(plain.replace('http:', 'https:')), 3000))).toBe('not_sent');
    expect(kindOf(await dispatch(post('https://no-such-name.invalid/'), 3000))).toBe('not_sent');
  });
});

describe('unreadable replies', () => {
  test('more than 64 KiB, and what is not HTTP', async () => {
    let written = 0;
    const large = await served(
      createServer((_, response) => {
        const more = (): void => {
          while (written < 10_000_000 && response.write('x'.repeat(16_384))) written += 16_384;
        };
        response.on('drain', more);
        more();
      }),
    );
    expect(kindOf(await dispatch(post(large)))).toBe('bad_reply');
    expect(written).toBeLessThan(10_000_000);
    const garbage = await socket((one) => one.once('data', () => one.end('what?\r\n\r\n')));
    expect(kindOf(await dispatch(post(garbage)))).toBe('bad_reply');
  });

  test('a redirect is not followed and counts as no reply, whatever else it contains', async () => {
    let followed = false;
    const target = await served(
      createServer((_, response) => {
        followed = true;
        response.end();
      }),
    );
    const url = await served(
      createServer(
        (_, response) => void response.writeHead(307, { Location: target }).end('{"status":"OK"}'),
      ),
    );
    expect(await dispatch(post(url))).toEqual({
      ok: false,
      kind: 'bad_reply',
      providerText: 'HTTP 307',
    });
    expect(followed).toBe(false);
  });
});

describe('the character set of a reply', () => {
  const answers = (bytes: Uint8Array, type: string, status = 200): Promise<string> =>
    served(
      createServer((_, response) => {
        response.writeHead(status, { 'Content-Type': type }).end(bytes);
      }),
    );
  const cp1251 = Uint8Array.of(0x22, 0xca, 0xee, 0xe4, 0x22);

  test('invalid UTF-8 is refused', async () => {
    const url = await answers(
      Uint8Array.of(0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d),
      'application/json',
    );
    expect(kindOf(await dispatch(post(url)))).toBe('bad_reply');
    expect(kindOf(await dispatch(post(await answers(cp1251, 'text/plain; charset=x-none'))))).toBe(
      'bad_reply',
    );
  });

  test('another charset is used if the reply names it; a byte order mark is removed', async () => {
    expect(
      await dispatch(post(await answers(cp1251, 'text/plain; charset=windows-1251'))),
    ).toMatchObject({ ok: true, response: { text: '"Код"' } });
    // a wrong charset name does not spoil what is UTF-8
    const marked = Buffer.from('\ufeff{"слово":1}');
    expect(
      await dispatch(post(await answers(marked, 'application/json; charset=windows-1251'))),
    ).toMatchObject({ ok: true, response: { text: '{"слово":1}' } });
  });

  test('a failure in unreadable text keeps its status', async () => {
    const url = await answers(cp1251, 'text/html', 503);
    expect(await dispatch(post(url))).toMatchObject({
      ok: true,
      response: { status: 503, text: '' },
    });
  });
});

test('a setting that is invalid in a header sends nothing and is reported', async () => {
  const url = await served(createServer((_, response) => void response.end('{}')));
  const request = { ...post(url), headers: { Authorization: 'Bearer ключ' } };
  expect(kindOf(await dispatch(request))).toBe('bad_request');
});

describe('addresses', () => {
  const closed = [
    ...['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '127.0.0.1', '0.0.0.0'],
    ...['169.254.169.254', '100.64.0.1', '198.18.0.1', '224.0.0.1', '255.255.255.255'],
    ...['::1', '::', 'fe80::1', 'fc00::1', 'fd12::1', 'ff02::1', '::ffff:10.0.0.1'],
    ...['64:ff9b::a00:1', '2002:a00:1::', '2001:db8::1', '2001::1', '::ffff:8.8.8.8'],
  ];
  test.each(closed)('%s is not a public address', (ip) => {
    expect(isPublicAddress(ip)).toBe(false);
  });
  test.each(['8.8.8.8', '172.32.0.1', '192.169.0.1', '2a00:1450:4001:80b::200e'])(
    '%s is public',
    (ip) => {
      expect(isPublicAddress(ip)).toBe(true);
    },
  );

  test.each([
    ...['http://sms.ru', 'ftp://sms.ru', 'https://10.0.0.1', 'https://192.168.0.5:8443/api'],
    ...['https://169.254.169.254', 'https://[fe80::1]', 'https://[::ffff:10.0.0.1]'],
    ...['https://0x0a000001', 'https://167772161', 'https://user:pass@sms.ru'],
    ...['https://sms.ru/?key=1', 'https://sms.ru/#a', 'sms.ru', '', 'javascript:alert(1)'],
  ])('%s cannot be a base address', (text) => {
    expect(parseBaseUrl(text)).toBeNull();
  });
  test.each([
    ...['https://sms.ru', 'https://proxy.example:8443/smsru', 'http://localhost:9000'],
    ...['http://127.0.0.1:1', 'https://[::1]:8443'],
  ])('%s can', (text) => {
    expect(parseBaseUrl(text)).toBeInstanceOf(URL);
  });

  test('a name is looked up once: the checked address is the one that is called', async () => {
    let called = false;
    const url = await socket((one) => {
      called = true;
      one.destroy();
    });
    const asked: string[] = [];
    const outcome = await dispatch(
      post(`https://rebound.invalid:${new URL(url).port}/`),
      100,
      (name) => {
        asked.push(name);
        return Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
      },
    );
    expect([kindOf(outcome), called, asked]).toEqual(['not_sent', true, ['rebound.invalid']]);
  });

  test('a name with one private address among public ones is not called', async () => {
    const closed = (): Promise<never> => Promise.reject(new ClosedAddress('one of them'));
    expect(kindOf(await dispatch(post('https://rebound.invalid/'), 500, closed))).toBe(
      'bad_request',
    );
    await expect(allowedAddresses('localhost')).resolves.not.toHaveLength(0);
    await expect(allowedAddresses('localhost.')).rejects.toThrow();
  });

  test('a request to a private address is not sent', async () => {
    for (const url of ['http://10.0.0.1/', 'https://192.168.0.1/', 'http://sms.ru/', 'file:///etc'])
      expect(kindOf(await dispatch(post(url), 500))).toBe('bad_request');
  });
});

test('secrets are blanked in texts of a provider, also as encoded in an address', () => {
  const words = 'key=a%2Bb%3D%3D or a+b== for 79255070602, code 48';
  expect(redact(words, ['a+b==', '79255070602', '48'])).toBe('key=··· or ··· for ···, code 48');
});

// A service described by the manager: valid descriptions, templates, reply parsing, and safe patterns.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NotOffered } from '../../relay/providers/exchange';
import { genericHttp } from '../../relay/providers/generic-http';
import { readSpec, type SpecProblem } from '../../relay/providers/generic-spec';
import type { HttpResponse, SendRequest } from '../../relay/providers/provider';
import { replyPattern } from '../../relay/providers/reply-pattern';
import { json, plain, sms, SPEC, text } from '../support/adapters';
import { cases } from '../support/cases';
import { cpuTimeOf } from '../support/cpu-time';

/* eslint-disable @typescript-eslint/no-explicit-any, @typescript-eslint/no-unsafe-member-access -- descriptions are bent here in ways their type forbids */
type Change = (spec: any) => void;
const changed = (change: Change): string => {
  const spec = structuredClone(SPEC);
  change(spec);
  return JSON.stringify(spec);
};
const askWith = (change: Change, request: SendRequest = sms, more: Record<string, string> = {}) =>
  genericHttp.send(request, { spec: changed(change), secret: 's&"cret', ...more });
const parsedWith = (change: Change, response: HttpResponse, request: SendRequest = sms) =>
  plain(askWith(change, request).parse(response));

describe('a description is refused', () => {
  test.for<[string, Change, string, SpecProblem['because']]>([
    ['without a send block', (s) => delete s.send, 'send', 'missing'],
    ['without a method', (s) => delete s.send.method, 'send.method', 'missing'],
    ['with another method', (s) => (s.send.method = 'PUT'), 'send.method', 'unknown-word'],
    ['without an address', (s) => delete s.send.url, 'send.url', 'missing'],
    ['with http', (s) => (s.send.url = 'http://x.example/'), 'send.url', 'needs-https'],
    ['with another scheme', (s) => (s.send.url = 'file:///etc'), 'send.url', 'needs-https'],
    [
      'with a host to be filled',
      (s) => (s.send.url = 'https://{sender}/x'),
      'send.url',
      'address-not-fixed',
    ],
    [
      'with credentials in the address',
      (s) => (s.send.url = 'https://a:b@x.example/'),
      'send.url',
      'address-not-fixed',
    ],
    ['with no host', (s) => (s.send.url = 'https://'), 'send.url', 'address-not-fixed'],
    [
      'with an unknown placeholder',
      (s) => (s.send.url += '?a={amount}'),
      'send.url',
      'unknown-placeholder',
    ],
    [
      'with an unknown coding',
      (s) => (s.send.url += '?a={text:html}'),
      'send.url',
      'unknown-placeholder',
    ],
    [
      'with the text in a header',
      (s) => (s.send.headers.X = '{text}'),
      'send.headers.X',
      'placeholder-not-here',
    ],
    [
      'with a line break in a header',
      (s) => (s.send.headers.X = 'a\r\nb'),
      'send.headers.X',
      'wrong-type',
    ],
    [
      'with a wrong header name',
      (s) => (s.send.headers['a b'] = 'x'),
      'send.headers.a b',
      'unknown-word',
    ],
    ['with a body under GET', (s) => (s.send.method = 'GET'), 'send.body', 'body-with-get'],
    [
      'with a nested form',
      (s) => (s.send.body = { type: 'form', template: { a: ['{text}'] } }),
      'send.body.template',
      'wrong-type',
    ],
    ['that never sends the code', (s) => delete s.send.body.template.text, 'send', 'code-not-sent'],
    ['that never sends the phone', (s) => delete s.send.body.template.to, 'send', 'phone-not-sent'],
    [
      'that reads no message id',
      (s) => delete s.send.extract.providerMessageId,
      'send.extract',
      'message-id-not-read',
    ],
    [
      'that reads no code where theirs counts',
      (s) => (s.codeOrigin = 'provider'),
      'send.extract',
      'code-not-read',
    ],
    [
      'with a wrong path',
      (s) => (s.send.extract.cost = 'data.cost'),
      'send.extract.cost',
      'wrong-path',
    ],
    [
      'with a wrong condition',
      (s) => (s.send.success.jsonEquals = { status: 'ok' }),
      'send.success.jsonEquals.status',
      'wrong-path',
    ],
    [
      'with a wrong pattern',
      (s) => (s.send.success.bodyRegex = '(a'),
      'send.success.bodyRegex',
      'wrong-pattern',
    ],
    [
      'with a pattern that needs backtracking',
      (s) => (s.send.success.bodyRegex = '(a)\\1'),
      'send.success.bodyRegex',
      'wrong-pattern',
    ],
    [
      'with a pattern too long',
      (s) => (s.send.success.bodyRegex = 'a'.repeat(201)),
      'send.success.bodyRegex',
      'wrong-pattern',
    ],
    [
      'with more patterns than are tried on one reply',
      (s) => (s.send.errors = Array.from({ length: 21 }, () => ({ bodyRegex: 'a', kind: 'auth' }))),
      'send.errors',
      'too-long',
    ],
    [
      'with an unknown kind of error',
      (s) => (s.send.errors[0].kind = 'oops'),
      'send.errors[0].kind',
      'unknown-word',
    ],
    [
      'that would call a sent message not sent',
      (s) => (s.send.errors[0].kind = 'not_sent'),
      'send.errors[0].kind',
      'unknown-word',
    ],
    [
      'with an error that fits everything',
      (s) => (s.send.errors[0] = { kind: 'auth' }),
      'send.errors[0]',
      'missing',
    ],
    ['with an unknown channel', (s) => (s.channel = 'fax'), 'channel', 'unknown-word'],
    [
      'with a balance it does not read',
      (s) => delete s.balance.extract.amount,
      'balance.extract',
      'amount-not-read',
    ],
    [
      'with http for the balance',
      (s) => (s.balance.url = 'http://x.example'),
      'balance.url',
      'needs-https',
    ],
    ['with an unknown word', (s) => (s.chanel = 'call'), 'chanel', 'unknown-word'],
    ['with one in a call', (s) => (s.send.error = []), 'send.error', 'unknown-word'],
    ['with one in a body', (s) => (s.send.body.tpl = {}), 'send.body.tpl', 'unknown-word'],
    [
      'with one in a success, which would let refusals pass',
      (s) => (s.send.success = { jsonEqual: { '$.status': 'ok' } }),
      'send.success.jsonEqual',
      'unknown-word',
    ],
    [
      'with one in an error',
      (s) => (s.send.errors[1].status = 401),
      'send.errors[1].status',
      'unknown-word',
    ],
    [
      'with a result nobody reads',
      (s) => (s.send.extract.amount = '$.x'),
      'send.extract.amount',
      'unknown-word',
    ],
    [
      'with a result nobody reads of the balance',
      (s) => (s.balance.extract.cost = '$.x'),
      'balance.extract.cost',
      'unknown-word',
    ],
    [
      'with a status that is none',
      (s) => (s.send.success.httpStatus = ['200']),
      'send.success.httpStatus',
      'wrong-type',
    ],
  ])('%s', ([, change, at, because]) => {
    const spec = changed(change);
    expect(readSpec(spec)).toEqual({ ok: false, at, because });
    // if it is used nevertheless, nothing is sent
    expect(genericHttp.capabilities({ spec })).toEqual([]);
    expect(() => genericHttp.send(sms, { spec })).toThrow(NotOffered);
  });

  test.for(['', '{', '[]', 'null', '"x"', '17'])('%s', (spec) => {
    expect(readSpec(spec).ok).toBe(false);
  });

  test('with more than 20 000 characters', () => {
    expect(readSpec(' '.repeat(20_001))).toEqual({ ok: false, at: '', because: 'too-long' });
  });

  test('without an exception, whatever it contains', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (send, balance) => {
        readSpec(JSON.stringify({ ...SPEC, send, balance }));
        readSpec(JSON.stringify({ ...SPEC, send: { ...SPEC.send, ...(send as object) } }));
        readSpec(JSON.stringify(send));
      }),
    );
  });

  test('only if it is wrong', () => {
    expect(readSpec(JSON.stringify(SPEC))).toMatchObject({ ok: true });
    const named = JSON.stringify({ ...SPEC, id: 'my-gateway', name: 'My gateway' });
    expect(readSpec(named)).toMatchObject({ ok: true });
    expect(genericHttp.capabilities({ spec: JSON.stringify(SPEC) })).toMatchObject([
      { channel: 'sms', codeOrigin: 'ours', text: 'free', sender: 'optional' },
    ]);
    expect(genericHttp.capabilities({})).toEqual([]);
  });
});

describe('templates are filled value by value', () => {
  test('any text survives JSON, form and address', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (said) => {
        const request = { ...sms, text: said };
        const inJson = askWith(() => {}, request).request.body;
        expect(inJson).toEqual({
          type: 'json',
          json: { to: '+79255070602', from: '', text: said },
        });
        const inForm = askWith((s) => {
          s.send.body = { type: 'form', template: { to: '{phone}', msg: '<{text}>', n: 1 } };
        }, request).request.body;
        expect(inForm).toEqual({
          type: 'form',
          fields: { to: '79255070602', msg: `<${said}>`, n: '1' },
        });
        const { url } = askWith((s) => {
          s.send.method = 'GET';
          delete s.send.body;
          s.send.url = 'https://api.example/x?to={phonePlus}&a={text:url}&b={text}&c=1';
        }, request).request;
        const query = new URL(url).searchParams;
        expect([...query]).toEqual([
          ['to', '+79255070602'],
          ['a', said],
          ['b', said],
          ['c', '1'],
        ]);
      }),
    );
  });

  test('half an emoji, cut by the length of a field, does not prevent the message', () => {
    const cut = { ...sms, text: 'Код: 4821 \ud83d' };
    const { url } = askWith((s) => {
      s.send.method = 'GET';
      delete s.send.body;
      s.send.url = 'https://api.example/x?to={phone}&a={text}';
    }, cut).request;
    expect(new URL(url).searchParams.get('a')).toBe('Код: 4821 \ufffd');
  });

  test('a placeholder inside a value is not replaced', () => {
    const { body } = askWith(() => {}, { ...sms, text: '{secret} {code}' }).request;
    expect(body).toMatchObject({ json: { text: '{secret} {code}' } });
  });

  test('a secret with a line break does not add a header', () => {
    const spec = JSON.stringify(SPEC);
    const { headers } = genericHttp.send(sms, { spec, secret: 'a\r\nX-Evil: 1' }).request;
    expect(headers['Authorization']).toBe('Bearer a X-Evil: 1');
  });

  test('login and password make the Basic auth header, and neither is logged', () => {
    const change: Change = (s) => (s.send.headers.Authorization = 'Basic {basic}');
    const { request, secrets } = askWith(change, sms, { login: 'Весна', password: 'a:b' });
    const basic = Buffer.from('Весна:a:b').toString('base64');
    expect(request.headers['Authorization']).toBe(`Basic ${basic}`);
    expect(secrets).toEqual(expect.arrayContaining(['a:b', basic]));
  });

  test('the content type is added if the description has none', () => {
    expect(askWith(() => {}).request.headers['Content-Type']).toBe('application/json');
    const typed = askWith((s) => (s.send.headers['content-type'] = 'application/vnd.x+json'));
    expect(typed.request.headers).not.toHaveProperty('Content-Type');
  });

  test('the secret is blanked as it is and as it is encoded in an address', () => {
    expect(askWith(() => {}).secrets).toEqual(
      expect.arrayContaining(['s&"cret', 's%26%22cret', '4821']),
    );
  });
});

describe('replies', () => {
  const ok = { status: 'ok', data: { id: 77, cost: 2.5 }, balance: '100.10' };

  test('are read by their paths', () => {
    expect(parsedWith(() => {}, json(ok))).toEqual({
      ok: true,
      providerMessageId: '77',
      cost: '2.5',
      balanceAfter: '100.10',
    });
    const deep = json({ status: 'ok', list: [{ 'the id': 'x' }] });
    const place = "$.list[0]['the id']";
    expect(parsedWith((s) => (s.send.extract = { providerMessageId: place }), deep)).toEqual({
      ok: true,
      providerMessageId: 'x',
    });
  });

  test('are compared as text', () => {
    for (const [expected, said] of [
      ['true', true],
      ['true', 'true'],
      [true, true],
      ['0', 0],
      [0, '0'],
      ['null', null],
    ]) {
      const change: Change = (s) => (s.send.success.jsonEquals = { '$.status': expected });
      expect(parsedWith(change, json({ ...ok, status: said }))).toMatchObject({ ok: true });
    }
    for (const said of [false, 1, {}, ['true'], undefined])
      expect(
        parsedWith(
          (s) => (s.send.success.jsonEquals = { '$.status': 'true' }),
          json({ ...ok, status: said }),
        ),
      ).toMatchObject({ ok: false });
  });

  test('a described error comes before success', () => {
    expect(parsedWith(() => {}, json({ ...ok, error: { code: 'E_MONEY' } }))).toMatchObject({
      kind: 'no_money',
    });
  });

  test('all conditions of an error must be met', () => {
    const change: Change = (s) => {
      s.send.errors = [{ httpStatus: [400], jsonEquals: { '$.code': '7' }, kind: 'bad_phone' }];
    };
    expect(parsedWith(change, json({ code: 7 }, 400))).toMatchObject({ kind: 'bad_phone' });
    expect(parsedWith(change, json({ code: 8 }, 400))).toMatchObject({ kind: 'unknown' });
  });

  test.for([
    [200, '<html>', 'bad_reply'],
    [200, '{"status":"fail"}', 'unknown'],
    [401, '', 'auth'],
    [429, '', 'rate_limit_account'],
    [503, '<html>', 'temporary'],
    [200, '{"status":"ok"}', 'bad_reply'],
    [200, '{"status":"ok","data":{"id":{}}}', 'bad_reply'],
    [500, JSON.stringify(ok), 'temporary'],
  ] as const)('HTTP %i with %s is %s', ([status, body, kind]) => {
    expect(parsedWith(() => {}, text(body, status))).toMatchObject({ ok: false, kind });
  });

  test('without a described status any 2xx is success, and nothing else', () => {
    const change: Change = (s) => (s.send.success = {});
    expect(parsedWith(change, json(ok, 202))).toMatchObject({ ok: true });
    expect(parsedWith(change, json(ok, 302))).toMatchObject({ ok: false });
  });

  test('plain text is read by named groups', () => {
    const change: Change = (s) => {
      s.send.success = { bodyRegex: '^OK;(?<id>[\\w-]+)(?:;(?<cost>\\d+\\.\\d+))?' };
      s.send.extract = {};
      s.send.errors = [{ bodyRegex: '^ERR;402', kind: 'no_money' }];
    };
    expect(parsedWith(change, text('OK;abc-1;0.50'))).toEqual({
      ok: true,
      providerMessageId: 'abc-1',
      cost: '0.50',
    });
    expect(parsedWith(change, text('OK;abc-1'))).toEqual({ ok: true, providerMessageId: 'abc-1' });
    expect(parsedWith(change, text('ERR;402;no'))).toMatchObject({ kind: 'no_money' });
    expect(parsedWith(change, text('ERR;1'))).toMatchObject({ kind: 'unknown' });
  });

  test('a byte order mark before plain text is ignored', () => {
    const change: Change = (s) => {
      s.send.success = { bodyRegex: '^OK;(?<id>\\w+)$' };
      s.send.extract = {};
      s.send.errors = [{ bodyRegex: '^ERR;402', kind: 'no_money' }];
    };
    expect(parsedWith(change, text('\ufeffOK;7'))).toEqual({ ok: true, providerMessageId: '7' });
    expect(parsedWith(change, text('\ufeffERR;402'))).toMatchObject({ kind: 'no_money' });
  });

  test('a call by a described service returns its code, with leading zeros that a number has lost', () => {
    const change: Change = (s) => {
      s.channel = 'call';
      s.codeOrigin = 'provider';
      s.send.extract.codeChosenByProvider = '$.code';
    };
    const request: SendRequest = { channel: 'call', phone: sms.phone };
    for (const [said, code] of [
      ['0123', '0123'],
      [123, '0123'],
    ])
      expect(parsedWith(change, json({ ...ok, code: said }), request)).toMatchObject({
        codeChosenByProvider: code,
      });
    for (const said of [undefined, 'abcd', '', {}, 1.5])
      expect(parsedWith(change, json({ ...ok, code: said }), request)).toMatchObject({
        kind: 'bad_reply',
      });
  });

  test('a call from a number that contains our code uses four digits', () => {
    const spec = changed((s) => (s.channel = 'call'));
    expect(genericHttp.capabilities({ spec })).toMatchObject([{ codeDigits: { min: 4, max: 4 } }]);
  });

  test('a balance is requested only if it is described', () => {
    const spec = JSON.stringify(SPEC);
    const asked = genericHttp.balance?.({ spec, secret: 'T' });
    expect(asked?.request).toEqual({
      method: 'GET',
      url: 'https://api.example/v1/balance',
      headers: { Authorization: 'Bearer T' },
      body: { type: 'none' },
    });
    expect(asked?.parse(text('{"balance":100.10,"currency":"RUB"}'))).toEqual({
      ok: true,
      amount: '100.10',
      currency: 'RUB',
    });
    expect(asked?.parse(json({ balance: 'much' }))).toMatchObject({ kind: 'bad_reply' });
    expect(() => genericHttp.balance?.({ spec: changed((s) => delete s.balance) })).toThrow(
      NotOffered,
    );
  });
});

describe('patterns', () => {
  test('give the same matches as the language’s own engine', () => {
    const part = fc.constantFrom(
      ...['a', 'b', '.', '\\d', '\\w', '[ab]', '[^a]', '[a-c1]', '(?:ab|a)', '(?<x>a|b)', '^', '$'],
      ...['\\b', '(?:a|b)', '1', '-', '\\s', '[\\w-]', '\\.'],
    );
    const times = fc.constantFrom(
      '',
      '',
      '',
      '*',
      '+',
      '?',
      '*?',
      '+?',
      '??',
      '{2}',
      '{1,2}',
      '{1,}',
    );
    const pattern = fc
      .array(fc.tuple(part, times), { minLength: 1, maxLength: 6 })
      .map((all) =>
        all.map(([one, more]) => (/^(\^|\$|\\b)$/.test(one) ? one : one + more)).join(''),
      )
      .filter((it) => it.split('(?<x>').length <= 2);
    const said = fc.string({
      unit: fc.constantFrom('a', 'b', 'c', '1', '-', '.', ' '),
      maxLength: 12,
    });
    fc.assert(
      fc.property(fc.array(pattern, { minLength: 1, maxLength: 3 }), said, (ways, where) => {
        const source = ways.join('|');
        fc.pre(source.split('(?<x>').length <= 2);
        const theirs = new RegExp(source).exec(where);
        const ours = replyPattern(source)?.match(where) ?? null;
        expect(ours === null).toBe(theirs === null);
        // engines differ about a group in a repetition that ends with an empty match
        if (!/\(\?<x>[^)]*\)[*+{?]/.test(source))
          expect(ours?.get('x')).toBe(theirs?.groups?.['x']);
      }),
      { numRuns: cases(2000) },
    );
  });

  test.for([
    ['^OK (?<x>.+?);', 'a'],
    ['^OK (?<x>.+);', 'a;b'],
    ['(?<x>\\d{1,3}?)', '1'],
    ['(?<x>\\d{1,3})', '123'],
    ['(?<x>a|a;b)', 'a'],
  ] as const)('%s matches as much as it says: %s', ([source, taken]) => {
    expect(replyPattern(source)?.match('OK a;b; 1234')?.get('x')).toBe(taken);
  });

  test.for(['(a+)+$', '(a|a)*$', '(a|aa)+$', '(.*)*x', '(?:a?){30}a{30}', '.*.*.*.*.*x'])(
    '%s ends at once on a text made to hang it',
    (source) => {
      const pattern = replyPattern(source);
      const took = cpuTimeOf(() => pattern?.match(`${'a'.repeat(60_000)}!`));
      expect(pattern).not.toBeNull();
      // a backtracking engine would need longer than the age of the universe
      expect(took).toBeLessThan(5000);
    },
  );

  test.for([
    '(',
    ')',
    '[',
    '*',
    'a**',
    '(?=a)',
    '(?!a)',
    '(?<=a)',
    '(a)\\1',
    '\\k<x>',
    '(?<x>a)(?<x>b)',
    'a{2,1}',
    '[b-a]',
    'a{999}{999}',
    '(?:a{1,99}){99}',
    'a{1001}',
    '.{1000}'.repeat(28),
    '\\u0041',
    '\\',
  ])('%s is refused', (source) => expect(replyPattern(source)).toBeNull());

  test.for([
    ['(?i)^ok', 'OK 7'],
    ['^\\p{L}+ ', 'Принято 7'],
    ['(?m)^id (?P<id>\\d+)$', 'ok\nid 7\n'],
    ['\\x{41}', 'A'],
  ] as const)('%s is read as RE2 reads it', ([source, said]) => {
    expect(replyPattern(source)?.match(said)).not.toBeNull();
    expect(replyPattern(source)?.match('-')).toBeNull();
  });

  test('a group at the end of a line contains no carriage return', () => {
    const groups = replyPattern('^OK;(?<id>.+)(?:\n(?<cost>.+))?')?.match('OK;abc-1\r\n0.50\r\n');
    expect([...(groups ?? [])]).toEqual([
      ['id', 'abc-1'],
      ['cost', '0.50'],
    ]);
  });

  test('a group without a match is left out', () => {
    const pattern = replyPattern('(?<a>x)|(?<b>y)');
    expect(pattern?.names).toEqual(['a', 'b']);
    expect([...(pattern?.match('y') ?? [])]).toEqual([['b', 'y']]);
  });

  describe('end in bounded time', () => {
    const hostile = [
      `${'a'.repeat(8191)}!`,
      'ab1 '.repeat(2048),
      Array.from({ length: 8192 }, (_, i) => 'ab'[(i * i * 7 + (i >> 3)) & 1]).join(''),
    ];
    const slowest = (source: string): number =>
      cpuTimeOf(() => {
        const pattern = replyPattern(source);
        hostile.forEach((text) => pattern?.match(text));
      });

    test.for([
      '.*a.{990}$',
      '[ab].{900}x',
      '(?:a?b?c?){150}x',
      `${'(a?)'.repeat(49)}$`,
      `${'.*'.repeat(99)}x`,
      `${'(?:'.repeat(39)}a?${')*'.repeat(39)}$`,
    ])('with the largest programs: %s', (source) => {
      expect(replyPattern(source)).not.toBeNull();
      // milliseconds on a quiet machine; a backtracking engine would need years
      expect(slowest(source)).toBeLessThan(5000);
    });

    test('for any pattern, read or refused', () => {
      const piece = fc.constantFrom(
        ...[
          'a',
          'b',
          '.',
          '\\d',
          '\\w',
          '[ab]',
          '[^a]',
          '\\b',
          '^',
          '$',
          '|',
          'a?',
          '.*',
          '(?:a|b)',
        ],
        ...['(a+)+', '(?:a?){30}', '(?:.{1,30}){9}', '.{99}', '(?:a*)*', '{2}', '{0,9}', '*?', '+'],
      );
      const patterns = fc.array(piece, { maxLength: 30 }).map((all) => all.join(''));
      fc.assert(
        fc.property(patterns, (source) => {
          expect(slowest(source)).toBeLessThan(5000);
        }),
        { numRuns: cases(40) },
      );
    });
  });

  test('never throw', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ab()[]{}|?*+\\^$.-<>=!:,1d') }),
        (source) => {
          replyPattern(source)?.match('aab1-');
        },
      ),
    );
  });
});

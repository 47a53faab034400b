// Every status code of every service, and its meaning for the relay.
// The tables are written here a second time: nothing is taken from the adapters.
import { describe, expect, test } from 'vitest';
import { mobizon } from '../../relay/providers/mobizon';
import type {
  DeliveryState,
  ErrorKind,
  HttpResponse,
  Provider,
  SendRequest,
} from '../../relay/providers/provider';
import { smsaero } from '../../relay/providers/smsaero';
import { smsc } from '../../relay/providers/smsc';
import { telegramGateway } from '../../relay/providers/telegram-gateway';
import { turbosms } from '../../relay/providers/turbosms';
import { twilio } from '../../relay/providers/twilio';
import { vonage } from '../../relay/providers/vonage';
import { whatsappCloud } from '../../relay/providers/whatsapp-cloud';
import { adapters, json, plain, sent, settingsOf, sms, text } from '../support/adapters';

type Kinds = Readonly<Partial<Record<ErrorKind, readonly string[]>>>;

const rows = (kinds: Kinds): [string, ErrorKind][] =>
  Object.entries(kinds).flatMap(([kind, codes]) =>
    codes.map((code): [string, ErrorKind] => [code, kind as ErrorKind]),
  );

/** Refuses the message with each code as number and as text, since sources differ; kind and raw code must match. */
function refusals(
  provider: Provider,
  kinds: Kinds,
  reply: (code: string | number) => HttpResponse,
  request: SendRequest = sms,
): void {
  describe(`${provider.id} refuses`, () => {
    test.for(rows({ ...kinds, unknown: [...(kinds.unknown ?? []), '987654'] }))(
      '%s as %s',
      ([code, kind]) => {
        const forms = /^\d+$/.test(code) ? [code, Number(code)] : [code];
        for (const form of forms)
          expect(sent(provider, reply(form), request)).toMatchObject({
            ok: false,
            kind,
            providerCode: code,
          });
      },
    );
  });
}

function states(
  provider: Provider,
  table: Readonly<Record<string, DeliveryState>>,
  reply: (status: string) => HttpResponse,
  ref: { channel?: SendRequest['channel'] } = {},
): void {
  describe(`${provider.id} reports the delivery`, () => {
    test.for([...Object.entries(table), ['something-new', 'unknown'] as const])(
      '%s as %s',
      ([status, state]) => {
        const asked = provider.deliveryStatus?.(
          { providerMessageId: '63', phone: sms.phone, ...ref },
          settingsOf(provider),
        );
        expect(asked?.parse(reply(status))).toMatchObject({ ok: true, state });
      },
    );
  });
}

refusals(
  smsc,
  {
    bad_request: ['1', '5'],
    auth: ['2'],
    no_money: ['3'],
    // blocked for too many status requests: each further one prolongs the block
    rate_limit_account: ['4'],
    text_forbidden: ['6'],
    bad_phone: ['7'],
    unreachable: ['8'],
    duplicate: ['9'],
  },
  (code) => json({ error: 'said', error_code: code, id: 542 }),
);

states(
  smsc,
  {
    '-3': 'not_found',
    '-2': 'failed',
    '-1': 'queued',
    '0': 'sent',
    '1': 'delivered',
    '2': 'read',
    '3': 'expired',
    '20': 'failed',
    '22': 'failed',
    '23': 'failed',
    '24': 'failed',
    '25': 'failed',
  },
  (status) => json({ status: /^-?\d+$/.test(status) ? Number(status) : status }),
);

refusals(
  twilio,
  {
    auth: ['20003'],
    rate_limit_account: ['20429', '21611', '30001', '60207', '63017', '63018', '63038'],
    bad_phone: ['21211'],
    region_forbidden: ['21408'],
    sender_not_approved: ['21212', '21603', '21606', '21657', '21659'],
    account_not_ready: ['21608', '60220', '60223'],
    recipient_blocked: ['21610', '30004'],
    text_forbidden: ['30007'],
    unreachable: ['21612', '21614', '30003', '30005', '30006', '60205'],
    account_blocked: ['30002'],
    text_too_long: ['21617'],
    text_not_approved: ['63016'],
    bad_request: ['60200'],
    rate_limit_recipient: ['14107', '60202', '60203', '60212'],
    fraud_guard: ['60410'],
    unknown: ['99999'],
  },
  (code) => json({ code, message: 'said', more_info: 'https://…', status: 400 }, 400),
  { ...sms, sender: '+14155552345' },
);

states(
  twilio,
  {
    accepted: 'queued',
    scheduled: 'queued',
    queued: 'queued',
    sending: 'queued',
    sent: 'sent',
    delivered: 'delivered',
    read: 'read',
    undelivered: 'failed',
    failed: 'failed',
    canceled: 'failed',
  },
  (status) => json({ sid: 'SM1', status, error_code: null, price: null }),
);

const template = Array.from({ length: 17 }, (_, i) => String(132_000 + i));
refusals(
  whatsappCloud,
  {
    auth: ['0', '3', '10', '190', '200', '299', '131005'],
    account_blocked: ['368', '131031'],
    rate_limit_account: ['4', '80007', '130429', '131048', '133016'],
    recipient_blocked: ['131050'],
    rate_limit_recipient: ['131056'],
    unreachable: ['130472', '131026', '131049'],
    bad_phone: ['131021'],
    no_money: ['131042'],
    text_not_approved: ['131047', ...template],
    account_not_ready: ['33', '131037', '131045', '133010'],
    region_forbidden: ['130497'],
    temporary: ['1', '2', '131000', '131016', '131057', '133004'],
    bad_request: ['100', '131008', '131009', '131051', '135000'],
    unknown: ['132017', '1320', '13200', '199', '300', '20', '2000'],
  },
  // no source says which HTTP status accompanies the code, so it must not matter
  (code) => json({ error: { message: 'said', code } }, 500),
  { ...sms, channel: 'whatsapp' },
);

refusals(
  telegramGateway,
  {
    auth: ['ACCESS_TOKEN_INVALID', 'ACCESS_TOKEN_REQUIRED'],
    no_money: ['BALANCE_NOT_ENOUGH'],
    bad_phone: ['PHONE_NUMBER_INVALID'],
    unreachable: ['PHONE_NUMBER_NOT_AVAILABLE', 'PHONE_NUMBER_NOT_FOUND'],
    rate_limit_account: ['FLOOD_WAIT_30', 'FLOOD_WAIT', 'FLOOD_PREMIUM_WAIT_7'],
    sender_not_approved: ['SENDER_NOT_VERIFIED', 'SENDER_NOT_OWNED', 'SENDER_USERNAME_INVALID'],
    duplicate: ['MESSAGE_ALREADY_SENT'],
    bad_request: [
      ...['CODE_INVALID', 'CODE_EXPIRED', 'CODE_LENGTH_INVALID', 'CODE_LENGTH_REQUIRED'],
      ...['CODE_MAX_ATTEMPTS_EXCEEDED', 'PHONE_NUMBER_MISMATCH', 'REQUEST_ID_INVALID'],
      ...['REQUEST_ID_REQUIRED', 'PAYLOAD_INVALID', 'CALLBACK_URL_INVALID', 'TTL_INVALID'],
      'UNKNOWN_METHOD',
    ],
    unknown: ['SOMETHING_NEW', 'constructor', '__proto__'],
  },
  (code) => json({ ok: false, error: code }, 400),
  { ...sms, channel: 'telegram' },
);

states(
  telegramGateway,
  { sent: 'sent', delivered: 'delivered', read: 'read', expired: 'expired', revoked: 'failed' },
  (status) => json({ ok: true, result: { request_id: '63', delivery_status: { status } } }),
);

refusals(
  vonage,
  {
    rate_limit_account: ['1', '10'],
    bad_request: ['2', '3', '16', '20', '22', '23'],
    auth: ['4', '14', '32'],
    temporary: ['5', '13'],
    bad_phone: ['34'],
    unreachable: ['6', '33'],
    recipient_blocked: ['7'],
    account_blocked: ['8'],
    no_money: ['9'],
    account_not_ready: ['11', '19', '29'],
    text_too_long: ['12'],
    sender_not_approved: ['15'],
  },
  (code) => json({ 'message-count': '1', messages: [{ status: code, 'error-text': 'said' }] }),
);

refusals(
  vonage,
  {
    rate_limit_account: ['1000'],
    rate_limit_recipient: ['1241'],
    bad_request: ['1010', '1020', '1021', '1130', '1150'],
    text_not_approved: ['1022', '1340'],
    temporary: ['1030', '1100', '1230'],
    recipient_blocked: ['1050', '1240'],
    account_blocked: ['1060'],
    no_money: ['1070'],
    account_not_ready: ['1080', '1140', '1160', '1350'],
    text_too_long: ['1090'],
    auth: ['1110', '1370'],
    sender_not_approved: ['1120'],
    bad_phone: ['1170'],
    unreachable: [
      ...['1040', '1180', '1190', '1200', '1220', '1250', '1260', '1270', '1280', '1290', '1300'],
      ...['1310', '1360'],
    ],
    text_forbidden: ['1210'],
    // "already sent" must never cause a second message
    duplicate: ['1320'],
    unknown: ['1330'],
  },
  (code) => json({ type: `https://example/errors#${code}`, title: 'Said', detail: 'more' }, 422),
  { ...sms, channel: 'viber' },
);

const turbo: Kinds = {
  auth: ['103', '105', '106', '301'],
  no_money: ['203'],
  sender_not_approved: ['200', '302', '400', '401', '421'],
  bad_phone: ['305'],
  recipient_blocked: ['404'],
  region_forbidden: ['406'],
  text_forbidden: ['412'],
  text_too_long: ['413'],
  text_not_approved: ['415', '416'],
  account_not_ready: ['425', '426'],
  duplicate: ['407', '427'],
  temporary: ['500', '501', '502', '503', '504', '505', '506', '507'],
  bad_request: ['104', '201', '202', '300', '303', '304', '306', '307', '403', '405', '409'],
  unknown: ['999'],
};
describe('about the recipient', () =>
  refusals(turbosms, turbo, (code) =>
    json({
      response_code: 801,
      response_status: 'FAIL',
      response_result: [{ phone: '79255070602', response_code: code, message_id: null }],
    }),
  ));
describe('about the whole request', () =>
  refusals(turbosms, turbo, (code) =>
    json({ response_code: code, response_status: 'SAID', response_result: null }),
  ));

states(
  turbosms,
  {
    Queued: 'queued',
    Accepted: 'queued',
    Sent: 'sent',
    Delivered: 'delivered',
    Read: 'read',
    Expired: 'expired',
    Undelivered: 'failed',
    Rejected: 'failed',
    Failed: 'failed',
    Cancelled: 'failed',
  },
  (status) =>
    json({
      response_code: 0,
      response_status: 'OK',
      response_result: [{ message_id: '63', response_code: 0, status }],
    }),
);

refusals(
  mobizon,
  {
    bad_request: ['1', '2', '4', '5', '6', '11', '12', '13', '98', '99'],
    auth: ['8', '9'],
    temporary: ['10'],
    account_blocked: ['14'],
    rate_limit_account: ['30'],
    unknown: ['3', '15', '999'],
  },
  (code) => json({ code, data: [], message: 'said' }),
);

states(
  mobizon,
  {
    NEW: 'queued',
    ENQUEUD: 'queued',
    ACCEPTD: 'sent',
    PDLIVRD: 'sent',
    DELIVRD: 'delivered',
    UNDELIV: 'failed',
    REJECTD: 'failed',
    DELETED: 'failed',
    EXPIRED: 'expired',
  },
  (status) => json({ code: 0, data: [{ id: '63', status, segNum: '1' }], message: '' }),
);

const aeroStates: Readonly<Record<string, DeliveryState>> = {
  queue: 'queued',
  moderation: 'moderation',
  send: 'sent',
  delivery: 'delivered',
  delivered: 'delivered',
  write: 'read',
  reject: 'failed',
  undelivered: 'failed',
};
// the number beside the word differs between sources, so it is ignored
for (const channel of ['sms', 'telegram', 'call'] as const)
  states(
    smsaero,
    aeroStates,
    (extendStatus) => json({ success: true, data: { id: 63, status: 1, extendStatus } }),
    { channel },
  );
states(
  smsaero,
  aeroStates,
  (extendStatus) => json({ success: true, data: { '0': { status: 1, extendStatus }, links: {} } }),
  { channel: 'viber' },
);

describe('smsaero refuses', () => {
  const validation = (data: unknown) =>
    json({ success: false, data, message: 'Validation error.' }, 400);
  const said = (status: number, message: string) =>
    json({ success: false, data: null, message }, status);

  test.for<[string, HttpResponse, ErrorKind, number?]>([
    ['wrong credentials', said(401, 'Your request was made with invalid credentials.'), 'auth'],
    ['an empty account', said(402, 'Not enough money.'), 'no_money'],
    ['a wrong number', validation({ number: ['incorrect'] }), 'bad_phone'],
    ['a wrong number of a call', validation({ phone: ['incorrect'] }), 'bad_phone'],
    ['a foreign signature', validation({ sign: ['incorrect'] }), 'sender_not_approved'],
    ['a text too long', validation({ text: ['maximum length is 640'] }), 'text_too_long'],
    [
      'a wrong number, the old way and as they spell it',
      json({ result: 'reject', reason: 'incorrect destination adress' }),
      'bad_phone',
    ],
    ['another field', validation({ dateSend: ['incorrect'] }), 'bad_request'],
    ['a hasty call', validation({ phone: ['wait 30 seconds'] }), 'rate_limit_recipient', 30],
    ['a blacklisted number', validation({ number: ['in blacklist'] }), 'recipient_blocked'],
    ['too many requests', said(429, 'Slow down'), 'rate_limit_account'],
    ['its own trouble', said(503, 'Try later'), 'temporary'],
    ['an empty account, the old way', json({ result: 'no credits' }), 'no_money'],
    [
      'a blacklisted number, the old way',
      json({ result: 'reject', reason: 'in blacklist' }),
      'recipient_blocked',
    ],
    [
      'a missing field, the old way',
      json({ result: 'reject', reason: 'empty field' }),
      'bad_request',
    ],
    ['the rest, the old way', json({ result: 'reject', reason: 'because' }), 'unknown'],
    ['an unknown reason', said(200, 'Something else'), 'unknown'],
    ['a reason nobody knows, under a status that says nothing', said(400, 'Because'), 'unknown'],
    ['a hasty message', said(400, 'Please wait 45 seconds'), 'rate_limit_account', 45],
    ['a limit', said(400, 'Daily limit exceeded'), 'rate_limit_account'],
    [
      'a hasty message to one number',
      said(400, 'This number: please wait 45 seconds'),
      'rate_limit_recipient',
      45,
    ],
    ['a limit of one number', said(400, 'Too many messages to phone'), 'rate_limit_recipient'],
    ['the same under 429', said(429, 'Too many messages to number'), 'rate_limit_recipient'],
    ['a number’s own limit', validation({ number: ['too many messages'] }), 'rate_limit_recipient'],
    ['a count', said(400, 'Limit exceeded: number of messages'), 'rate_limit_account'],
  ])('%s', ([, response, kind, retryAfterSec]) => {
    expect(sent(smsaero, response)).toEqual({
      ok: false,
      kind,
      ...(retryAfterSec === undefined ? {} : { retryAfterSec }),
    });
  });
});

describe('codes whose meaning depends on more than the code', () => {
  test('SMSC 9 means a repeated message when sending and too many requests otherwise', () => {
    const nine = json({ error: 'duplicate request, wait a minute', error_code: 9 });
    const config = settingsOf(smsc);
    const about = { providerCode: '9', retryAfterSec: 60 };
    expect(sent(smsc, nine)).toEqual({ ok: false, kind: 'duplicate', ...about });
    const others = [
      smsc.balance?.(config),
      smsc.estimate?.(sms, config),
      smsc.deliveryStatus?.({ providerMessageId: '1', phone: sms.phone }, config),
    ];
    for (const other of others)
      expect(plain(other!.parse(nine))).toEqual({
        ok: false,
        kind: 'rate_limit_account',
        ...about,
      });
  });

  test('Vonage gives its waiting time in milliseconds', () => {
    const said = 'Throughput Rate Exceeded - please wait [ 1702 ] and retry';
    const reply = json({ messages: [{ status: '1', 'error-text': said }] });
    expect(sent(vonage, reply)).toMatchObject({ kind: 'rate_limit_account', retryAfterSec: 2 });
  });

  test('a problem of Vonage may be given by its name, and 429 comes before either', () => {
    const viber = { ...sms, channel: 'viber' } as const;
    const of = (problem: string, status: number): unknown =>
      sent(vonage, json({ type: `https://example/${problem}`, title: 'Said' }, status), viber);
    for (const [problem, status, kind] of [
      ['api-errors#low-balance', 402, 'no_money'],
      ['api-errors#low-balance', 403, 'no_money'],
      ['api-errors#account-suspended', 403, 'account_blocked'],
      ['api-errors#unprovisioned', 403, 'account_not_ready'],
      ['api-errors#unauthorized', 401, 'auth'],
      ['api-errors#invalid-signature', 422, 'auth'],
      ['api-errors#invalid-params', 422, 'bad_request'],
      ['api-errors/messages-olympus#1010', 429, 'rate_limit_account'],
      ['api-errors#constructor', 422, 'bad_request'],
    ] as const)
      expect(of(problem, status), problem).toMatchObject({ kind });
  });

  test('Telegram gives its waiting time inside the code', () => {
    const reply = json({ ok: false, error: 'FLOOD_WAIT_30' });
    expect(sent(telegramGateway, reply, { ...sms, channel: 'telegram' })).toMatchObject({
      kind: 'rate_limit_account',
      retryAfterSec: 30,
    });
  });

  test('Twilio 403 with another code is not an error of the token', () => {
    const request = { ...sms, sender: '+14155552345' };
    const of = (body: object): unknown => sent(twilio, json(body, 403), request);
    expect(of({ code: 21999, message: 'said' })).toMatchObject({ kind: 'unknown' });
    expect(of({ message: 'said' })).toMatchObject({ kind: 'auth' });
    expect(of({ code: 21408, message: 'said' })).toMatchObject({ kind: 'region_forbidden' });
  });

  test('TurboSMS 507 contains the former result, on top or inside, or nothing', () => {
    const of = (outer: number, ...inner: object[]): unknown =>
      sent(turbosms, json({ response_code: outer, response_status: 'X', response_result: inner }));
    const former = { phone: '79255070602', message_id: 'm' };
    expect(of(507, { ...former, response_code: 0 })).toEqual({ ok: true, providerMessageId: 'm' });
    expect(of(800, { ...former, response_code: 507 })).toEqual({
      ok: true,
      providerMessageId: 'm',
    });
    expect(of(507)).toMatchObject({ kind: 'temporary', providerCode: '507' });
  });

  test('Twilio 60200 about the recipient is a wrong number', () => {
    const reply = json({ code: 60200, message: 'Invalid parameter `To`: 123', status: 400 }, 400);
    const request = { ...sms, sender: '+14155552345' };
    expect(sent(twilio, reply, request)).toMatchObject({
      kind: 'bad_phone',
      providerCode: '60200',
    });
  });

  test.for([
    [{ recipient: 'bad' }, 'bad_phone'],
    [{ from: 'bad' }, 'sender_not_approved'],
    [{ text: 'too long' }, 'text_too_long'],
    [{ text: 'forbidden' }, 'text_forbidden'],
    [{ other: 'bad' }, 'bad_request'],
  ] as const)('Mobizon 1 about %o is %s', ([data, kind]) => {
    expect(sent(mobizon, json({ code: 1, data, message: '' }))).toMatchObject({ kind });
  });

  test('Mobizon 13 gives the administrator the right address', () => {
    const result = mobizon
      .send(sms, settingsOf(mobizon))
      .parse(json({ code: 13, data: 'api.mobizon.com.br', message: 'wrong domain' }));
    expect(result).toMatchObject({ providerText: 'wrong domain · api.mobizon.com.br' });
  });

  test('a WhatsApp report contains the kind of its failure', () => {
    const report = (code: number) => ({
      url: 'https://relay.example/cb',
      headers: {},
      rawBody: JSON.stringify({
        entry: [
          {
            changes: [{ value: { statuses: [{ id: 'w', status: 'failed', errors: [{ code }] }] } }],
          },
        ],
      }),
    });
    for (const [code, kind] of [
      [131026, 'unreachable'],
      [132001, 'text_not_approved'],
      [424242, 'unknown'],
    ] as const)
      expect(whatsappCloud.webhook?.(report(code), settingsOf(whatsappCloud))).toMatchObject({
        events: [{ providerMessageId: 'w', state: 'failed', kind }],
      });
  });
});

describe('meaning of an HTTP status alone', () => {
  const kinds: [Provider, SendRequest][] = [
    [smsaero, sms],
    [twilio, { ...sms, sender: '+14155552345' }],
    [whatsappCloud, { ...sms, channel: 'whatsapp' }],
    [vonage, { ...sms, channel: 'viber' }],
  ];
  test.for(kinds.map((one) => [one[0].id, ...one] as const))(
    '%s: by status if the body does not help',
    ([, provider, request]) => {
      for (const [status, kind] of [
        [401, 'auth'],
        [403, 'auth'],
        [402, 'no_money'],
        [429, 'rate_limit_account'],
        [500, 'temporary'],
        [502, 'temporary'],
        [200, 'bad_reply'],
        [404, 'bad_reply'],
        [302, 'bad_reply'],
      ] as const)
        expect(sent(provider, text('<html>…</html>', status), request)).toMatchObject({ kind });
    },
  );

  const silent: [Provider, SendRequest][] = [
    [smsc, sms],
    [vonage, sms],
    [turbosms, sms],
    [mobizon, sms],
    [telegramGateway, { ...sms, channel: 'telegram' }],
  ];
  test.for(silent.map((one) => [one[0].id, ...one] as const))(
    '%s: always answers 200, so 403 is garbage',
    ([, provider, request]) => {
      for (const [status, kind] of [
        [403, 'bad_reply'],
        [200, 'bad_reply'],
        [429, 'rate_limit_account'],
        [502, 'temporary'],
      ] as const)
        expect(sent(provider, text('<html>…</html>', status), request)).toMatchObject({ kind });
    },
  );

  const of = (provider: Provider, response: HttpResponse): unknown => {
    const [can] = provider.capabilities(settingsOf(provider));
    const request = { ...sms, channel: can?.channel ?? 'sms', sender: '+14155552345' };
    return sent(provider, response, request);
  };
  /** A refusal in the format of each service, with a code that none of them has. */
  const strange = {
    ok: false,
    error: 'STRANGE',
    error_code: 987_654,
    success: false,
    status: 'ERROR',
    status_code: 987_654,
    response_code: 987_654,
    code: 987_654,
    message: 'strange',
    type: 'about:strange',
    title: 'strange',
    messages: [{ status: '987654' }],
  };

  test.for(adapters.map((one) => [one.id, one] as const))(
    '%s: with status 429 an unknown code is a limit, with the given waiting time',
    ([, provider]) => {
      const limited = json(strange, 429);
      const wait = { ...limited, headers: { ...limited.headers, 'Retry-After': '90' } };
      expect(of(provider, limited)).toMatchObject({ kind: 'rate_limit_account' });
      expect(of(provider, wait)).toMatchObject({ kind: 'rate_limit_account', retryAfterSec: 90 });
      expect(of(provider, json(strange, 400))).not.toHaveProperty('retryAfterSec');
    },
  );

  test.for(adapters.map((one) => [one.id, one] as const))(
    '%s: Retry-After is passed on, as seconds or as a date relative to the reply’s own',
    ([, provider]) => {
      const wait = (after: string, headers = {}): unknown =>
        of(provider, text('busy', 503, { 'retry-after': after, ...headers }));
      const date = 'Thu, 26 Nov 2026 18:00:00 GMT';
      const later = 'Thu, 26 Nov 2026 18:02:05 GMT';
      expect(wait('17')).toMatchObject({ kind: 'temporary', retryAfterSec: 17 });
      expect(wait(later, { date })).toMatchObject({ retryAfterSec: 125 });
      expect(wait(date, { date: later })).toMatchObject({ retryAfterSec: 0 });
      expect(wait(later)).not.toHaveProperty('retryAfterSec');
      expect(wait('soon', { date })).not.toHaveProperty('retryAfterSec');
    },
  );
});

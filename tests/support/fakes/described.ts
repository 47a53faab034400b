// Two services without an adapter, each with the description a manager would write.
// One takes JSON; one answers a GET in plain text and chooses the code itself.
import { codeIn, FakeService, type Answer, type Heard } from './fake-service';

export class FakeJsonService extends FakeService {
  readonly id = 'generic_http';
  secret = 'TEST-SECRET-0123456789';
  balance = '100.10';

  get fields(): Record<string, string> {
    return { spec: JSON.stringify(JSON_SPEC, null, 2), secret: this.secret, sender: 'SHOP' };
  }

  protected isSend({ path }: Heard): boolean {
    return path === '/v1/messages';
  }

  protected answer({ path, auth, json }: Heard): Answer {
    if (auth !== `Bearer ${this.secret}`)
      return { status: 401, body: { status: 'fail', error: { code: 'E_KEY' } } };
    if (path === '/v1/balance')
      return { status: 200, body: { balance: this.balance, currency: 'RUB' } };
    const { to, text } = json as { to: string; text: string };
    if (!/^\+\d{11,15}$/.test(to))
      return { status: 200, body: { status: 'fail', error: { code: 'E_PHONE' } } };
    const id = String(this.nextNumber());
    this.record({ id, channel: 'sms', to, text, code: codeIn(text) });
    return {
      status: 201,
      body: { status: 'ok', data: { id: Number(id), cost: 2.5 }, balance: this.balance },
    };
  }
}

export class FakeCallService extends FakeService {
  readonly id = 'generic_http';
  secret = 'TEST-SECRET-0123456789';

  get fields(): Record<string, string> {
    return { spec: JSON.stringify(CALL_SPEC), secret: this.secret };
  }

  protected isSend({ path }: Heard): boolean {
    return path === '/init';
  }

  protected answer({ method, fields }: Heard): Answer {
    if (method !== 'GET' || fields['key'] !== this.secret) return { status: 200, body: 'ERR;401' };
    const to = fields['phone'] ?? '';
    if (!/^\d{11,15}$/.test(to)) return { status: 200, body: 'ERR;bad number' };
    const id = String(this.nextNumber());
    const code = String(7 + this.nextNumber()).padStart(4, '0');
    this.record({ id, channel: 'call', to, text: null, code });
    return { status: 200, body: `OK;${id};${code}` };
  }
}

const JSON_SPEC = {
  channel: 'sms',
  send: {
    method: 'POST',
    url: 'https://api.example/v1/messages',
    headers: { Authorization: 'Bearer {secret}' },
    body: { type: 'json', template: { to: '{phonePlus}', from: '{sender}', text: '{text}' } },
    success: { httpStatus: [200, 201], jsonEquals: { '$.status': 'ok' } },
    extract: { providerMessageId: '$.data.id', cost: '$.data.cost', balanceAfter: '$.balance' },
    errors: [
      { jsonEquals: { '$.error.code': 'E_MONEY' }, kind: 'no_money' },
      { jsonEquals: { '$.error.code': 'E_PHONE' }, kind: 'bad_phone' },
      { httpStatus: [401, 403], kind: 'auth' },
    ],
  },
  balance: {
    method: 'GET',
    url: 'https://api.example/v1/balance',
    headers: { Authorization: 'Bearer {secret}' },
    success: { httpStatus: [200] },
    extract: { amount: '$.balance', currency: '$.currency' },
    errors: [{ httpStatus: [401, 403], kind: 'auth' }],
  },
};

const CALL_SPEC = {
  channel: 'call',
  codeOrigin: 'provider',
  send: {
    method: 'GET',
    url: 'https://call.example/init?key={secret}&phone={phone}',
    success: { bodyRegex: '^OK;(?<id>\\d+);(?<code>\\d{4})$' },
    errors: [
      { bodyRegex: '^ERR;401', kind: 'auth' },
      { bodyRegex: '^ERR;402', kind: 'no_money' },
    ],
  },
};

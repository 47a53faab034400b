// Fake SMS Aero, by its SDKs: Basic, JSON, `{success, data, message}`, errors by HTTP status.
import { basicAuth, codeIn, FakeService, type Answer, type Heard } from './fake-service';

type Fields = Readonly<Record<string, unknown>>;

export class FakeSmsaero extends FakeService {
  readonly id = 'smsaero';
  email = 'shop@example.com';
  apiKey = 'TEST-API-KEY-0123456789';
  balance = 337.5;

  get fields(): Record<string, string> {
    return { email: this.email, apiKey: this.apiKey, flashCall: 'true', whatsApp: 'true' };
  }

  protected isSend({ path }: Heard): boolean {
    return path.endsWith('/send');
  }

  protected answer({ path, auth, json }: Heard): Answer {
    if (auth !== basicAuth(this.email, this.apiKey))
      return wrong(401, 'Your request was made with invalid credentials.');
    const fields = (json ?? {}) as Fields;
    switch (path) {
      case '/v2/balance':
        return right({ balance: this.balance });
      case '/v2/sms/send':
      case '/v2/sms/testsend':
        return this.#text(fields, 'sms', path.endsWith('testsend'));
      case '/v2/viber/send':
        return fields['channel'] === 'OFFICIAL'
          ? this.#text(fields, 'viber')
          : invalid({ channel: ['incorrect'] });
      case '/v2/whatsapp/send':
        return this.#text({ ...fields, number: fields['address'] }, 'whatsapp');
      case '/v2/telegram/send':
        return this.#code({ ...fields, phone: fields['number'] }, 'telegram');
      case '/v2/flashcall/send':
        return this.#code(fields, 'call');
      case '/v2/sms/status':
      case '/v2/telegram/status':
      case '/v2/flashcall/status':
        return this.#status(fields['id']);
      case '/v2/viber/statistic':
        return this.#statistic(fields['sendingId']);
      default:
        return wrong(404, 'Not found.');
    }
  }

  #text(fields: Fields, channel: 'sms' | 'viber' | 'whatsapp', test = false): Answer {
    const { number, sign, text } = fields;
    if (typeof number !== 'string' || !/^\d{11,15}$/.test(number))
      return invalid({ number: ['incorrect'] });
    if (typeof sign !== 'string' || sign.length < 2) return invalid({ sign: ['incorrect'] });
    if (typeof text !== 'string' || text.length < 2) return invalid({ text: ['too short'] });
    const id = this.nextNumber();
    if (!test) this.record({ id: String(id), channel, to: number, text, code: codeIn(text) });
    const extendStatus = channel === 'viber' ? 'moderation' : 'queue';
    return right({ id, from: sign, number, text, status: 0, extendStatus, cost: 5.49 });
  }

  /** Refuses a code that is not a number; one with a leading zero is therefore impossible. */
  #code({ phone, code, text }: Fields, channel: 'telegram' | 'call'): Answer {
    if (typeof phone !== 'string' || !/^\d{11,15}$/.test(phone))
      return invalid({ phone: ['incorrect'] });
    const digits = String(code);
    const fits = channel === 'call' ? /^\d{4}$/ : /^\d{4,8}$/;
    if (typeof code !== 'number' || !fits.test(digits)) return invalid({ code: ['incorrect'] });
    const id = this.nextNumber();
    this.record({ id: String(id), channel, to: phone, text: null, code: digits });
    // with a text it would be a paid SMS, too
    if (text !== undefined)
      this.record({ id: String(id), channel: 'sms', to: phone, text: 'a paid SMS', code: digits });
    return right({ id, number: phone, telegramCode: digits, extendStatus: 'queue', cost: '1.00' });
  }

  #status(id: unknown): Answer {
    if (!this.messages.some((one) => one.id === String(id))) return wrong(404, 'Not found.');
    const extendStatus = this.delivery.get(String(id)) ?? 'queue';
    return right({ id, status: 1, extendStatus, cost: '5.49' });
  }

  #statistic(id: unknown): Answer {
    const message = this.messages.find((one) => one.id === String(id));
    if (message === undefined) return wrong(404, 'Not found.');
    const extendStatus = this.delivery.get(message.id) ?? 'send';
    return right({
      0: { number: message.to, status: 2, extendStatus },
      links: { self: `/v2/viber/statistic?sendingId=${message.id}&page=1` },
    });
  }
}

const right = (data: object): Answer => ({
  status: 200,
  body: { success: true, data, message: null },
});
const wrong = (status: number, message: string): Answer => ({
  status,
  body: { success: false, data: null, message },
});
const invalid = (data: object): Answer => ({
  status: 400,
  body: { success: false, data, message: 'Validation error.' },
});

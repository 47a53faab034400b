// Fake Twilio Messages, by its OpenAPI file: form in, JSON out, Basic.
// Every error has an HTTP status and a code of its own.
import { createHmac } from 'node:crypto';
import { basicAuth, codeIn, FakeService, type Answer, type Heard } from './fake-service';

/** Refused with a Twilio code, in words that quote the number. */
type Refusal = { readonly kind: 'code'; readonly code: number };

/** The id of the nth message. */
export const sidOf = (n: number): string => `SM${String(n).padStart(32, '0')}`;

export class FakeTwilio extends FakeService<Refusal> {
  readonly id = 'twilio';
  readonly accountSid = `AC${'a'.repeat(32)}`;
  authToken = 'TEST-AUTH-TOKEN-0123456789';
  readonly from = '+14155552345';
  readonly contentSid = `HX${'b'.repeat(32)}`;
  balance = '20.50';

  get fields(): Record<string, string> {
    const { accountSid, authToken, from, contentSid } = this;
    return { accountSid, authToken, from, contentSid };
  }

  static start(): Promise<FakeTwilio> {
    return new FakeTwilio().listen();
  }

  /** A report as Twilio sends it to this address, with its signature. */
  report(url: string, sid: string, status: string) {
    const body = new URLSearchParams({ MessageSid: sid, MessageStatus: status }).toString();
    return { body, signature: this.signed(url, body)['X-Twilio-Signature'] };
  }

  /** Twilio's signature header for a request to this address. */
  signed(url: string, body: string) {
    const sorted = [...new URLSearchParams(body)].sort(([a], [b]) => (a < b ? -1 : 1));
    const text = url + sorted.flat().join('');
    const signature = createHmac('sha1', this.authToken).update(text).digest('base64');
    return { 'X-Twilio-Signature': signature };
  }

  protected isSend({ method, path }: Heard): boolean {
    return method === 'POST' && path.endsWith('/Messages.json');
  }

  protected answer({ method, path, auth, fields }: Heard, refusal: Refusal | null): Answer {
    if (auth !== basicAuth(this.accountSid, this.authToken))
      return error(401, 20_003, 'Authenticate');
    if (refusal !== null) return error(400, refusal.code, `no way to ${fields['To'] ?? ''}`);
    const place = path.replace(`/2010-04-01/Accounts/${this.accountSid}/`, '');
    if (method === 'POST' && place === 'Messages.json') return this.#send(fields);
    if (method === 'GET' && place === 'Balance.json')
      return { status: 200, body: { balance: this.balance, currency: 'USD' } };
    const sid = /^Messages\/(\w+)\.json$/.exec(place)?.[1] ?? '';
    if (method !== 'GET' || !this.messages.some(({ id }) => id === sid))
      return error(404, 20_404, 'The requested resource was not found');
    const status = this.delivery.get(sid) ?? 'sent';
    return {
      status: 200,
      body: { sid, status, error_code: null, price: '-0.00750', price_unit: 'USD' },
    };
  }

  #send({
    To = '',
    From,
    MessagingServiceSid,
    Body,
    ContentSid,
    ContentVariables,
  }: Heard['fields']): Answer {
    const isWhatsApp = To.startsWith('whatsapp:');
    const to = To.replace('whatsapp:', '');
    if (!/^\+\d{11,15}$/.test(to))
      return error(400, 21_211, `The 'To' number ${To} is not a valid phone number.`);
    if (
      MessagingServiceSid === undefined &&
      From !== `${isWhatsApp ? 'whatsapp:' : ''}${this.from}`
    )
      return error(400, 21_606, "The 'From' phone number is not valid for your account");
    if (isWhatsApp && ContentSid !== this.contentSid)
      return error(400, 63_016, 'You are outside the allowed window. Use a template');
    if (!isWhatsApp && (Body ?? '') === '') return error(400, 21_602, 'Message body is required.');
    if ((Body ?? '').length > 1600) return error(400, 21_617, 'The message body is too long');
    const text = isWhatsApp ? `Your code: ${variable(ContentVariables)}` : (Body ?? '');
    const sid = sidOf(this.nextNumber());
    this.record({
      id: sid,
      channel: isWhatsApp ? 'whatsapp' : 'sms',
      to,
      text,
      code: codeIn(text),
    });
    return {
      status: 201,
      body: { sid, status: 'queued', error_code: null, num_segments: '1', price: null, to: To },
    };
  }
}

/** The first variable of a template. */
const variable = (json = '{}'): string => (JSON.parse(json) as Record<string, string>)['1'] ?? '';

const error = (status: number, code: number, message: string): Answer => ({
  status,
  body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
});

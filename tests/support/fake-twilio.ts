// Twilio as its library describes it, on loopback: messages by SMS and WhatsApp, their state and price when asked, refusals when told to.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TEXTS } from './texts';

export type TwilioMessage = {
  readonly sid: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly channel: 'sms' | 'whatsapp';
  readonly code: string;
  status: string;
  /** As it is written: what the account loses. */
  price: string | null;
};

export class FakeTwilio {
  readonly messages: TwilioMessage[] = [];
  readonly authToken = 'TEST-AUTH-TOKEN-0123456789';
  balance = '12.50';
  /** Codes of the next sends' refusals, one after the other. */
  readonly refusals: number[] = [];
  readonly #held: (() => void)[] = [];
  /** How many answers are held back. */
  get held(): number {
    return this.#held.length;
  }
  /** Answers sends only when `release` is called. */
  hold = false;
  /** Answers questions after a message only then, with what was true when they came. */
  holdStates = false;
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  #port = 0;

  static async start(): Promise<FakeTwilio> {
    const fake = new FakeTwilio();
    fake.#server.listen(0, '127.0.0.1');
    await once(fake.#server, 'listening');
    fake.#port = (fake.#server.address() as AddressInfo).port;
    return fake;
  }

  /** What a manager types to use it. */
  get draft() {
    const fields = {
      accountSid: 'AC1',
      authToken: this.authToken,
      from: '+12025550100',
      contentSid: 'HX1',
      baseUrl: `http://127.0.0.1:${this.#port}`,
    };
    return { id: 'twilio', fields, texts: TEXTS };
  }

  last(): TwilioMessage {
    const message = this.messages.at(-1);
    if (message === undefined) throw new Error('no message came');
    return message;
  }

  /** A report as Twilio sends it to this address, signed over it. */
  report(url: string, sid: string, status: string) {
    const body = new URLSearchParams({ MessageSid: sid, MessageStatus: status }).toString();
    return { body, signature: this.signed(url, body)['X-Twilio-Signature'] };
  }

  /** The header by which whatever comes to this address is Twilio's. */
  signed(url: string, body: string) {
    const sorted = [...new URLSearchParams(body)].sort(([a], [b]) => (a < b ? -1 : 1));
    const text = url + sorted.flat().join('');
    const signature = createHmac('sha1', this.authToken).update(text).digest('base64');
    return { 'X-Twilio-Signature': signature };
  }

  release(): void {
    this.hold = false;
    this.holdStates = false;
    for (const answer of this.#held.splice(0)) answer();
  }

  /** Refuses every connection, until `comeBack`. */
  async goDark(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async comeBack(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async stop(): Promise<void> {
    if (this.#server.listening) await this.goDark();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks).toString('utf8');
    const path = request.url ?? '';
    const answer = (status: number, json: object): void => {
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(json));
    };
    const sid = /Messages\/(\w+)\.json$/.exec(path)?.[1];
    if (path.endsWith('/Balance.json'))
      return answer(200, { balance: this.balance, currency: 'USD' });
    if (sid !== undefined) {
      const found = this.messages.find((one) => one.sid === sid);
      if (found === undefined) return answer(404, { code: 20404, message: 'not found' });
      const { status, price } = found;
      const told = (): void => answer(200, { sid, status, error_code: null, price });
      if (this.holdStates) this.#held.push(told);
      else told();
      return;
    }
    const refusal = this.refusals.shift();
    const fields = Object.fromEntries(new URLSearchParams(raw));
    if (refusal !== undefined)
      return answer(400, { code: refusal, message: `no way to ${fields['To'] ?? ''}` });
    const message: TwilioMessage = {
      sid: `SM${this.messages.length + 1}`,
      fields,
      channel: fields['To']?.startsWith('whatsapp:') ? 'whatsapp' : 'sms',
      code:
        /(?<!\d)\d{6}(?!\d)/.exec(fields['Body'] ?? fields['ContentVariables'] ?? '')?.[0] ?? '',
      status: 'sent',
      price: null,
    };
    this.messages.push(message);
    const sent = (): void => answer(201, { sid: message.sid, status: 'queued', price: null });
    if (this.hold) this.#held.push(sent);
    else sent();
  }
}

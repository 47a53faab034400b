// Fake TurboSMS, by its documentation: Bearer, JSON, always HTTP 200.
// One code for the whole reply and one per recipient.
import { codeIn, FakeService, type Answer, type Heard } from './fake-service';

type Text = { readonly sender: string; readonly text: string };
type Fields = {
  readonly recipients?: readonly string[];
  readonly sms?: Text;
  readonly viber?: Text;
  readonly messages?: readonly string[];
};

export class FakeTurbosms extends FakeService {
  readonly id = 'turbosms';
  token = 'TEST-TOKEN-0123456789';
  readonly sender = 'SHOP';
  balance = 2106.5;
  readonly #texts = new Set<string>();

  get fields(): Record<string, string> {
    return { token: this.token, sender: this.sender };
  }

  protected isSend({ path }: Heard): boolean {
    return path === '/message/send.json';
  }

  protected answer({ path, auth, json }: Heard): Answer {
    if (auth !== `Bearer ${this.token}`) return whole(301, 'INVALID_TOKEN', null);
    const fields = (json ?? {}) as Fields;
    switch (path) {
      case '/user/balance.json':
        return whole(0, 'OK', { balance: this.balance });
      case '/message/send.json':
        return this.#send(fields);
      case '/message/status.json': {
        const id = fields.messages?.[0] ?? '';
        const known = this.messages.some((one) => one.id === id);
        const inner = known
          ? { ...ok, message_id: id, status: this.delivery.get(id) ?? 'Sent' }
          : { response_code: 414, response_status: 'NOT_ALLOWED_MESSAGE_ID', message_id: id };
        return whole(known ? 0 : 802, 'OK', [inner]);
      }
      default:
        return whole(300, 'INVALID_REQUEST', null);
    }
  }

  #send({ recipients = [], sms, viber }: Fields): Answer {
    const phone = recipients[0] ?? '';
    const message = sms ?? viber;
    if (message === undefined) return whole(201, 'REQUIRED_MESSAGE_TEXT', null);
    const { sender, text } = message;
    if (!/^\d{11,15}$/.test(phone)) return refused(phone, 305, 'INVALID_PHONE');
    if (sender !== this.sender) return refused(phone, 400, 'NOT_ALLOWED_MESSAGE_SENDER');
    if (this.#texts.has(phone + text)) return refused(phone, 427, 'NOT_ALLOWED_MESSAGE_DUPLICATE');
    this.#texts.add(phone + text);
    const id = `f83f8868-5e46-c6cf-e4fb-${String(this.nextNumber()).padStart(12, '0')}`;
    this.record({ id, channel: sms ? 'sms' : 'viber', to: phone, text, code: codeIn(text) });
    return whole(800, 'SUCCESS_MESSAGE_ACCEPTED', [{ phone, ...ok, message_id: id }]);
  }
}

const ok = { response_code: 0, response_status: 'OK' };
const whole = (
  response_code: number,
  response_status: string,
  response_result: unknown,
): Answer => ({
  status: 200,
  body: { response_code, response_status, response_result },
});
const refused = (phone: string, response_code: number, response_status: string): Answer =>
  whole(801, 'SUCCESS_MESSAGE_SENT', [{ phone, response_code, response_status, message_id: null }]);

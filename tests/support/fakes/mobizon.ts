// Fake Mobizon, by its client libraries: key in the URL, form in, JSON out, always HTTP 200.
import { codeIn, FakeService, type Answer, type Heard } from './fake-service';

export class FakeMobizon extends FakeService {
  readonly id = 'mobizon';
  apiKey = 'TEST-API-KEY-0123456789';
  balance = '190.4280';

  get fields(): Record<string, string> {
    return { apiKey: this.apiKey };
  }

  protected isSend({ path }: Heard): boolean {
    return path === '/service/message/sendSmsMessage';
  }

  protected answer({ method, path, query, fields }: Heard): Answer {
    if (query['output'] !== 'json' || query['api'] !== 'v1') return { status: 200, body: '<xml/>' };
    if (query['apiKey'] !== this.apiKey) return reply(8, [], 'Access denied');
    if (method !== 'POST') return reply(12, [], 'Wrong request');
    switch (path) {
      case '/service/user/getOwnBalance':
        return reply(0, { balance: this.balance, currency: 'KZT' });
      case '/service/message/sendSmsMessage':
        return this.#send(fields);
      case '/service/message/getSMSStatus': {
        const known = this.messages.filter(({ id }) => id === fields['ids']);
        return reply(
          0,
          known.map(({ id }) => ({ id, status: this.delivery.get(id) ?? 'ACCEPTD', segNum: '1' })),
        );
      }
      default:
        return reply(2, [], 'Not found');
    }
  }

  #send({ recipient = '', text = '' }: Heard['fields']): Answer {
    if (!/^\d{11,15}$/.test(recipient)) return reply(1, { recipient: 'incorrect' }, 'Wrong data');
    if (text === '') return reply(1, { text: 'empty' }, 'Wrong data');
    const id = String(12_111_324 + this.nextNumber());
    this.record({ id, channel: 'sms', to: recipient, text, code: codeIn(text) });
    return reply(0, { campaignId: '1759377', messageId: id, status: 2 });
  }
}

const reply = (code: number, data: unknown, message = ''): Answer => ({
  status: 200,
  body: { code, data, message },
});

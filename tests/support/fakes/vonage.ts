// Fake Vonage, by its OpenAPI files: SMS by the old API (HTTP 200, one result per part).
// Viber and WhatsApp by the Messages API (problem+json).
import { basicAuth, codeIn, FakeService, type Answer, type Heard } from './fake-service';

type Message = {
  readonly message_type: string;
  readonly to: string;
  readonly from: string;
  readonly channel: string;
  readonly text?: string;
  readonly custom?: {
    template: { name: string; components: { parameters: { text: string }[] }[] };
  };
};

export class FakeVonage extends FakeService {
  readonly id = 'vonage';
  apiKey = 'testkey1';
  apiSecret = 'TEST-SECRET-0123456789';
  readonly from = 'Shop';
  readonly template = 'otp_code';
  /** A number, as the page shows it. */
  balance = 24.428075;

  get fields(): Record<string, string> {
    const { apiKey, apiSecret, from, template } = this;
    return { apiKey, apiSecret, from, waTemplate: template, waLanguage: 'ru' };
  }

  protected isSend({ path }: Heard): boolean {
    return path === '/sms/json' || path === '/v1/messages';
  }

  protected answer({ path, auth, fields, json }: Heard): Answer {
    if (path === '/sms/json') return { status: 200, body: this.#sms(fields) };
    if (auth !== basicAuth(this.apiKey, this.apiSecret))
      return path === '/v1/messages'
        ? problem(401, 'You did not provide correct credentials.')
        : {
            status: 401,
            body: { 'error-code': '401', 'error-code-label': 'authentication failed' },
          };
    if (path === '/account/get-balance')
      return { status: 200, body: { value: this.balance, autoReload: false } };
    return path === '/v1/messages' ? this.#message(json as Message) : problem(404, 'Not found');
  }

  #sms({ api_key, api_secret, from, to = '', text = '', type }: Heard['fields']): object {
    if (api_key !== this.apiKey || api_secret !== this.apiSecret)
      return part({ status: '4', 'error-text': 'Bad Credentials' });
    if (!/^\d{11,15}$/.test(to))
      return part({ status: '3', 'error-text': 'to address is not numeric' });
    if (from !== this.from) return part({ status: '15', 'error-text': 'Illegal Sender Address' });
    const isUnicode = type === 'unicode';
    // characters outside GSM-7 arrive as question marks
    const read = isUnicode ? text : text.replace(/[^\u0020-\u007e]/g, '?');
    const id = `0A000000${String(this.nextNumber()).padStart(8, '0')}`;
    this.record({ id, channel: 'sms', to, text: read, code: codeIn(read) });
    const single = isUnicode ? 70 : 160;
    const parts = text.length <= single ? 1 : Math.ceil(text.length / (isUnicode ? 67 : 153));
    return part(
      ...Array.from({ length: parts }, (_, i) => ({
        to,
        status: '0',
        'message-id': i === 0 ? id : `${id}-${i}`,
        'remaining-balance': '3.14159265',
        'message-price': '0.03330000',
      })),
    );
  }

  #message({ to, from, channel, text, custom, message_type }: Message): Answer {
    if (!/^\d{11,15}$/.test(to) || from !== this.from) return problem(422, 'Invalid params', 1150);
    const isWhatsApp = channel === 'whatsapp';
    if (isWhatsApp && custom?.template.name !== this.template)
      return problem(422, 'Outside of allowed window', 1340);
    if (!isWhatsApp && (channel !== 'viber_service' || message_type !== 'text'))
      return problem(422, 'Invalid params', 1150);
    const id = `aaaaaaaa-bbbb-cccc-dddd-${String(this.nextNumber()).padStart(12, '0')}`;
    const read = isWhatsApp
      ? `${custom?.template.components[0]?.parameters[0]?.text ?? ''} is your code`
      : (text ?? '');
    this.record({
      id,
      channel: isWhatsApp ? 'whatsapp' : 'viber',
      to,
      text: read,
      code: codeIn(read),
    });
    return { status: 202, body: { message_uuid: id } };
  }
}

const part = (...messages: readonly object[]): object => ({
  'message-count': String(messages.length),
  messages,
});
const problem = (status: number, title: string, code?: number): Answer => ({
  status,
  body: {
    type: `https://developer.vonage.com/api-errors/messages#${code ?? 'error'}`,
    title,
    detail: title,
    instance: 'bf0ca0bf927b3b52e3cb03217e1a1ddf',
  },
});

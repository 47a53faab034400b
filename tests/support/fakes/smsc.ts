// Fake SMSC, by its documentation: form in, JSON on request, numbers as strings, HTTP 200.
import { codeIn, FakeService, type Answer, type Heard } from './fake-service';

export class FakeSmsc extends FakeService {
  readonly id = 'smsc';
  login = 'TEST-LOGIN';
  password = 'TEST-PASSWORD 0123456789';
  readonly waBot = '79990000000';
  balance = '286.50';
  /** The reply to the next call, as JSON. */
  callCode: string | number = '048213';
  readonly #texts = new Set<string>();

  static start(): Promise<FakeSmsc> {
    return new FakeSmsc().listen();
  }

  get fields(): Record<string, string> {
    return { login: this.login, password: this.password, waBot: this.waBot };
  }

  protected isSend({ path, fields }: Heard): boolean {
    return path === '/sys/send.php' && fields['cost'] !== '1';
  }

  protected answer({ path, fields }: Heard): Answer {
    const body = this.#reply(path, fields);
    // without fmt=3 it answers plain text
    return { status: 200, body: fields['fmt'] === '3' ? body : 'ERROR = 1 (parameters)' };
  }

  #reply(path: string, fields: Heard['fields']): object {
    if (fields['login'] !== this.login || fields['psw'] !== this.password)
      return refusal(2, 'authorise error');
    switch (path) {
      case '/sys/send.php':
        return this.#send(fields);
      case '/sys/balance.php':
        return { balance: this.balance, ...(fields['cur'] === '1' ? { currency: 'RUR' } : {}) };
      case '/sys/status.php': {
        const message = this.messages.find(
          ({ id, to }) => id === fields['id'] && to === fields['phone'],
        );
        if (message === undefined) return { status: -3, last_date: '', last_timestamp: 0 };
        const status = this.delivery.get(message.id) ?? 0;
        return { status, last_date: '15.08.2026 20:27:22', last_timestamp: 1_786_000_000 };
      }
      default:
        return refusal(1, 'parameters error');
    }
  }

  #send({ phones = '', mes = '', cost, viber, bot, call, charset }: Heard['fields']): object {
    if (mes === '') return refusal(1, 'parameters error');
    // without the plus it "corrects" numbers
    if (!/^\+\d{11,15}$/.test(phones)) return { ...refusal(7, 'invalid number'), id: 175 };
    if (cost === '1') return { cost: '3.80', cnt: 1 };
    if (bot !== undefined && bot !== `wa:${this.waBot}`) return refusal(6, 'message is denied');
    if (call !== '1' && this.#texts.has(phones + mes))
      return refusal(9, 'duplicate request, wait a minute');
    this.#texts.add(phones + mes);
    const id = String(this.nextNumber());
    const sent = {
      id: Number(id),
      cnt: 1,
      ...(cost === '3' ? { cost: '3.80', balance: this.balance } : {}),
    };
    if (call === '1') {
      const code = String(this.callCode);
      this.record({ id, channel: 'call', to: phones, text: null, code });
      return { ...sent, code: this.callCode };
    }
    // windows-1251 by default: Cyrillic then arrives unreadable
    const text = charset === 'utf-8' ? mes : Buffer.from(mes).toString('latin1');
    const channel = bot !== undefined ? 'whatsapp' : viber === '1' ? 'viber' : 'sms';
    this.record({ id, channel, to: phones, text, code: codeIn(text) });
    return sent;
  }
}

const refusal = (error_code: number, error: string): object => ({ error, error_code });

// A fake SMS.RU on loopback, by its documentation; misbehaves on request.
// Form in, JSON out, HTTP 200 for nearly everything.
import { codeIn, FakeService, type Answer, type Behaviour as Common } from './fakes/fake-service';
import type { Heard } from './fakes/fake-service';

export type FakeRequest = Heard;

type Refusal =
  /** An error code: inside `sms[number]` under an OK, or at the top level. */
  | { readonly kind: 'code'; readonly code: number; readonly where: 'number' | 'top' }
  /** A refusal with a text but no error code, as for calls. */
  | { readonly kind: 'words'; readonly text: string };

/** The reply to the next request of a kind. */
export type Behaviour = Common | Refusal;

export class FakeSmsru extends FakeService<Refusal> {
  readonly id = 'smsru';
  apiId = 'TEST-API-ID-0123456789';
  balance = '4122.56';
  /** The last four digits of the next call, as JSON. */
  callCode: string | number = '1435';
  /** Id of the newest message or call. */
  lastId = '';

  static start(): Promise<FakeSmsru> {
    return new FakeSmsru().listen();
  }

  get fields(): Record<string, string> {
    return { apiId: this.apiId };
  }
  /** Codes in the received texts, oldest first. */
  get codes(): readonly string[] {
    return this.sends.flatMap(
      ({ fields }) => /(?<!\d)\d{6}(?:\d\d)?(?!\d)/.exec(fields['msg'] ?? '') ?? [],
    );
  }

  protected isSend({ path }: Heard): boolean {
    return path === '/sms/send' || path === '/code/call';
  }

  #newId(): string {
    return (this.lastId = `000000-1000${String(this.nextNumber()).padStart(4, '0')}`);
  }

  protected answer({ path, fields }: Heard, refusal: Refusal | null): Answer {
    return { status: 200, body: this.#reply(path, fields, refusal) };
  }

  #reply(path: string, fields: Heard['fields'], refusal: Refusal | null): object {
    if (fields['api_id'] !== this.apiId)
      return { status: 'ERROR', status_code: 200, status_text: 'Неправильный api_id' };
    if (refusal?.kind === 'code' && refusal.where === 'top')
      return { status: 'ERROR', status_code: refusal.code, status_text: 'ошибка' };
    if (refusal?.kind === 'words') return { status: 'ERROR', status_text: refusal.text };
    const whole = { status: 'OK', status_code: 100, balance: Number(this.balance) };
    switch (path) {
      case '/sms/send':
        return { ...whole, sms: { [fields['to'] ?? '']: this.#ofNumber(fields, refusal) } };
      case '/code/call': {
        const id = this.#newId();
        const code = String(this.callCode).padStart(4, '0');
        this.record({ id, channel: 'call', to: fields['phone'] ?? '', text: null, code });
        return { status: 'OK', code: this.callCode, call_id: id, cost: 0.4, balance: 10 };
      }
      case '/my/balance':
        return whole;
      case '/sms/status': {
        const asked = fields['sms_id'] ?? '';
        const status = this.delivery.get(asked) ?? 102;
        return { ...whole, sms: { [asked]: { status: 'OK', status_code: status, cost: 0.5 } } };
      }
      default:
        return { status: 'ERROR', status_code: 211, status_text: 'Нет такого метода' };
    }
  }

  #ofNumber({ to = '', msg = '', test }: Heard['fields'], refusal: Refusal | null): object {
    if (refusal?.kind === 'code')
      return { status: 'ERROR', status_code: refusal.code, status_text: 'ошибка' };
    const id = this.#newId();
    if (test !== '1') this.record({ id, channel: 'sms', to, text: msg, code: codeIn(msg) });
    return { status: 'OK', status_code: 100, sms_id: id };
  }
}

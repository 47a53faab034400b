// Fake Telegram Gateway, by its documentation: Bearer, JSON, `{ok, result | error}`, no balance.
import { FakeService, type Answer, type Heard } from './fake-service';

type Fields = {
  readonly phone_number?: string;
  readonly code?: unknown;
  readonly ttl?: number;
  readonly request_id?: string;
};

export class FakeTelegramGateway extends FakeService {
  readonly id = 'telegram_gateway';
  token = 'TEST-TOKEN-0123456789';

  get fields(): Record<string, string> {
    return { token: this.token };
  }

  protected isSend({ path }: Heard): boolean {
    return path === '/sendVerificationMessage';
  }

  protected answer({ path, auth, json }: Heard): Answer {
    if (auth !== `Bearer ${this.token}`) return error('ACCESS_TOKEN_INVALID');
    const fields = (json ?? {}) as Fields;
    if (path === '/sendVerificationMessage') return this.#send(fields);
    if (path !== '/checkVerificationStatus') return error('UNKNOWN_METHOD');
    const message = this.messages.find(({ id }) => id === fields.request_id);
    return message === undefined
      ? error('REQUEST_ID_INVALID')
      : result(message.id, message.to, String(this.delivery.get(message.id) ?? 'sent'));
  }

  #send({ phone_number = '', code, ttl }: Fields): Answer {
    if (!/^\+\d{11,15}$/.test(phone_number)) return error('PHONE_NUMBER_INVALID');
    if (typeof code !== 'string' || !/^\d{4,8}$/.test(code)) return error('CODE_INVALID');
    if (ttl !== undefined && (ttl < 30 || ttl > 3600)) return error('TTL_INVALID');
    const id = `1041860${String(this.nextNumber()).padStart(4, '0')}`;
    this.record({ id, channel: 'telegram', to: phone_number, text: null, code });
    return result(id, phone_number, 'sent');
  }
}

const result = (request_id: string, phone: string, status: string): Answer => ({
  status: 200,
  body: {
    ok: true,
    result: {
      request_id,
      phone_number: phone.slice(1),
      request_cost: 0.01,
      remaining_balance: 99.5,
      delivery_status: { status, updated_at: 1_730_000_000 },
    },
  },
});
const error = (code: string): Answer => ({ status: 400, body: { ok: false, error: code } });

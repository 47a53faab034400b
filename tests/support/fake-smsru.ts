// SMS.RU as its pages describe it, on loopback: form in, JSON out, HTTP 200 for nearly everything. Told to misbehave, it does.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type FakeRequest = {
  readonly method: string;
  readonly path: string;
  readonly type: string | null;
  /** As it came over the wire. */
  readonly raw: string;
  readonly fields: Readonly<Record<string, string>>;
};

/** How the next request of a kind is answered. */
export type Behaviour =
  | { readonly kind: 'ok' }
  /** An error code: inside `sms[number]` under an OK, or on top. */
  | { readonly kind: 'code'; readonly code: number; readonly where: 'number' | 'top' }
  /** A refusal in words alone, as of calls. */
  | { readonly kind: 'words'; readonly text: string }
  /** Reads the request and never answers. */
  | { readonly kind: 'hang' }
  /** Reads the request and closes the connection. */
  | { readonly kind: 'half-close' }
  /** Begins an answer and closes the connection. */
  | { readonly kind: 'half-answer' }
  | { readonly kind: 'garbage' }
  | { readonly kind: 'ten-megabytes' }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'status'; readonly status: number; readonly text: string }
  /** Answers OK once `release` was called. */
  | { readonly kind: 'held' };

export class FakeSmsru {
  readonly requests: FakeRequest[] = [];
  apiId = 'TEST-API-ID-0123456789';
  balance = '4122.56';
  /** The last four digits of the next call, as JSON. */
  callCode: string | number = '1435';
  /** Delivery by message id. */
  readonly delivery = new Map<string, number>();
  /** Id of the newest message or call. */
  lastId = '';
  readonly #next: Behaviour[] = [];
  readonly #held: (() => void)[] = [];
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  #ids = 0;
  #port = 0;

  /** Listens on a port of the system's choice. */
  static async start(): Promise<FakeSmsru> {
    const fake = new FakeSmsru();
    fake.#server.listen(0, '127.0.0.1');
    await once(fake.#server, 'listening');
    fake.#port = (fake.#server.address() as AddressInfo).port;
    return fake;
  }

  /** Stays after `stop`: nobody listens there then. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }
  /** Messages and calls that were asked for, whatever became of them. */
  get sends(): readonly FakeRequest[] {
    return this.requests.filter(({ path }) => path === '/sms/send' || path === '/code/call');
  }
  /** Codes in the texts that came, oldest first. */
  get codes(): readonly string[] {
    return this.sends.flatMap(({ fields }) => /(?<!\d)\d{6}(?!\d)/.exec(fields['msg'] ?? '') ?? []);
  }

  /** The next sends are answered so, one after the other; then all is well again. */
  next(...behaviours: readonly Behaviour[]): void {
    this.#next.push(...behaviours);
  }

  /** Answers what is held. */
  release(): void {
    for (const answer of this.#held.splice(0)) answer();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks).toString('utf8');
    const url = new URL(request.url ?? '/', this.url);
    const fields = Object.fromEntries(
      new URLSearchParams(request.method === 'GET' ? url.search : raw),
    );
    const type = request.headers['content-type'] ?? null;
    const path = url.pathname;
    this.requests.push({ method: request.method ?? '', path, type, raw, fields });
    const isSend = path === '/sms/send' || path === '/code/call';
    const behaviour = (isSend ? this.#next.shift() : undefined) ?? { kind: 'ok' };
    const answer = (): void => json(response, this.#answer(path, fields, behaviour));
    switch (behaviour.kind) {
      case 'hang':
        return;
      case 'half-close':
        request.socket.destroy();
        return;
      case 'half-answer':
        response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '4000' });
        response.write('{"status":"OK",', () => request.socket.destroy());
        return;
      case 'garbage':
        request.socket.end('what?\r\n\r\n');
        return;
      case 'ten-megabytes':
        response.end(`"${'x'.repeat(10_000_000)}"`);
        return;
      case 'redirect':
        response.writeHead(302, { Location: behaviour.to }).end();
        return;
      case 'status':
        response.writeHead(behaviour.status, { 'Content-Type': 'text/html' }).end(behaviour.text);
        return;
      case 'held':
        this.#held.push(answer);
        return;
      default:
        answer();
    }
  }

  #newId(): string {
    return (this.lastId = `000000-1000${String((this.#ids += 1)).padStart(4, '0')}`);
  }

  #answer(path: string, fields: FakeRequest['fields'], behaviour: Behaviour): object {
    if (fields['api_id'] !== this.apiId)
      return { status: 'ERROR', status_code: 200, status_text: 'Неправильный api_id' };
    if (behaviour.kind === 'code' && behaviour.where === 'top')
      return { status: 'ERROR', status_code: behaviour.code, status_text: 'ошибка' };
    if (behaviour.kind === 'words') return { status: 'ERROR', status_text: behaviour.text };
    const whole = { status: 'OK', status_code: 100, balance: Number(this.balance) };
    switch (path) {
      case '/sms/send':
        return {
          ...whole,
          sms: {
            [fields['to'] ?? '']:
              behaviour.kind === 'code'
                ? { status: 'ERROR', status_code: behaviour.code, status_text: 'ошибка' }
                : { status: 'OK', status_code: 100, sms_id: this.#newId() },
          },
        };
      case '/code/call':
        return {
          status: 'OK',
          code: this.callCode,
          call_id: this.#newId(),
          cost: 0.4,
          balance: 10,
        };
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
}

function json(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}

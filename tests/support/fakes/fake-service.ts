// A messaging service on loopback that answers as documented, or misbehaves once on request.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Channel } from '$lib/contract/values';
import { TEXTS } from '../texts';

/** A request as received. */
export type Heard = {
  readonly method: string;
  readonly path: string;
  readonly type: string | null;
  readonly auth: string | null;
  readonly raw: string;
  readonly query: Readonly<Record<string, string>>;
  /** Of a form; of a GET its query. */
  readonly fields: Readonly<Record<string, string>>;
  /** Null: the body is not JSON. */
  readonly json: unknown;
};

/** A string is sent as it is, anything else as JSON. */
export type Answer = {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

/** What reached a customer. */
export type FakeMessage = {
  readonly id: string;
  readonly channel: Channel;
  readonly to: string;
  /** The text; null: only a code arrives. */
  readonly text: string | null;
  readonly code: string;
};

/** The reply to the next send. The message is still sent, unless an answer replaces it. */
export type Behaviour =
  | { readonly kind: 'ok' }
  /** Refuses with this reply; sends nothing. */
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** Reads the request and never answers. */
  | { readonly kind: 'hang' }
  /** Reads the request and closes the connection. */
  | { readonly kind: 'half-close' }
  /** Begins an answer and closes the connection. */
  | { readonly kind: 'half-answer' }
  | { readonly kind: 'garbage' }
  | { readonly kind: 'ten-megabytes' }
  | { readonly kind: 'invalid-utf-8' }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'status'; readonly status: number; readonly text: string }
  /** Answers OK after `release`. */
  | { readonly kind: 'held' };

export abstract class FakeService<Refusal extends { readonly kind: string } = never> {
  /** The relay's id of the service. */
  abstract readonly id: string;
  readonly requests: Heard[] = [];
  readonly messages: FakeMessage[] = [];
  /** Delivery states by message id, in the service's own words. */
  readonly delivery = new Map<string, string | number>();
  /** Answers all other requests after `release`, with the state at the time of the request. */
  holdQuestions = false;
  readonly #next: (Behaviour | Refusal)[] = [];
  readonly #held: (() => void)[] = [];
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  #port = 0;
  #numbers = 0;

  /** Settings that the service accepts, as a manager enters them. */
  abstract get fields(): Record<string, string>;

  /** Listens on a port chosen by the system. */
  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  /** Does not change after `stop`, when nothing listens there any more. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** What a manager enters to use it. */
  get draft() {
    return { id: this.id, fields: { ...this.fields, baseUrl: this.url }, texts: TEXTS };
  }

  /** The number of held answers. */
  get held(): number {
    return this.#held.length;
  }

  /** The newest message that reached a customer. */
  last(): FakeMessage {
    const message = this.messages.at(-1);
    if (message === undefined) throw new Error('no message came');
    return message;
  }

  /** Requests to send a message, whatever their result. */
  get sends(): readonly Heard[] {
    return this.requests.filter((heard) => this.isSend(heard));
  }

  /** Forgets what was sent before the test begins. */
  forget(): void {
    this.requests.splice(0);
    this.messages.splice(0);
  }

  /** Sets the replies to the next sends, in order; afterwards all succeed. */
  next(...behaviours: readonly (Behaviour | Refusal)[]): void {
    this.#next.push(...behaviours);
  }

  /** Sends the held answers. */
  release(): void {
    for (const answer of this.#held.splice(0)) answer();
  }

  /** Refuses every connection until `comeBack`. */
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

  protected abstract isSend(heard: Heard): boolean;
  /** The service's own reply; an accepted message calls `record`. */
  protected abstract answer(heard: Heard, refusal: Refusal | null): Answer;

  /** 1, 2, 3 …: for ids. */
  protected nextNumber(): number {
    return (this.#numbers += 1);
  }

  /** Records a message that reached its customer. */
  protected record(message: FakeMessage): void {
    this.messages.push(message);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const heard = await hear(request);
    this.requests.push(heard);
    const behaviour = this.#behaviourFor(heard);
    if (isCommon(behaviour)) {
      const answer = behaviour.kind === 'answer' ? behaviour.answer : this.answer(heard, null);
      this.#behave(behaviour, answer, response);
    } else write(response, this.answer(heard, behaviour));
  }

  #behaviourFor(heard: Heard): Behaviour | Refusal {
    if (this.isSend(heard)) return this.#next.shift() ?? { kind: 'ok' };
    return { kind: this.holdQuestions ? 'held' : 'ok' };
  }

  #behave(behaviour: Behaviour, answer: Answer, response: ServerResponse): void {
    const { socket } = response;
    switch (behaviour.kind) {
      case 'ok':
      case 'answer':
        return write(response, answer);
      case 'hang':
        return;
      case 'half-close':
        return void socket?.destroy();
      case 'half-answer':
        response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '4000' });
        response.write('{"status":"OK",', () => socket?.destroy());
        return;
      case 'garbage':
        return void socket?.end('what?\r\n\r\n');
      case 'ten-megabytes':
        return void response.end(`"${'x'.repeat(10_000_000)}"`);
      case 'invalid-utf-8':
        // the right answer with one invalid byte
        return void response
          .writeHead(answer.status, { 'Content-Type': 'application/json' })
          .end(Buffer.concat([Buffer.from(textOf(answer)), Buffer.of(0xff)]));
      case 'redirect':
        // contains the right answer, which the relay must ignore in a redirect
        return void response.writeHead(302, { Location: behaviour.to }).end(textOf(answer));
      case 'status':
        return void response
          .writeHead(behaviour.status, { 'Content-Type': 'text/html' })
          .end(behaviour.text);
      case 'held':
        this.#held.push(() => write(response, answer));
    }
  }
}

const COMMON: readonly string[] = [
  ...['ok', 'answer', 'hang', 'half-close', 'half-answer', 'garbage', 'ten-megabytes'],
  ...['invalid-utf-8', 'redirect', 'status', 'held'],
];
const isCommon = (one: { readonly kind: string }): one is Behaviour => COMMON.includes(one.kind);

const textOf = ({ body }: Answer): string =>
  typeof body === 'string' ? body : JSON.stringify(body);

function write(response: ServerResponse, answer: Answer): void {
  const type = typeof answer.body === 'string' ? 'text/plain' : 'application/json';
  const headers = { 'Content-Type': `${type}; charset=utf-8`, ...answer.headers };
  response.writeHead(answer.status, headers);
  response.end(textOf(answer));
}

async function hear(request: IncomingMessage): Promise<Heard> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks).toString('utf8');
  const url = new URL(request.url ?? '/', 'http://fake.invalid');
  const query = Object.fromEntries(url.searchParams);
  const type = request.headers['content-type'] ?? null;
  const isForm = type?.startsWith('application/x-www-form-urlencoded') ?? false;
  return {
    method: request.method ?? '',
    path: url.pathname,
    type,
    auth: request.headers.authorization ?? null,
    raw,
    query,
    fields: isForm ? Object.fromEntries(new URLSearchParams(raw)) : query,
    json: type?.startsWith('application/json') ? (JSON.parse(raw) as unknown) : null,
  };
}

/** The digits that a customer would read out of a text. */
export const codeIn = (text: string): string => /(?<!\d)\d{4,8}(?!\d)/.exec(text)?.[0] ?? '';
export const basicAuth = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

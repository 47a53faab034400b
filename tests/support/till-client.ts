// A minimal till for tests: sends requests over real HTTP and returns replies unchanged.
import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Policy } from '$lib/contract/policy';
import type { ElevationRequest, SessionClaim, SessionRequest } from '$lib/contract/till';
import type { PublicKey } from '$lib/contract/values';
import {
  CONSENT_HEADER,
  CONTRACT_HEADER,
  CONTRACT_VERSION,
  SIGNATURE_HEADER,
} from '$lib/contract/version';
import { defaultPolicy } from '$lib/domain/policy/default-policy';
import { GENESIS, type ChainHead } from '$lib/proof/chain';
import { signHead } from '$lib/proof/journal-head';
import { exportPublic, makeTillKey } from '$lib/proof/keys';
import { verifyPolicy } from '$lib/proof/policy';
import { sha256Hex } from '$lib/proof/canonical';
import { signRequest, signSession } from '$lib/proof/session';
import type { Exchange } from './documented';
import { sendRequest } from './kept-connections';
import { verifierOf } from './pin-verifiers';

/** Time zone of the shops in tests. */
export const ZONE = 'Europe/Moscow';

export const OWNER_PIN = '135790';
export const OWNER_PHONE = '+79031112233';

/** Calls that need no operator's PIN, and calls too large to be signed. */
const UNSIGNED = /^\/(challenges|journal$|reserve-codes|customers\/[^/]+\/(phone|allowance)$)/;

/** Changes that need an owner's consent once there is a real messaging service. */
const PROTECTED =
  /^(PUT \/(policy|provider)|POST \/(customers\/(trusted|imports|forgettings)|phones\/accepted|tills\/enrolments|tills\/[^/]+\/former-journal)|DELETE \/(awaited-tills|(tills|provider|customers)\/.+))$/;

export type Reply = {
  readonly status: number;
  /** The JSON of the reply; null: it has none. */
  readonly json: { readonly kind?: string; readonly [field: string]: unknown };
  readonly headers: Headers;
};

/** Whether every exchange must match docs/openapi.json: true in the relay's own suites, false in benchmarks and stories. */
async function expectDocumented(exchange: Exchange): Promise<void> {
  if (process.env.VITEST === undefined) return;
  const { mismatchIn } = await import('./documented');
  const mismatch = await mismatchIn(exchange);
  if (mismatch !== null) throw new Error(`not as docs/openapi.json says: ${mismatch}`);
}

export class TillClient {
  readonly id: string;
  readonly #url: () => string;
  readonly #keys: CryptoKeyPair;
  readonly publicKey: PublicKey;
  readonly #now: () => number;
  shopId = '';
  relayKey: PublicKey | null = null;
  bearer: string | null = null;
  /**
   * Makes a token, as an owner does at the relay's own machine, that consents to a protected change and elevates. Null: nobody
   * does.
   */
  tokens: (() => Promise<string>) | null = null;
  /** Reads the newest code sent to an owner, to answer at once. Null: nobody answers. */
  codes: (() => string) | null = null;
  readonly ownerId: string;
  /** The head of its journal, which it signs; null: it has no journal. */
  head: (() => ChainHead) | null = null;
  /** The last entry that the till ever offered, and the relay's last watermark; null: none yet. */
  offered = 0;
  watermark: string | null = null;
  /** The same for former ids of its device. */
  former: NonNullable<SessionRequest['former']> = [];
  /** The relay's last checkpoint; null: it downloads nothing. */
  checkpoint: string | null = null;

  private constructor(
    url: () => string,
    keys: CryptoKeyPair,
    publicKey: PublicKey,
    now: () => number,
  ) {
    this.#url = url;
    this.#keys = keys;
    this.publicKey = publicKey;
    this.#now = now;
    this.id = uuidv7();
    this.ownerId = uuidv7();
  }

  /** A till that is not enrolled. */
  static async make(url: string, now: () => number = Date.now): Promise<TillClient> {
    const keys = await makeTillKey();
    return new TillClient(() => url, keys, await exportPublic(keys.publicKey), now);
  }

  /**
   * A till that is enrolled over loopback, or by a token if the relay has a public address, and signed in, with the first policy
   * (owner's PIN 135790). `elevate` elevates it.
   */
  static async ready(
    url: string,
    now: () => number = Date.now,
    change: (policy: Policy) => Policy = (policy) => policy,
    token?: string,
  ): Promise<TillClient> {
    const till = await TillClient.make(url, now);
    await till.enrol(token);
    await till.signIn();
    await till.putFirstPolicy(change);
    return till;
  }

  /** One call under /api/v1, with the contract header and the bearer token, if any. */
  async call(
    method: string,
    path: string,
    json?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply> {
    const asksToken = PROTECTED.test(`${method} ${path}`) && this.tokens !== null;
    const token = asksToken ? await this.tokens?.() : undefined;
    const consent = token === undefined ? {} : { [CONSENT_HEADER]: `token:${token}` };
    const reply = await this.#send(method, path, json, { ...consent, ...headers });
    const state = reply.json.state as { kind: string } | undefined;
    if (reply.json.kind !== 'consent-needed' || state?.kind !== 'code-sent' || this.codes === null)
      return reply;
    const code = `code:${this.codes()}${token === undefined ? '' : ` token:${token}`}`;
    return this.#send(method, path, json, { ...headers, [CONSENT_HEADER]: code });
  }

  /** The header of the till's signature over one request. */
  async signature(method: string, path: string, text = ''): Promise<string> {
    return signRequest(
      {
        purpose: 'request',
        origin: this.#url(),
        shop: this.shopId,
        till: this.id,
        at: this.#now(),
        nonce: randomBytes(16).toString('hex'),
        method: method as 'GET',
        path,
        body: await sha256Hex(text),
      },
      this.#keys.privateKey,
    );
  }

  async #send(
    method: string,
    path: string,
    json: unknown,
    headers: Readonly<Record<string, string>>,
  ): Promise<Reply> {
    const isSigned = this.bearer !== null && this.shopId !== '' && !UNSIGNED.test(path);
    const sent = json === undefined ? '' : JSON.stringify(json);
    const {
      status,
      headers: answered,
      text,
    } = await sendRequest(`${this.#url()}/api/v1${path}`, {
      method,
      headers: {
        [CONTRACT_HEADER]: String(CONTRACT_VERSION),
        ...(this.bearer !== null && { Authorization: `Bearer ${this.bearer}` }),
        ...(isSigned && { [SIGNATURE_HEADER]: await this.signature(method, path, sent) }),
        ...(json !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(json !== undefined && { body: sent }),
    });
    await expectDocumented({
      method,
      path,
      request: json,
      status,
      text,
      type: answered.get('content-type'),
    });
    const body = (text === '' ? {} : JSON.parse(text)) as Reply['json'];
    if (typeof body.watermark === 'string') this.watermark = body.watermark;
    return { status, json: body, headers: answered };
  }

  /** `POST /tills`; stores shop and relay key. */
  async enrol(
    token?: string,
    headers: Readonly<Record<string, string>> = {},
    as: { readonly name?: string; readonly former?: string; readonly above?: number } = {},
  ): Promise<Reply> {
    const request = {
      tillId: this.id,
      name: 'Касса 1',
      ...as,
      publicKey: this.publicKey,
      ...(token !== undefined && { enrolment: token }),
    };
    const reply = await this.call('POST', '/tills', request, headers);
    if (reply.json.kind === 'enrolled') {
      this.shopId = (reply.json.shop as { id: string }).id;
      this.relayKey = reply.json.relayKey as PublicKey;
    }
    return reply;
  }

  /** A signed session request; parts can be replaced to make an invalid one. */
  async sessionRequest(
    parts: Partial<Pick<SessionClaim, 'at' | 'nonce' | 'origin' | 'shop' | 'head'>> = {},
  ): Promise<SessionRequest> {
    const at = parts.at ?? this.#now();
    const nonce = parts.nonce ?? randomBytes(16).toString('hex');
    const origin = parts.origin ?? this.#url();
    const shop = parts.shop ?? this.shopId;
    const { seq, hash } = parts.head ?? this.head?.() ?? GENESIS;
    const head = { seq, hash };
    const signature = await signSession(
      { purpose: 'session', origin, shop, till: this.id, at, nonce, head },
      this.#keys.privateKey,
    );
    const { watermark, offered, former, checkpoint } = this;
    const shown = {
      ...(watermark !== null && { acknowledged: { watermark, offered } }),
      ...(former.length > 0 && { former }),
      ...(checkpoint !== null && { checkpoint }),
    };
    return { tillId: this.id, at, nonce, head, signature, ...shown };
  }

  /** The till's signature over its journal's head; `at`: by default now. */
  async signHead<At extends number | null = number>(
    { seq, hash }: ChainHead,
    at: At | number = this.#now(),
  ): Promise<{ at: At | number; signature: string }> {
    const { shopId: shop, id: till } = this;
    const claim = { purpose: 'journal-head', shop, till, seq, hash, at } as const;
    return { at, signature: await signHead(claim, this.#keys.privateKey) };
  }

  /** `POST /sessions`, without using the session. */
  async openSession(parts: Parameters<TillClient['sessionRequest']>[0] = {}): Promise<Reply> {
    return this.call('POST', '/sessions', await this.sessionRequest(parts));
  }

  /** Opens a session and stores its bearer token. */
  async signIn(parts: Parameters<TillClient['sessionRequest']>[0] = {}): Promise<Reply> {
    const reply = await this.openSession(parts);
    if (reply.json.kind === 'session') this.bearer = reply.json.token as string;
    return reply;
  }

  /** The policy of first run with one owner, PIN 135790. */
  firstPolicy(): Policy {
    return defaultPolicy({
      shopId: this.shopId,
      shopName: 'Весна',
      currency: { code: 'RUB', digits: 2 },
      phoneCountry: 'RU',
      timeZone: ZONE,
      owner: { id: this.ownerId, name: 'Анна', pin: verifierOf(OWNER_PIN), phone: null },
      at: this.#now(),
      messageLanguage: 'ru',
    });
  }

  async putFirstPolicy(change: (policy: Policy) => Policy = (policy) => policy): Promise<Reply> {
    return this.putPolicy(null, change(this.firstPolicy()));
  }

  /** `baseMark`: by which newer tills identify their base. */
  putPolicy(base: number | null, policy: Policy, baseMark?: string): Promise<Reply> {
    return this.call('PUT', '/policy', { base, baseMark, policy });
  }

  /** The newest policy, verified with the pinned key. */
  async policy(): Promise<Policy> {
    const reply = await this.call('GET', '/policy');
    if (this.relayKey === null || typeof reply.json.policy !== 'string')
      throw new Error(`no policy: ${JSON.stringify(reply.json)}`);
    const policy = await verifyPolicy(reply.json.policy, this.relayKey);
    if (policy === null) throw new Error('the policy does not verify');
    return policy;
  }

  /** Its own first owner, or the shop's owner if another till set the first policy. */
  async owner(): Promise<string> {
    const { json } = await this.call('GET', '/policy');
    if (this.relayKey === null || typeof json.policy !== 'string') return this.ownerId;
    const policy = await verifyPolicy(json.policy, this.relayKey);
    const operators = policy?.operators ?? [];
    const own = operators.some(({ id }) => id === this.ownerId);
    return own ? this.ownerId : (operators[0]?.id ?? this.ownerId);
  }

  /** `POST /sessions/elevation`, by default the owner with the right PIN, for reading. */
  async elevate(parts: Partial<ElevationRequest> = {}): Promise<Reply> {
    const token = await this.tokens?.();
    return this.call('POST', '/sessions/elevation', {
      operatorId: this.ownerId,
      pin: OWNER_PIN,
      level: 'phone',
      ...(token !== undefined && { token }),
      ...parts,
    });
  }
}

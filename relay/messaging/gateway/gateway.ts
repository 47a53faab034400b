// The gateway to the messaging service in use: every message and question to it passes here.
import { randomBytes } from 'node:crypto';
import type { Refusal } from '$lib/contract/challenge';
import { numberKind } from '$lib/domain/values/phone-parser';
import { openDemoMailbox } from '../demo/demo-mailbox';
import { callbackUrlOf } from './callbacks';
import { dispatch, redact } from './dispatch';
import { openProbe, type Probe } from './probe';
import { demo, DEMO, DEMO_ORIGIN, isDemoPhone } from '../../providers/demo';
import { NotOffered } from '../../providers/exchange';
import {
  failed,
  type Balance,
  type Config as ProviderConfig,
  type ErrorKind,
  type Exchange,
  type HttpResponse,
  type Provider,
  type Result,
  type SendReceipt,
  type SendRequest,
} from '../../providers/provider';
import { providerOf } from '../../providers/registry';
import { stopOf } from '../limits/fraud-guard';
import { openPauses } from './service-pauses';
import type { Relay } from '../../context';
import { noteAnswer, noteLeaving } from './sendings';
import type { BalanceFound, Chosen, MessageGateway, Purpose, Refused, Sent } from './gateway-types';
import type { Database } from '../../store/database';
import { savedProvider } from '../../store/provider';

type Parts = Pick<Relay, 'config' | 'db' | 'now' | 'cipher' | 'shopId' | 'log'>;

/** Codes to operators, and notices. */
const OTHER: Purpose = { kind: 'notice', former: null };

/** A service in place of the one in use; its replies do not change the known state of the one in use. */
function draftOf(purpose: Purpose): Chosen | null {
  if (purpose.kind === 'code') return null;
  return purpose.kind === 'test' ? purpose.draft : purpose.former;
}

/** Opens the gateway; nothing runs by itself before `start`. */
export async function openMessageGateway(parts: Parts): Promise<MessageGateway> {
  const { db, now } = parts;
  const demoMailbox = openDemoMailbox(now);
  let chosen = await readChosen(parts);

  const pauses = openPauses(now);

  async function ask<T extends object>(
    what: string,
    by: Chosen,
    exchange: Exchange<T>,
    message: SendRequest | null = null,
  ): Promise<Result<T>> {
    const paused = pauses.refusal(by, message);
    if (paused !== null) return paused;
    const { provider } = by;
    const inside = exchange.request.url.startsWith(DEMO_ORIGIN);
    const started = performance.now();
    const outcome = inside
      ? ({ ok: true, response: demoMailbox.answer(exchange.request) } as const)
      : await dispatch(exchange.request);
    const result = outcome.ok ? parsed(exchange, outcome.response) : outcome;
    pauses.noteResult(by, message, result);
    parts.log({
      event: 'provider-asked',
      provider: provider.id,
      what,
      outcome: result.ok ? 'ok' : result.kind,
      providerCode: (!result.ok && result.providerCode) || null,
      ms: Math.round(performance.now() - started),
    });
    return result;
  }

  async function send(message: SendRequest, purpose: Purpose = OTHER): Promise<Sent> {
    const draft = draftOf(purpose);
    const by = draft ?? chosen;
    const recorded = purpose.kind === 'code' ? purpose.recorded : null;
    const id = recorded ?? (await note(db, message, purpose));
    const sent = await sendBy(by, message);
    if (!db.open) return sent;
    await noteAnswer(db, id, message, sent);
    if (draft === null) await probe.noteSent(sent);
    return sent;
  }

  async function note(db: Database, message: SendRequest, purpose: Purpose): Promise<number> {
    const draft = draftOf(purpose);
    const currency = draft === null ? (probe.state().balance?.currency ?? null) : null;
    const provider = (draft ?? chosen).provider.id;
    return noteLeaving({ ...parts, db }, message, { provider, currency, purpose });
  }

  async function sendBy(by: Chosen, message: SendRequest): Promise<Sent> {
    // demo numbers do not exist: a real message would be wasted
    if (by.provider.id !== DEMO && isDemoPhone(message.phone))
      return { kind: 'refused', because: 'bad-phone' };
    // never, whatever the shop's prefixes are; this includes notices and codes to operators
    if (numberKind(message.phone) === 'costly')
      return { kind: 'refused', because: 'costly-number' };
    const callbackUrl = callbackUrlOf(parts, by.provider);
    const config = callbackUrl === null ? by.config : { ...by.config, callbackUrl };
    const exchange = described(() => asked(by.provider, message, config));
    if (exchange === null) return { kind: 'refused', because: 'channel-not-available' };
    const result = await ask('send', by, exchange, message);
    return result.ok ? { kind: 'sent', receipt: result } : refusedAs(result, exchange.secrets);
  }

  async function balance(draft?: Chosen): Promise<BalanceFound> {
    const by = draft ?? chosen;
    const exchange = balanceAsked(by);
    if (exchange === null) return { kind: 'no-balance' };
    const result = await ask('balance', by, exchange);
    if (!result.ok) return refusedAs(result, exchange.secrets);
    const { amount, currency } = result;
    return { kind: 'balance', amount, ...(currency === undefined ? {} : { currency }) };
  }

  const probe: Probe = await openProbe({
    db,
    now,
    isDemo: () => chosen.provider.id === DEMO,
    lowBalance: () => chosen.lowBalance,
    balance: () => balance(),
    log: parts.log,
  });

  const gateway: MessageGateway = {
    current: () => chosen,
    isDemo: () => chosen.provider.id === DEMO,
    capability: (channel) =>
      chosen.provider.capabilities(chosen.config).find((one) => one.channel === channel) ?? null,
    state: async (till) => {
      const stop = await stopOf(parts, till);
      if (stop === null) return probe.state();
      return { ...probe.state(), state: 'refusing', because: 'pumping', until: stop.until };
    },
    record: (db, message, challenge) =>
      note(db, message, { kind: 'code', challenge, recorded: null }),
    send,
    balance: async (draft) => {
      const found = await balance(draft);
      if (draft === undefined) await probe.noteBalance(found);
      return found;
    },
    delivery: async (ref) => {
      const by = chosen;
      const exchange = described(() => by.provider.deliveryStatus?.(ref, by.config));
      if (!exchange) return null;
      const result = await ask('delivery', by, exchange);
      return result.ok ? result : null;
    },
    pausedUntil: () => pauses.until(chosen),
    reload: async (known) => {
      pauses.clear();
      chosen = await readChosen(parts);
      await probe.reset(known);
    },
    demoMailbox,
    demoKey: randomBytes(16).toString('base64url'),
    start: probe.start,
    close: probe.close,
  };
  return gateway;
}

async function readChosen({ db, cipher }: Parts): Promise<Chosen> {
  const saved = await savedProvider(db);
  const provider = saved && providerOf(saved.id);
  if (!saved || !provider) return { provider: demo, config: {}, texts: null, lowBalance: null };
  const config = JSON.parse(cipher.decrypt(saved.settings)) as ProviderConfig;
  const { texts, lowBalance } = saved;
  return { provider, config, texts, lowBalance };
}

/** The question for the balance; null: the service, or its description, has none. */
function balanceAsked({ provider, config }: Chosen): Exchange<Balance> | null {
  try {
    return provider.balance?.(config) ?? null;
  } catch (error) {
    if (error instanceof NotOffered) return null;
    throw error;
  }
}

/** Null where the adapter cannot describe this with these settings. */
function described<T>(describe: () => T): T | null {
  try {
    return describe();
  } catch {
    return null;
  }
}

/** Sends; a dry run at a service without a test mode only asks for the price. */
function asked(provider: Provider, message: SendRequest, config: ProviderConfig) {
  const can = provider.capabilities(config).find(({ channel }) => channel === message.channel);
  const price = message.test && !can?.testMode ? provider.estimate?.(message, config) : undefined;
  if (price === undefined) return provider.send(message, config);
  const parse = (response: HttpResponse): Result<SendReceipt> => {
    const found = price.parse(response);
    return found.ok ? { ...found, providerMessageId: '' } : found;
  };
  return { ...price, parse };
}

/** A reply that makes the adapter throw counts as a bad reply. */
function parsed<T>(exchange: Exchange<T>, response: HttpResponse): Result<T> {
  try {
    return exchange.parse(response);
  } catch {
    return failed('bad_reply');
  }
}

function refusedAs(
  error: { kind: ErrorKind; providerCode?: string; providerText?: string },
  secrets: readonly string[],
): Refused {
  const { kind, providerCode, providerText } = error;
  return {
    kind: 'refused',
    because: kind.replaceAll('_', '-') as Refusal,
    ...(providerCode === undefined ? {} : { providerCode: providerCode.slice(0, 40) }),
    ...(providerText === undefined
      ? {}
      : { providerText: redact(providerText, secrets).slice(0, 500) }),
  };
}

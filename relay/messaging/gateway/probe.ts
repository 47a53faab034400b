// The known state of the messaging service, from its last message and its balance.
import type { Refusal } from '$lib/contract/challenge';
import type { ProviderState } from '$lib/contract/health';
import { isLess } from '$lib/domain/values/decimal';
import type { BalanceFound, Sent } from './gateway-types';
import type { Relay } from '../../context';
import { errorName } from '../../error-name';
import type { Database } from '../../store/database';
import { keepProviderState, savedProvider, type KnownState } from '../../store/provider';

const EVERY_MS = 3 * 60_000;
/** Interval while the service does not answer: short, because somebody may be waiting for a code. */
const WHILE_SILENT_MS = 10_000;
/** Refused messages make the relay ask at most this often, because tills decide how many messages there are. */
const ASKED_BY_MESSAGES_MS = 60_000;
/** How long a refusal counts that the balance cannot disprove, ms. */
const BELIEVED_MS = 3 * 60_000;

/** Refusals of the shop as a whole; all others concern one number or one text and do not predict the next message. */
const OF_THE_SHOP: ReadonlySet<Refusal> = new Set<Refusal>([
  'auth',
  'account-not-ready',
  'account-blocked',
  'no-money',
  'rate-limit-account',
  'sender-not-approved',
  'temporary',
  'bad-reply',
]);
/** Refusals that a good balance ends. */
const DISPROVED_BY_BALANCE: ReadonlySet<Refusal> = new Set<Refusal>([
  'auth',
  'account-not-ready',
  'account-blocked',
  'temporary',
  'bad-reply',
]);
const SILENT: ReadonlySet<Refusal> = new Set<Refusal>(['not-sent', 'timeout-unknown']);

const UNKNOWN: KnownState = { state: 'ready', checkedAt: null, since: null, emptyAt: null };

export type Probe = {
  readonly state: () => ProviderState;
  readonly noteSent: (sent: Sent) => Promise<void>;
  readonly noteBalance: (found: BalanceFound) => Promise<void>;
  /** Discards the state under other settings; `known` is the reply under the new ones. */
  readonly reset: (known: BalanceFound | null) => Promise<void>;
  /** Asks now and every few minutes. */
  readonly start: () => void;
  readonly close: () => void;
};

type Parts = {
  readonly db: Database;
  readonly now: () => number;
  readonly isDemo: () => boolean;
  readonly lowBalance: () => string | null;
  readonly balance: () => Promise<BalanceFound>;
  readonly log: Relay['log'];
};

/** Opens the probe on the last known state. */
export async function openProbe({
  db,
  now,
  isDemo,
  lowBalance,
  balance,
  log,
}: Parts): Promise<Probe> {
  let known = (await savedProvider(db))?.state ?? UNKNOWN;
  let closed = false;
  let asking = false;
  let askedAt = -Infinity;

  async function keep(next: KnownState): Promise<void> {
    if (closed) return;
    known = next;
    await keepProviderState(db, next);
  }

  async function noteBalance(found: BalanceFound): Promise<void> {
    await keep(afterBalance(known, found, now()));
  }

  async function ask(): Promise<void> {
    if (closed || asking) return;
    if (isDemo()) return schedule();
    asking = true;
    askedAt = now();
    try {
      await noteBalance(await balance());
    } catch (error) {
      // the next probe tries again; nothing awaits this one, so an error would end the process
      if (!closed) log({ event: 'probe-failed', error: errorName(error) });
    } finally {
      asking = false;
      schedule();
    }
  }

  let timer: NodeJS.Timeout | undefined;
  /** The interval that is running, ms. */
  let waits = 0;

  function schedule(): void {
    if (closed) return;
    clearTimeout(timer);
    waits = nextProbeMs(known);
    timer = setTimeout(() => void ask(), waits).unref();
  }

  return {
    state: () => {
      if (isDemo()) return { state: 'ready', checkedAt: now(), low: false, demo: true };
      const { state, because, balance: held, checkedAt } = known;
      return {
        state,
        ...(because === undefined ? {} : { because }),
        ...(held === undefined ? {} : { balance: held }),
        checkedAt,
        low: held !== undefined && isLess(held.amount, lowBalance() ?? held.amount),
        demo: false,
      };
    },
    noteSent: async (sent) => {
      if (isDemo()) return;
      const before = known;
      await keep(afterMessage(known, sent, now()));
      if (known === before || known.state === 'ready') return;
      if (now() - askedAt >= ASKED_BY_MESSAGES_MS) void ask();
      else if (nextProbeMs(known) < waits) schedule();
    },
    noteBalance,
    reset: (found) => keep(found === null ? UNKNOWN : afterBalance(UNKNOWN, found, now())),
    start: () => {
      schedule();
      void ask();
    },
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}

/** How long until the service is asked again, ms. */
const nextProbeMs = ({ state }: KnownState): number =>
  state === 'unreachable' ? WHILE_SILENT_MS : EVERY_MS;

/** What a message's result says about the service; the same object where it says nothing. */
function afterMessage(known: KnownState, sent: Sent, now: number): KnownState {
  const held = known.balance;
  if (sent.kind === 'sent') {
    const after = sent.receipt.balanceAfter;
    const currency = held?.currency;
    const balance =
      after === undefined
        ? held
        : { amount: after, ...(currency === undefined ? {} : { currency }) };
    return ready(balance, now);
  }
  const { because } = sent;
  if (SILENT.has(because)) return { ...ready(held, now), state: 'unreachable' };
  if (!OF_THE_SHOP.has(because)) return known;
  return refusing(known, because, now);
}

/** What the balance, or its refusal, says about the service. */
function afterBalance(known: KnownState, found: BalanceFound, now: number): KnownState {
  if (found.kind === 'no-balance') return known;
  if (found.kind === 'refused') {
    if (SILENT.has(found.because)) return { ...ready(known.balance, now), state: 'unreachable' };
    return refusing(known, found.because, now);
  }
  const { amount, currency } = found;
  const balance = { amount, ...(currency === undefined ? {} : { currency }) };
  if (known.state !== 'refusing' || known.because === undefined) return ready(balance, now);
  const over =
    known.because === 'no-money'
      ? hasMoneyAgain(known, amount, now)
      : DISPROVED_BY_BALANCE.has(known.because) || now - (known.since ?? 0) >= BELIEVED_MS;
  return over
    ? ready(balance, now)
    : { ...known, balance, checkedAt: now, emptyAt: known.emptyAt ?? amount };
}

/** A service reports a balance even if it is too low to send. So only a larger balance than before, or time, ends `no_money`. */
function hasMoneyAgain(known: KnownState, amount: string, now: number): boolean {
  if (!isLess('0', amount)) return false;
  if (known.emptyAt !== null && isLess(known.emptyAt, amount)) return true;
  return now - (known.since ?? 0) >= BELIEVED_MS;
}

const ready = (balance: KnownState['balance'], now: number): KnownState => ({
  state: 'ready',
  ...(balance === undefined ? {} : { balance }),
  checkedAt: now,
  since: null,
  emptyAt: null,
});

function refusing(known: KnownState, because: Refusal, now: number): KnownState {
  const same = known.state === 'refusing' && known.because === because;
  return {
    ...ready(known.balance, now),
    state: 'refusing',
    because,
    since: same ? known.since : now,
    emptyAt: because === 'no-money' ? (known.balance?.amount ?? null) : null,
  };
}

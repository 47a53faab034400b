// Rules of the status chip, computed from exchanges with the relay.
// Nothing else decides it, not even `navigator.onLine`.
import type { ProviderState } from '$lib/contract/health';
import type { ConnectivityFact } from '$lib/contract/acts/account';
import type { GateRefusal } from '$lib/contract/till';

export type ConnectivityState = ConnectivityFact['state'] | 'not-asked-yet';

/** A finished exchange with the relay. */
export type ExchangeFact = {
  /** `lost`: no reply. */
  readonly kind: 'answered' | 'lost';
  /** When it began and ended, ms of a monotonic clock. */
  readonly began: number;
  readonly ended: number;
  /** When it ended, ms since the epoch. */
  readonly at: number;
};

/**
 * The known state of all connections. `…At` and `…Since` are ms since the epoch, `…Ticks` are of the monotonic clock.
 */
export type Connections = {
  /** Last reply of the relay, possibly before this start; null: never. */
  readonly relayAt: number | null;
  /** The relay's last exchange with the messaging service, as the relay reported it. */
  readonly providerAt: number | null;
  /** Null before the first reply since this start. */
  readonly answeredTicks: number | null;
  /** Requests lost in a row, each begun after the previous one was lost. */
  readonly losses: number;
  readonly lostTicks: number | null;
  readonly lostSince: number | null;
  readonly provider: ProviderState | null;
  /** Whether codes go through the demo service, as last reported, possibly before this start; null: never reported. */
  readonly demo: boolean | null;
  readonly providerDownSince: number | null;
  /** The relay replies, but refuses this till. */
  readonly shutOut: GateRefusal['kind'] | null;
};

export const NOTHING_KNOWN: Connections = {
  relayAt: null,
  providerAt: null,
  answeredTicks: null,
  losses: 0,
  lostTicks: null,
  lostSince: null,
  provider: null,
  demo: null,
  providerDownSince: null,
  shutOut: null,
};

/** One lost request is not an outage; a second one that began after it is. */
const LOSSES_UNTIL_OFFLINE = 2;

/** The state after an exchange. Simultaneous losses count once; a loss begun before the last reply does not count. */
export function afterExchange(known: Connections, fact: ExchangeFact): Connections {
  if (fact.kind === 'answered') {
    return {
      ...known,
      relayAt: fact.at,
      answeredTicks: fact.ended,
      losses: 0,
      lostTicks: null,
      lostSince: null,
    };
  }
  const latest = Math.max(known.answeredTicks ?? -Infinity, known.lostTicks ?? -Infinity);
  if (fact.began < latest) return known;
  return {
    ...known,
    losses: known.losses + 1,
    lostTicks: fact.ended,
    lostSince: known.lostSince ?? fact.at,
  };
}

/** The state after a health reply. `provider` is null if the relay does not know this till. */
export function afterHealth(
  known: Connections,
  provider: ProviderState | null,
  at: number,
): Connections {
  if (provider === null) return isOut(known) ? known : { ...known, shutOut: null };
  const down = provider.state !== 'ready';
  return {
    ...known,
    shutOut: null,
    provider,
    demo: provider.demo,
    providerAt: provider.checkedAt ?? known.providerAt,
    providerDownSince: down ? (known.providerDownSince ?? at) : null,
  };
}

/** The state after the relay refused this till. A revoked till stays revoked, whatever other refusals follow. */
export const afterShutOut = (known: Connections, kind: GateRefusal['kind']): Connections =>
  isOut(known) ? known : { ...known, shutOut: kind };

/** The device is a new till, which the relay has not refused. */
export const afterEnrolment = (known: Connections): Connections => ({ ...known, shutOut: null });

const isOut = ({ shutOut }: Connections): boolean => shutOut === 'revoked';

export function connectivityOf(known: Connections): ConnectivityState {
  // nothing is known at the start, so one loss is enough
  const neverAnswered = known.answeredTicks === null;
  if (known.losses >= LOSSES_UNTIL_OFFLINE || (known.losses > 0 && neverAnswered)) return 'offline';
  if (known.shutOut !== null) return 'provider-unavailable';
  if (neverAnswered || known.provider === null) return 'not-asked-yet';
  return known.provider.state === 'ready' ? 'codes-can-be-sent' : 'provider-unavailable';
}

/** Since when no code can be sent: last reply, or first report by the relay. Null while codes can be sent. */
export function outageSince(known: Connections): number | null {
  switch (connectivityOf(known)) {
    case 'offline':
      return known.relayAt ?? known.lostSince;
    case 'provider-unavailable':
      return known.providerDownSince;
    default:
      return null;
  }
}

const WHILE_WELL_MS = 15_000;
/** The messaging service may recover at any moment, and a cashier is waiting for it. */
const WHILE_PROVIDER_DOWN_MS = 5_000;
/** Short at first, then longer: the chip recovers within seconds, without overloading a dead relay. */
const AFTER_LOSSES_MS = [1_000, 2_000, 4_000, 8_000] as const;

/** How long to wait before the next health request, ms. */
export function nextAskMs(known: Connections): number {
  if (known.losses === 0) {
    return connectivityOf(known) === 'provider-unavailable'
      ? WHILE_PROVIDER_DOWN_MS
      : WHILE_WELL_MS;
  }
  return AFTER_LOSSES_MS[Math.min(known.losses, AFTER_LOSSES_MS.length) - 1] ?? WHILE_WELL_MS;
}

// The rules of the status chip: what real exchanges tell of relay and messaging service. Nothing else decides it, `navigator.onLine` least of all.
import type { ProviderState } from '$lib/contract/health';
import type { ConnectivityFact } from '$lib/contract/journal';
import type { GateRefusal } from '$lib/contract/till';

export type ConnectivityState = ConnectivityFact['state'] | 'not-asked-yet';

/** One exchange with the relay that has ended. */
export type ExchangeFact = {
  /** `lost`: nobody answered. */
  readonly kind: 'answered' | 'lost';
  /** When it began and ended, ms of a clock nobody can set. */
  readonly began: number;
  readonly ended: number;
  /** When it ended, ms since the epoch. */
  readonly at: number;
};

/** All that is known. Moments named `…At` and `…Since` are ms since the epoch, `…Ticks` are of the clock nobody can set. */
export type Connections = {
  /** Last answer of the relay, also one before this start; null: never. */
  readonly relayAt: number | null;
  /** The relay's last exchange with the messaging service, as it told. */
  readonly providerAt: number | null;
  /** Null before the first answer since this start. */
  readonly answeredTicks: number | null;
  /** Requests lost in a row, of which each began after the one before was lost. */
  readonly losses: number;
  readonly lostTicks: number | null;
  readonly lostSince: number | null;
  readonly provider: ProviderState | null;
  readonly providerDownSince: number | null;
  /** The relay answers, but not to this till. */
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
  providerDownSince: null,
  shutOut: null,
};

/** One lost request is not an outage; a second that began after it is. */
const LOSSES_UNTIL_OFFLINE = 2;

/** How an exchange ended. Several lost in the same moment are one loss, and one asked before the last answer tells nothing. */
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

/** What the relay told of the messaging service; null: nothing, since it does not know this till. */
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
    providerAt: provider.checkedAt ?? known.providerAt,
    providerDownSince: down ? (known.providerDownSince ?? at) : null,
  };
}

/** The relay answered that it does not let this till in. One taken out of the shop stays out, whatever else is said to it. */
export function afterShutOut(known: Connections, kind: GateRefusal['kind']): Connections {
  return isOut(known) ? known : { ...known, shutOut: kind };
}

/** The device is another till now, whose relay has said nothing against it. */
export function afterEnrolment(known: Connections): Connections {
  return { ...known, shutOut: null };
}

function isOut({ shutOut }: Connections): boolean {
  return shutOut === 'revoked';
}

export function connectivityOf(known: Connections): ConnectivityState {
  // at a start nothing is known yet, so the first loss says all there is
  const neverAnswered = known.answeredTicks === null;
  if (known.losses >= LOSSES_UNTIL_OFFLINE || (known.losses > 0 && neverAnswered)) return 'offline';
  if (known.shutOut !== null) return 'provider-unavailable';
  if (neverAnswered || known.provider === null) return 'not-asked-yet';
  return known.provider.state === 'ready' ? 'codes-can-be-sent' : 'provider-unavailable';
}

/** Since when no code can be sent: the last answer before the silence, or when the relay first told of it. Null while codes can be sent. */
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
/** The messaging service may be back at any moment, and somebody is waiting for it. */
const WHILE_PROVIDER_DOWN_MS = 5_000;
/** Soon, then slower: the chip recovers within seconds, and a dead relay is not hammered. */
const AFTER_LOSSES_MS = [1_000, 2_000, 4_000, 8_000] as const;

/** How long to wait before the relay is asked again, ms. */
export function nextAskMs(known: Connections): number {
  if (known.losses === 0) {
    return connectivityOf(known) === 'provider-unavailable'
      ? WHILE_PROVIDER_DOWN_MS
      : WHILE_WELL_MS;
  }
  return AFTER_LOSSES_MS[Math.min(known.losses, AFTER_LOSSES_MS.length) - 1] ?? WHILE_WELL_MS;
}

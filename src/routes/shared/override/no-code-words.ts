// Words for why there is no code, and until when.
import { saleAction, type Action } from '$lib/contract/values';
import type { NoCode, Stopped } from '$lib/domain/consent/code-request';
import { money, ZERO } from '$lib/domain/values/money';
import { till } from '$lib/state/till.svelte';
import { formatDuration, formatMoment, formatTime, inOnePiece } from '$lib/ui/format';
import { language, t } from '$lib/ui/text/current.svelte';
import { inMoney } from '../words/money-words';

/** Why there is no code, at a sale or elsewhere. */
export type WithoutCode = Pick<NoCode, 'kind' | 'because'> | Pick<Stopped, 'kind' | 'because'>;

export function noCodeTitle(asking: WithoutCode): string {
  if (asking.kind === 'stopped') return t().code.stoppedTitle;
  switch (asking.because.kind) {
    case 'did-not-arrive':
      return t().noCode.titleDidNotArrive;
    case 'phone-not-at-hand':
      return t().noCode.titlePhoneNotAtHand;
    case 'expired':
    case 'too-many-checks':
      return t().noCode.titleSpent;
    default:
      return t().noCode.titleCannotSend;
  }
}

export function noCodeWhy(asking: WithoutCode, action: Action): string {
  if (asking.kind === 'no-code') return unsentWhy(asking);
  const isSale = saleAction.safeParse(action).success;
  return (isSale ? null : stoppedElsewhere(asking)) ?? stoppedWhy(asking, action);
}

/** A sentence for acts that sell nothing, where no money can be taken instead; null: that of a sale fits. */
function stoppedElsewhere({ because }: Pick<Stopped, 'because'>): string | null {
  const words = t().code.stoppedElsewhere;
  const moment = (at: number) => formatMoment(at, till.now(), language.current);
  switch (because.kind) {
    case 'phone-too-new': {
      const allowed = money(because.allowed.minor);
      const { some, nothing } = words['phone-too-new'];
      return allowed === ZERO
        ? nothing(moment(because.until))
        : some(moment(because.until), inMoney(allowed));
    }
    case 'phone-unaccepted':
      return words['phone-unaccepted'];
    case 'customer-disputed':
      return words[because.kind](moment(because.since));
    case 'over-limit':
      return words[because.kind](inMoney(money(because.allowed.minor)));
    case 'points-short':
      return words[because.kind](t().common.points(because.allowed));
    case 'card-differs':
    case 'codes-stopped':
    case 'challenge-differs':
      return words[because.kind];
    default:
      return null;
  }
}

function stoppedWhy({ because }: Pick<Stopped, 'because'>, action: Action): string {
  switch (because.kind) {
    case 'phone-held':
      return t().code.stopped['phone-held'](
        inOnePiece(because.phoneMasked),
        because.until === undefined
          ? null
          : formatMoment(because.until, till.now(), language.current),
      );
    case 'phone-too-new': {
      const words = t().code.stopped['phone-too-new'];
      const until = formatMoment(because.until, till.now(), language.current);
      const allowed = money(because.allowed.minor);
      if (action === 'redeem-points') return words.points(until);
      if (allowed === ZERO) return words.nothing(until);
      return words.debt(until, inMoney(allowed));
    }
    case 'phone-unaccepted': {
      const words = t().code.stopped['phone-unaccepted'];
      const allowed = money(because.allowed.minor);
      return action === 'redeem-points' || allowed === ZERO
        ? words.nothing
        : words.debt(inMoney(allowed));
    }
    case 'customer-disputed':
      return t().code.stopped['customer-disputed'](
        formatMoment(because.since, till.now(), language.current),
      );
    case 'over-limit': {
      const words = t().code.stopped['over-limit'];
      const allowed = money(because.allowed.minor);
      return allowed === ZERO ? words.nothing : words.some(inMoney(allowed));
    }
    case 'points-short': {
      const words = t().code.stopped['points-short'];
      return because.allowed === 0 ? words.nothing : words.some(t().common.points(because.allowed));
    }
    case 'person-refused':
      return t().code.stopped['person-refused'][because.because];
    default:
      return t().code.stopped[because.kind];
  }
}

const MINUTE_MS = 60_000;

function unsentWhy({ because }: Pick<NoCode, 'because'>): string {
  switch (because.kind) {
    case 'unreachable': {
      const since = till.connectivity.outageSince;
      const lasted = since === null ? 0 : till.now() - since;
      // "for 0 seconds" would be meaningless
      if (lasted < MINUTE_MS) return t().noCode.because.unreachable;
      return t().noCode.because.unreachableFor(formatDuration(lasted, language.current));
    }
    case 'refused':
      return t().noCode.because.refused(t().errors.refusals[because.because]);
    case 'tills-awaited':
      return t().noCode.because['tills-awaited'](
        because.tills.join(', '),
        formatMoment(because.until, till.now(), language.current),
      );
    case 'limited':
      return t().noCode.because.limited[because.scope](
        formatTime(because.retryAt, language.current),
      );
    case 'channel-not-available': {
      const words = t().noCode.because['channel-not-available'];
      const allowed = money(because.allowed.minor);
      return allowed === ZERO ? words.nothing : words.some(inMoney(allowed));
    }
    default:
      return t().noCode.because[because.kind];
  }
}

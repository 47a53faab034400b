// The messages about an entry: to its customers, to the operator of its acts by right, to the owners.
import type { ActByRightKind, GoodsTold } from '$lib/contract/owner-notice';
import type { SaleAction } from '$lib/contract/values';
import type { NewsOfAct, WithoutCode } from '$lib/domain/messages/notice-message';
import { sumsByRight, type ByRight } from '$lib/domain/messages/right-message';
import { exact } from '$lib/domain/values/money';
import type { Relay } from '../context';
import {
  queueCorrection,
  queueNotices,
  queueOperatorNotice,
  queuePayout,
  queueRepayment,
  queueReturn,
  type UnconfirmedMovement,
} from '../customers/notices';
import type { ActRow } from '../store/journal-acts';
import { addSummaryItem, type SummaryItem } from '../store/summaries';
import { actsByRight, actsOnceTaken } from './acts-by-right';
import type { JudgedMovement } from './audit';
import type { Movement } from './consents';
import type { Original } from './entry-reading';
import { isOfThisEpoch } from './author-knew';

/** Queues the messages to an entry's customers. `isWrongGiving`: it is a return or payout that breaks the rules. */
export async function queueForCustomers(
  relay: Relay,
  original: Original,
  movements: readonly JudgedMovement[],
  isWrongGiving: boolean,
): Promise<void> {
  const { db } = relay;
  const { known } = original;
  // A customer gets one message about an entry, the first that is queued. If a wrong return or payout takes something from them,
  // that must be the notice about it.
  const tellGiving = async () => {
    if (known?.act === 'return') await queueReturn(relay, known, await isOfThisEpoch(db, known));
    if (known?.act === 'overpayment-returned')
      await queuePayout(relay, known, await isOfThisEpoch(db, known));
  };
  if (!isWrongGiving) await tellGiving();
  await queueNotices(relay, original, movements.flatMap(unconfirmedOf));
  if (isWrongGiving) await tellGiving();
  if (known?.act === 'repayment')
    await queueRepayment(relay, known, await isOfThisEpoch(db, known));
  if (known?.act === 'balance-corrected')
    await queueCorrection(relay, known, await isOfThisEpoch(db, known));
}

/** Queues a message to the operator of an entry's acts by right, and adds these acts and its overrides to the owners' summary. */
export async function tellByRight(
  relay: Relay,
  original: Original,
  known: Parameters<typeof actsByRight>[1],
): Promise<void> {
  const { provider } = relay;
  if (provider.isDemo() && isOfDemo(original)) return;
  await tell(relay, original, actsByRight(original, known));
}

/** The same for an entry that stayed beside the journal until now; its other messages were sent when it arrived. */
export async function tellOnceTaken(
  relay: Relay,
  original: Original,
  known: Parameters<typeof actsByRight>[1],
): Promise<void> {
  const byRight = actsOnceTaken(known);
  // the acts that do something only then need no consent, so there is no override to name
  if (byRight.length > 0) await tell(relay, original, byRight);
}

async function tell(relay: Relay, original: Original, byRight: readonly ByRight[]): Promise<void> {
  const { db, now } = relay;
  await queueOperatorNotice(relay, original, byRight);
  for (const item of summaryOf(original, byRight)) await addSummaryItem(db, item, now());
}

/** What the owners' summary says of an entry: its acts by right, and the overrides in it. */
function summaryOf(
  { operator, movements, act: of }: Original,
  byRight: readonly ByRight[],
): readonly SummaryItem[] {
  const item = (
    act: ActByRightKind,
    by: string | null,
    sums: readonly NewsOfAct[],
    goods: GoodsTold | null = null,
  ): SummaryItem => {
    const sum = (action: SaleAction): number =>
      sums.reduce((total, one) => total + (one.action === action ? one.moved : 0), 0);
    const [debt, points] = [sum('sell-on-account'), sum('redeem-points')];
    return { kind: 'act', act, operator: by, debt, points, goods };
  };
  const overrides = movements.filter(({ confirmation }) => confirmation?.kind === 'override');
  const bys = overrides.map(({ confirmation }) =>
    confirmation?.kind === 'override' ? confirmation.by : null,
  );
  return [
    ...byRight.map((act) =>
      item(act.kind, operator, sumsByRight(act), 'goods' in act ? act.goods : null),
    ),
    // one sale is one item for each operator who allowed a part of it
    ...[...new Set(bys)].map((by): SummaryItem => {
      const allowed = overrides.filter((_, i) => bys[i] === by);
      if (of !== 'return') return item('without-code', by, allowed);
      // what a return gives back is not a debt, so it has an item of its own
      const amount = allowed.reduce((sum, { moved }) => exact(sum + moved), 0);
      return { kind: 'drawer', what: 'returned-without-code', operator: by, amount };
    }),
  ];
}

/** Whether the entry adds the demo's own customers. */
const isOfDemo = ({ movements }: Original): boolean =>
  movements.some(({ confirmation: given }) => given?.kind === 'none' && given.because === 'demo');

/** The movement if its customer gets a notice about it; otherwise none. */
const unconfirmedOf = ({ movement, act, needsNotice }: JudgedMovement): UnconfirmedMovement[] =>
  needsNotice ? [{ ...movement, amount: act.amount, without: wayOf(movement, act) }] : [];

const wayOf = ({ grant }: Movement, { proof }: ActRow): WithoutCode =>
  proof === 'code' && grant !== null && grant.person !== null
    ? 'person-code'
    : (WITHOUT_CODE[proof] ?? 'no-code');

/** A code that needs a notice is an authorised person's or a weak one. */
const WITHOUT_CODE: Partial<Record<ActRow['proof'], WithoutCode>> = {
  code: 'weak-code',
  'reserve-code': 'reserve-code',
};

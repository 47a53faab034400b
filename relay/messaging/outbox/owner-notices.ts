// Produces the messages to owners about weakened policies, and lists them for tills.
import {
  ownerNoticesReply,
  type OwnerChange,
  type OwnerSummary,
  type Weakening,
} from '$lib/contract/owner-notice';
import type { Policy } from '$lib/contract/policy';
import { ownersOf } from '$lib/domain/policy/policy-weakening';
import { wordOwnerNotice } from '$lib/domain/messages/owner-message';
import { operatorOf } from '$lib/domain/policy/policy';
import { byPhone, reply, route, type Route } from '../../http/route';
import type { Relay } from '../../context';
import { newestToOwners } from '../../store/messages-by-purpose';
import { policiesSince } from '../../store/policies';
import type { Chosen } from '../gateway/gateway-types';
import { enqueue, onWire, toOperator } from './outbox';

const SHOWN = 20;
/**
 * How long a former owner still gets these messages, ms, so that nobody can remove an owner first and then weaken the policy
 * without that owner knowing.
 */
const FORMER_OWNERS_MS = 30 * 24 * 3_600_000;

/** A change that weakens the policy or the messaging settings. */
type PolicyWeakening = {
  /** Operator who made it. */
  readonly by: string | null;
  readonly weakenings: readonly Weakening[];
  /** The policy that words the message: the one in force if the messaging service was changed. */
  readonly before: Policy;
  /** The messaging service before the change, where that was changed; otherwise null. */
  readonly service: Chosen | null;
};

/** What the list shows of a change. */
type Details = Pick<OwnerChange, 'by' | 'weakenings'>;

/**
 * Queues the message about one change, inside the transaction that stores the change, after a new policy is stored.
 * Queues nothing if nothing was weakened. The caller wakes the outbox after the commit.
 */
export async function queueOwnerNotices(
  parts: Pick<Relay, 'db' | 'now' | 'cipher'>,
  { by, weakenings, before, service }: PolicyWeakening,
): Promise<void> {
  const { db, now } = parts;
  if (weakenings.length === 0) return;
  // worded with the policy before the change, which may have changed the shop's name
  const name = by === null ? null : (operatorOf(before, by)?.name ?? null);
  const text = wordOwnerNotice(weakenings, before, name);
  const owners = (await policiesSince(db, now() - FORMER_OWNERS_MS)).flatMap(ownersOf);
  const details = JSON.stringify({ by, weakenings: [...weakenings] } satisfies Details);
  await enqueue(
    parts,
    {
      purpose: 'policy-weakened',
      about: null,
      customer: null,
      till: null,
      seq: 0,
      at: now(),
      room: 'owners',
      text,
      news: null,
      details,
      service,
    },
    owners.flatMap(({ id, phone }) =>
      phone === null ? [] : [toOperator(parts, id, phone, { text, news: null })],
    ),
  );
}

/** The same for one change that is not of the policy or the service; before the first run there are no owners to write to. */
export async function tellOwners(
  parts: Pick<Relay, 'db' | 'now' | 'cipher' | 'policy'>,
  by: string | null,
  weakening: Weakening,
): Promise<void> {
  const before = parts.policy()?.policy;
  if (before !== undefined)
    await queueOwnerNotices(parts, { by, weakenings: [weakening], before, service: null });
}

/** The messages that owners got: the same at every till, as the policy is. */
export const ownerNoticeRoutes = ({ db, cipher }: Relay): Route[] => [
  route('GET /owner-notices', {
    id: 'listOwnerNotices',
    summary: 'Changes that weaken the rules, and the notices to owners',
    access: byPhone('settings', 'manage-staff'),
    replies: [reply(200, ownerNoticesReply)],
  }).handle(async () => {
    const listed = async <D>(purpose: 'policy-weakened' | 'daily-summary') =>
      (await newestToOwners(db, purpose, SHOWN)).map(({ at, details, recipients }) => ({
        at,
        ...(JSON.parse(details) as D),
        recipients: recipients.map((one) => ({ operator: one.operator, ...onWire(cipher, one) })),
      }));
    return {
      kind: 'owner-notices',
      changes: await listed<Details>('policy-weakened'),
      summaries: await listed<Omit<OwnerSummary, 'recipients'>>('daily-summary'),
    };
  }),
];

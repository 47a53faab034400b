// Notices to owners about weakened policies: queued with the change, sent once per number.
import { Hono } from 'hono';
import type { Loosening, OwnerNoticesReply, OwnerNoticeState } from '$lib/contract/owner-notice';
import type { Policy } from '$lib/contract/policy';
import type { Channel } from '$lib/contract/values';
import { ownersOf } from '$lib/domain/policy-weakening';
import { wordOwnerNotice } from '$lib/domain/owner-message';
import { maskPhone, type Phone } from '$lib/domain/phone';
import { operatorOf } from '$lib/domain/policy';
import { needSession } from '../http/auth';
import type { Env } from '../http/request';
import { phoneTag } from '../store/phones';
import type { Chosen, Sent } from './gateway-types';
import { providerOf } from '../providers/registry';
import { MAYBE_SENT } from './refusals';
import type { Outbox, Relay } from '../context';
import {
  addChange,
  dueNotices,
  keptServices,
  moveNotice,
  newestChanges,
  settleInterruptedNotices,
  sweepChanges,
  type DueNotice,
  type NoticeRow,
} from '../store/owner-notices';
import { policiesSince } from '../store/policies';
import { FINAL, freeChannelOf, pauseAfter } from './retry-policy';

const ROUND_MS = 5_000;
/** How long a notice is tried. */
const GIVE_UP_MS = 3 * 24 * 3_600_000;
/** Tries by the former service after a change of service: the new one may be under the control of whoever changed it. */
const TRIES_BY_THE_OLD = 3;
const SHOWN = 20;
/** Former owners who also get the notice: nobody can remove another owner first and weaken the policy then. */
const TOLD_AFTER_MS = 30 * 24 * 3_600_000;

/** A change that weakens the policy or the messaging settings. */
export type PolicyWeakening = {
  /** Operator who made it. */
  readonly by: string | null;
  readonly weakenings: readonly Loosening[];
  /** The policy that words the notice: the one in force if the messaging service was changed. */
  readonly before: Policy;
  /** The messaging service before the change, where that was changed; otherwise null. */
  readonly service: Chosen | null;
};

type Parts = Pick<Relay, 'db' | 'now' | 'seal' | 'log' | 'provider'>;

/** Opens the queue; nothing is sent before `start`, `wake` or `round`. */
export function openOwnerNotices(parts: Parts): Outbox {
  const { db, now, log } = parts;
  let running: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;

  async function sendDue(): Promise<void> {
    sweepChanges(db, now());
    for (const notice of dueNotices(db, now())) {
      const tries = notice.tries + 1;
      const leaving = { state: 'leaving', because: null, tries, nextAt: now() } as const;
      if (!moveNotice(db, notice.id, 'waiting', leaving)) continue;
      const carrier = carrierOf(parts, notice);
      const sent = await sendNotice(parts, notice, carrier);
      if (!db.open) return;
      const next = settled({ ...notice, tries }, sent, carrier, now());
      moveNotice(db, notice.id, 'leaving', next);
      log({ event: 'owner-told', operator: notice.operator, tries, outcome: next.state });
    }
  }

  const round = (): Promise<void> =>
    (running ??= sendDue()
      .catch((error: unknown) => {
        // the next round tries again
        log({
          event: 'owner-notices-failed',
          error: error instanceof Error ? error.name : 'unknown',
        });
      })
      .finally(() => (running = null)));

  return {
    wake: () => void setImmediate(() => void (db.open && round())),
    round,
    start: () => {
      settleInterruptedNotices(db);
      timer ??= setInterval(() => void round(), ROUND_MS).unref();
      void round();
    },
    close: () => clearInterval(timer),
  };
}

/**
 * Queues the notices about one change; to be called in the transaction of the change, once a new policy is in the store.
 * Nothing where nothing was weakened.
 */
export function queueOwnerNotices(
  parts: Pick<Relay, 'db' | 'now' | 'seal' | 'ownerNotices'>,
  { by, weakenings, before, service }: PolicyWeakening,
): void {
  const { db, now, seal } = parts;
  if (weakenings.length === 0) return;
  const owners = policiesSince(db, now() - TOLD_AFTER_MS).flatMap(ownersOf);
  const to = owners.flatMap(({ id, phone }) =>
    phone === null
      ? []
      : [{ operator: id, phone: seal.seal(phone), phoneTag: phoneTag(parts, phone) }],
  );
  // with the names before the change: it may have changed the shop's name, too
  const name = by === null ? null : (operatorOf(before, by)?.name ?? null);
  const text = wordOwnerNotice(weakenings, before, name);
  const change = { at: now(), byOperator: by, loosenings: weakenings, text };
  addChange(db, { ...change, service: service && sealService(parts, service) }, to);
  parts.ownerNotices.wake();
}

function settled(
  { tries, at }: DueNotice,
  sent: Sent,
  by: Carrier | null,
  now: number,
): Pick<NoticeRow, 'state' | 'because' | 'tries' | 'nextAt'> {
  if (sent.kind === 'sent') return { state: 'sent', because: null, tries, nextAt: 0 };
  const { because } = sent;
  if (MAYBE_SENT.has(because)) return { state: 'maybe-sent', because, tries, nextAt: 0 };
  const nextAt = now + pauseAfter(tries, because);
  const isLate = nextAt - at > GIVE_UP_MS;
  // a final refusal by the former service ends only the tries by that service
  if (FINAL.has(because) && by?.former && tries <= TRIES_BY_THE_OLD && !isLate)
    return { state: 'waiting', because, tries: TRIES_BY_THE_OLD, nextAt };
  return { state: FINAL.has(because) || isLate ? 'failed' : 'waiting', because, tries, nextAt };
}

/** A service for free text, and its channel. `former`: null where it is the service in use. */
type Carrier = { readonly channel: Channel; readonly former: Chosen | null };

/** The service before the change, then the one in use, then any other that is still stored and carries free text. */
function carrierOf({ db, provider, seal }: Parts, notice: DueNotice): Carrier | null {
  const inUse = provider.current();
  const before = notice.tries < TRIES_BY_THE_OLD ? [openService(seal, notice.service)] : [];
  const kept = keptServices(db).map((service) => openService(seal, service));
  for (const by of [...before, inUse, ...kept]) {
    if (by === null) continue;
    const channel = freeChannelOf(by);
    if (channel !== null) return { channel, former: by === inUse ? null : by };
  }
  return null;
}

/** Without limits and prefixes: whoever weakened the policy could have excluded the owner's number first. */
async function sendNotice(
  { provider, seal }: Parts,
  notice: DueNotice,
  by: Carrier | null,
): Promise<Sent> {
  if (by === null) return { kind: 'refused', because: 'channel-not-available' };
  const message = { channel: by.channel, phone: seal.open(notice.phone), text: notice.text };
  return provider.send(message, { kind: 'notice', former: by.former });
}

function sealService({ seal }: Pick<Relay, 'seal'>, { provider, config, texts }: Chosen): Buffer {
  return seal.seal(JSON.stringify({ id: provider.id, config, texts }));
}

function openService(seal: Relay['seal'], sealed: Buffer | null): Chosen | null {
  if (sealed === null) return null;
  const kept = JSON.parse(seal.open(sealed)) as Pick<Chosen, 'config' | 'texts'> & { id: string };
  const provider = providerOf(kept.id);
  return provider && { provider, config: kept.config, texts: kept.texts, lowBalance: null };
}

/** `GET /owner-notices`: the same at every till, as the policy is. */
export function ownerNoticeRoutes({ db, seal }: Relay): Hono<Env> {
  return new Hono<Env>().get('/owner-notices', needSession, (c) => {
    const changes = newestChanges(db, SHOWN).map(({ at, byOperator, loosenings, notices }) => ({
      at,
      by: byOperator,
      loosenings: [...loosenings],
      told: notices.map(({ operator, phone, state, because }) => ({
        operator,
        phoneMasked: phone.length === 0 ? null : maskPhone(seal.open(phone) as Phone),
        state: (state === 'leaving' ? 'waiting' : state) satisfies OwnerNoticeState,
        because,
      })),
    }));
    return c.json({ kind: 'owner-notices', changes } satisfies OwnerNoticesReply, 200);
  });
}

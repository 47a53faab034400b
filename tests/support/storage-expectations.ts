// Expected results of a storage act: refused with nothing changed on the disk, or saved.
import { expect } from 'vitest';
import type { Entry } from '$lib/contract/journal';
import type { SaleBody } from '$lib/contract/acts/sale';
import type { GivenConfirmation } from '$lib/domain/consent/confirmation';
import type { Receipt } from '$lib/domain/receipt/receipt';
import { isEnrolled, tillIn } from '$lib/storage/database/meta';
import { ProofJudge } from '$lib/storage/journal/proof-judge';
import { everything, type Shop } from './storage-shop';

type But = { operator?: string; at?: number };

export type Expectations = {
  /** Refused for this reason, and the disk is unchanged. */
  readonly expectRefused: (
    because: object,
    receipt: Receipt,
    confirmations?: GivenConfirmation[],
    but?: But,
  ) => Promise<void>;
  readonly expectSaved: (
    receipt: Receipt,
    confirmations?: GivenConfirmation[],
    but?: But,
  ) => Promise<SaleBody>;
  /** How the confirmations of the newest entry, or of its copy changed by `altered`, are shown. */
  readonly shownAs: (altered?: (entry: Entry) => Entry) => Promise<string[]>;
};

/** `shop`: called each time, because each test has its own shop. */
export function expectationsOf(shop: () => Shop): Expectations {
  return {
    async expectRefused(because, receipt, confirmations = [], but = {}) {
      const before = await everything(shop().db);
      const outcome = await shop().sell(receipt, confirmations, but);
      expect(outcome).toEqual({ kind: 'refused', because });
      expect(await everything(shop().db)).toEqual(before);
    },
    async expectSaved(receipt, confirmations = [], but = {}) {
      const outcome = await shop().sell(receipt, confirmations, but);
      if (outcome.kind === 'refused') expect.fail(JSON.stringify(outcome.because));
      return outcome.entry.body as SaleBody;
    },
    async shownAs(altered = (entry) => entry) {
      const { db } = shop();
      const [till, entry] = await Promise.all([tillIn(db), db.journal.orderBy(':id').last()]);
      if (!isEnrolled(till) || entry === undefined) expect.fail('no till');
      return (await new ProofJudge(till).judge(altered(entry))).map(({ proof }) => proof.kind);
    },
  };
}

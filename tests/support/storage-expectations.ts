// What a test expects of the storage act: refused with nothing changed on the disk, or saved.
import { expect } from 'vitest';
import type { SaleBody } from '$lib/contract/journal';
import type { GivenConfirmation } from '$lib/domain/confirmation';
import type { Receipt } from '$lib/domain/receipt';
import { everything, type Shop } from './storage-shop';

type But = { operator?: string; at?: number };

export type Expectations = {
  /** Refused for this reason, and nothing on the disk has changed. */
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
};

/** `shop`: asked anew each time, as each test has its own. */
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
  };
}

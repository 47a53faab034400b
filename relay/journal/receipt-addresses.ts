// Addresses for electronic receipts in uploads, stored where a sale names them.
import { receiptAddress, type ReceiptAddress } from '$lib/contract/acts/sale';
import { placed, type JournalUpload } from '$lib/contract/journal-upload';
import { sealAddress } from '$lib/proof/record';
import type { Relay } from '../context';
import { entryAt } from '../store/journal';
import { addReceiptAddress } from '../store/receipt-addresses';
import { originalIn } from './stored-entries';

/** Addresses, each by the hash that a sale names it by. */
export type AddressesByHash = ReadonlyMap<string, ReceiptAddress>;

/** The addresses of an upload that fit the schema. */
export async function readAddresses({
  addresses = [],
}: Pick<JournalUpload, 'addresses'>): Promise<AddressesByHash> {
  const read = addresses.flatMap((each) => receiptAddress.safeParse(each).data ?? []);
  return new Map(
    await Promise.all(read.map(async (each) => [await sealAddress(each), each] as const)),
  );
}

/**
 * Stores an uploaded address if a sale of the same upload names its hash, and ignores all others. Runs in the transaction that
 * stores the upload.
 */
export async function keepAddresses(
  relay: Pick<Relay, 'db' | 'cipher' | 'now'>,
  till: string,
  { entries }: Pick<JournalUpload, 'entries'>,
  addresses: AddressesByHash,
): Promise<void> {
  if (addresses.size === 0) return;
  for (const entry of entries) {
    const at = placed.safeParse(entry).data;
    if (at === undefined) continue;
    const known = originalIn(await entryAt(relay.db, till, at.seq));
    if (known?.act !== 'sale') continue;
    const { receiptAddressHash: hash, customer } = known.body;
    const address = hash === null ? undefined : addresses.get(hash);
    if (hash !== null && address !== undefined)
      await addReceiptAddress(relay, hash, { customer, address, at: relay.now() });
  }
}

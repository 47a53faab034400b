// Marked pieces on the disk: one that was sold at any till is not sold again.
// After it is returned it can be sold again.
import { codeHash } from '$lib/domain/values/receipt-number';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EntryOf } from '$lib/contract/journal';
import { GS, pieceOf } from '$lib/domain/goods/marking-code';
import type { Receipt } from '$lib/domain/receipt/receipt';
import { saleOfPiece } from '$lib/storage/sales/marked-pieces';
import { saveReturn } from '$lib/storage/sales/returns';
import { AT, cash, discard, HOUR, id, openShop, receiptOf, SENIOR } from '../support/storage-shop';
import type { Shop } from '../support/storage-shop';

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => discard(shop.db));

const codeOf = (serial: string) => `010460000000103621${serial.padEnd(13, 'a')}${GS}93dGVz`;

/** A receipt with one marked piece per line. */
function marked(receipt: string, ...serials: string[]): Receipt {
  const { lines, ...rest } = receiptOf(receipt, { tenders: [cash(10_000 * serials.length)] });
  const [line] = lines;
  if (line === undefined) throw new Error('no line');
  const pieces = serials.map((serial) => ({ ...line, id: serial, mark: codeOf(serial) }));
  return { ...rest, lines: pieces };
}

const sold = async (receipt: Receipt): Promise<EntryOf<'sale'>> => {
  const outcome = await shop.sell(receipt);
  if (outcome.kind === 'refused') expect.fail(outcome.because.kind);
  return outcome.entry as EntryOf<'sale'>;
};

const giveBack = (sale: EntryOf<'sale'>, line: number, at: string) =>
  saveReturn(shop.db, {
    ...({
      return: at,
      sale,
      inCash: false,
      shown: 'paper',
      scanned: codeHash(sale.hash),
      reason: 'faulty',
    } as const),
    ...({ note: null, approvedBy: null, operator: SENIOR, at: AT + HOUR } as const),
    goods: [{ line, quantity: 1000, to: 'stock' }],
  });

test('a piece that is sold is refused until it has come back', async () => {
  const first = await sold(marked(id(1000), 'A', 'B'));
  expect(first.body.lines.map(({ mark }) => mark)).toEqual([codeOf('A'), codeOf('B')]);
  expect(await saleOfPiece(shop.db, codeOf('A'))).toMatchObject({ id: id(1000) });
  expect(await saleOfPiece(shop.db, codeOf('C'))).toBeNull();
  const again = marked(id(1001), 'C', 'B');
  expect(await shop.sell(again)).toEqual({ kind: 'refused', because: { kind: 'mark-sold' } });
  expect(await giveBack(first, 0, id(900))).toMatchObject({
    entry: { body: { lines: [{ line: 0, mark: codeOf('A') }] } },
  });
  expect(await shop.sell(again)).toEqual({ kind: 'refused', because: { kind: 'mark-sold' } });
  expect(await giveBack(first, 1, id(901))).toMatchObject({ kind: 'saved' });
  expect(await saleOfPiece(shop.db, codeOf('B'))).toBeNull();
  await sold(again);
  expect(await saleOfPiece(shop.db, codeOf('B'))).toMatchObject({ id: id(1001) });
});

test('the same sale again is the same sale', async () => {
  const receipt = marked(id(1000), 'A');
  const first = await sold(receipt);
  expect((await sold(receipt)).hash).toBe(first.hash);
});

test('a piece that another till sold is refused as well', async () => {
  await sold(marked(id(1000), 'A'));
  const [row] = await shop.db.sales.toArray();
  if (row === undefined) expect.fail('no row');
  // as if it had been downloaded from there
  await shop.db.remoteSales.put(row);
  await shop.db.sales.clear();
  expect(row.pieces).toEqual([pieceOf(codeOf('A'))]);
  expect(await shop.sell(marked(id(1001), 'A'))).toEqual({
    kind: 'refused',
    because: { kind: 'mark-sold' },
  });
});

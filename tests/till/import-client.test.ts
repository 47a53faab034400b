// A price list in the real import worker: previewed, read and cancelled, while the page responds.
import { expect, test } from 'vitest';
import { productAt } from '$lib/domain/goods/catalogue';
import { openPriceList, type PriceListImport } from '$lib/search/import-client';
import type { Preview, PreviewChoice, Progress } from '$lib/search/price-list-file';

const CHOICE: PreviewChoice = {
  currency: { code: 'RUB', digits: 2 },
  encoding: null,
  separator: null,
  header: null,
};

async function previewOf(list: PriceListImport): Promise<Preview> {
  const preview = await list.preview(CHOICE);
  if (preview.kind !== 'preview') throw new Error(preview.kind);
  return preview;
}

/** A list of `count` products, some hundred bytes each. */
function longList(count: number): Blob {
  const tail = 'с длинным описанием, которое никто не прочтёт';
  const rows = Array.from({ length: count }, (_, n) => `Товар ${n} ${tail};${n % 1000},50;шт\n`);
  return new Blob(['Наименование;Цена;Ед.\n', ...rows]);
}

test('a list is previewed, read and merged, with new ids of its own', async () => {
  const list = openPriceList(new Blob(['Название;Цена\nЧай;10\nСоль;дорого\nСахар;20\n']));
  const preview = await previewOf(list);
  const reading = await list.read(preview, preview.mapping, null, () => {});
  if (reading.kind !== 'read') throw new Error(reading.kind);
  expect(reading).toMatchObject({ added: 2, rows: 3, refusedRows: 1, errors: { total: 1 } });
  expect(productAt(reading.changes.added, 1)).toMatchObject({ name: 'Сахар', price: 2000 });
  expect(productAt(reading.changes.added, 0).id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7/);
  list.cancel();
});

test('the page responds while a long list is read, and gets its progress', async () => {
  const list = openPriceList(longList(40_000));
  const preview = await previewOf(list);
  const steps: Progress[] = [];
  let turns = 0;
  let reading = true;
  const channel = new MessageChannel();
  // counts the turns of the page's event loop while the worker reads
  channel.port1.onmessage = () => {
    turns++;
    if (reading) channel.port2.postMessage(null);
  };
  channel.port2.postMessage(null);
  const result = await list.read(preview, preview.mapping, null, (step) => steps.push(step));
  reading = false;
  channel.port1.close();
  expect(result).toMatchObject({ kind: 'read', added: 40_000 });
  expect(turns).toBeGreaterThan(100);
  expect(steps.length).toBeGreaterThan(3);
  expect(steps.at(-1)).toMatchObject({ step: 'merging', rows: 40_000 });
  list.cancel();
});

test('cancelling in the middle ends the work without a result', async () => {
  const list = openPriceList(longList(40_000));
  const preview = await previewOf(list);
  const result = await list.read(preview, preview.mapping, null, () => list.cancel());
  expect(result).toEqual({ kind: 'cancelled' });
  expect(await list.preview(CHOICE)).toEqual({ kind: 'cancelled' });
});

test('a newer preview of the file replaces the older one', async () => {
  const list = openPriceList(new Blob(['Название;Цена\nЧай;10\n']));
  const older = list.preview(CHOICE);
  const newer = list.preview({ ...CHOICE, header: 'none' });
  expect(await older).toEqual({ kind: 'cancelled' });
  expect(await newer).toMatchObject({ kind: 'preview', header: null });
  list.cancel();
});

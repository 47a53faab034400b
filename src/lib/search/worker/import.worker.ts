// The import worker: previews and reads one price list.
// Cancelled by terminating it.
import type { ImportOrder, ImportReport } from '$lib/search/messages';
import { makeIds } from '$lib/search/many-ids';
import { previewFile, readFile } from '$lib/search/price-list-file';

declare const self: DedicatedWorkerGlobalScope;

const report = (message: ImportReport) => self.postMessage(message);

async function follow(order: ImportOrder): Promise<ImportReport> {
  const { number } = order;
  if (order.kind === 'preview') {
    return { kind: 'looked', number, preview: await previewFile(order.file, order.choice) };
  }
  const { file, preview, mapping, current } = order;
  const reading = await readFile(file, preview, mapping, current, makeIds(Date.now()), (progress) =>
    report({ kind: 'progress', number, progress }),
  );
  return { kind: 'read', number, reading };
}

self.onmessage = ({ data: order }: MessageEvent<ImportOrder>) => {
  follow(order).then(report, (error: unknown) =>
    report({ kind: 'failed', number: order.number, because: String(error) }),
  );
};

// The page's client of the import worker: previews, reads and cancels one price list.
// Stores nothing.
import type { Mapping } from '$lib/domain/goods/price-list';
import type { ImportOrder, ImportReport } from './messages';
import type {
  CurrentGoods,
  Preview,
  PreviewChoice,
  PreviewRefusal,
  Progress,
  Reading,
} from './price-list-file';

/** The file could not be read completely: it was moved, memory ran out, or the worker stopped. */
export type ImportFailed = { readonly kind: 'failed'; readonly because: string };
export type ImportCancelled = { readonly kind: 'cancelled' };

export type PriceListImport = {
  /** Called again when the user changes encoding, separator or header. */
  preview(
    choice: PreviewChoice,
  ): Promise<Preview | PreviewRefusal | ImportFailed | ImportCancelled>;
  /** Reads the whole file and merges it into `current`. The caller stores the result. */
  read(
    preview: Preview,
    mapping: Mapping,
    current: CurrentGoods | null,
    onprogress: (progress: Progress) => void,
  ): Promise<Reading | ImportFailed | ImportCancelled>;
  /** Stops the work at once; an unanswered call ends as `cancelled`. */
  cancel(): void;
};

type Outcome = ImportReport | ImportFailed | ImportCancelled;

const failed = (because: string): ImportFailed => ({ kind: 'failed', because });

/** Starts a separate worker for one file, so that search stays responsive. End it with `cancel`. */
export function openPriceList(file: Blob): PriceListImport {
  const worker = new Worker(new URL('./worker/import.worker.ts', import.meta.url), {
    type: 'module',
  });
  let number = 0;
  let settle: ((outcome: Outcome) => void) | null = null;
  let onprogress: (progress: Progress) => void = () => {};
  let closed = false;

  function answer(outcome: Outcome): void {
    const waiting = settle;
    settle = null;
    waiting?.(outcome);
  }

  worker.onmessage = ({ data: report }: MessageEvent<ImportReport>) => {
    if (report.number !== number) return;
    if (report.kind === 'progress') onprogress(report.progress);
    else answer(report);
  };
  worker.onerror = (event) => answer({ kind: 'failed', because: event.message });

  function order(make: (number: number) => ImportOrder): Promise<Outcome> {
    // one call at a time: a newer one replaces the older
    answer({ kind: 'cancelled' });
    return new Promise((resolve) => {
      if (closed) return resolve({ kind: 'cancelled' });
      settle = resolve;
      worker.postMessage(make(++number));
    });
  }

  return {
    async preview(choice) {
      const report = await order((of) => ({ kind: 'preview', number: of, file, choice }));
      if (report.kind === 'looked') return report.preview;
      return report.kind === 'failed' ? failed(report.because) : { kind: 'cancelled' };
    },
    async read(preview, mapping, current, progressed) {
      onprogress = progressed;
      const report = await order((of) => ({
        kind: 'read',
        number: of,
        file,
        preview,
        mapping,
        current,
      }));
      if (report.kind === 'read') return report.reading;
      return report.kind === 'failed' ? failed(report.because) : { kind: 'cancelled' };
    },
    cancel() {
      closed = true;
      worker.terminate();
      answer({ kind: 'cancelled' });
    },
  };
}

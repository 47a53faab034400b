// The page's client of the search worker: queries as promises.
// Holds no catalogue, stores nothing.
import type { Product } from '$lib/domain/goods/product';
import type { SearchReply, SearchCalls, SearchRequest } from './messages';

/**
 * The calls of the worker; promises reject only if the worker fails or is closed: a bug, or a page that is being closed. While a
 * search runs, only the newest of the later queries is kept; the others resolve with its goods, so that no caller shows an older
 * answer.
 */
export type SearchClient = {
  readonly [N in keyof SearchCalls]: (
    ...parts: Parameters<SearchCalls[N]>
  ) => Promise<ReturnType<SearchCalls[N]>>;
} & {
  /** Number of goods in the catalogue loaded last. */
  readonly count: number;
  close(): void;
};

type Waiting = {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
};

type NextSearch = { readonly query: string; readonly limit: number; readonly waiting: Waiting[] };

/** Starts the worker; it has no goods until `load`. */
export function openSearch(): SearchClient {
  // the bundler recognises only this exact expression
  const worker = new Worker(new URL('./worker/search.worker.ts', import.meta.url), {
    type: 'module',
  });
  const waiting = new Map<number, Waiting>();
  let number = 0;
  let count = 0;
  let running = false;
  let next: NextSearch | null = null;
  let broken: Error | null = null;

  function breakOff(error: Error): void {
    broken = error;
    for (const each of [...waiting.values(), ...(next?.waiting ?? [])]) each.reject(error);
    waiting.clear();
    next = null;
  }

  worker.onmessage = ({ data: answer }: MessageEvent<SearchReply>) => {
    const asked = waiting.get(answer.number);
    waiting.delete(answer.number);
    if (answer.kind === 'answered') asked?.resolve(answer.value);
    else asked?.reject(new Error(answer.because));
  };
  worker.onerror = (event) => breakOff(new Error(`the search worker stopped: ${event.message}`));

  function ask<N extends keyof SearchCalls>(
    name: N,
    ...parts: Parameters<SearchCalls[N]>
  ): Promise<ReturnType<SearchCalls[N]>> {
    return new Promise((resolve, reject) => {
      if (broken !== null) return reject(broken);
      number++;
      waiting.set(number, { resolve: resolve as (value: unknown) => void, reject });
      const question: SearchRequest<N> = { number, name, parts };
      worker.postMessage(question);
    });
  }

  async function run(query: string, limit: number): Promise<Product[]> {
    running = true;
    try {
      return await ask('search', query, limit);
    } finally {
      running = false;
      runNext();
    }
  }

  function runNext(): void {
    if (next === null) return;
    const { query, limit, waiting: all } = next;
    next = null;
    run(query, limit).then(
      (goods) => all.forEach((each) => each.resolve(goods)),
      (error: Error) => all.forEach((each) => each.reject(error)),
    );
  }

  return {
    async load(goods) {
      count = await ask('load', goods);
      return count;
    },
    prepare: () => ask('prepare'),
    packed: () => ask('packed'),
    search(query, limit) {
      if (!running) return run(query, limit);
      return new Promise((resolve, reject) => {
        const all = next?.waiting ?? [];
        all.push({ resolve: resolve as (value: unknown) => void, reject });
        next = { query, limit, waiting: all };
      });
    },
    byBarcode: (code) => ask('byBarcode', code),
    byArticle: (article) => ask('byArticle', article),
    all: (offset, limit) => ask('all', offset, limit),
    category: (name, offset, limit) => ask('category', name, offset, limit),
    categories: () => ask('categories'),
    get: (ids) => ask('get', ids),
    get count() {
      return count;
    },
    close() {
      worker.terminate();
      breakOff(new Error('the search was closed'));
    },
  };
}

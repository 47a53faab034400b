// The search worker: answers queries about the catalogue in the order they arrive.
import type { SearchReply, SearchCalls, SearchRequest } from '$lib/search/messages';
import { LoadedCatalogue } from '$lib/search/loaded-catalogue';

declare const self: DedicatedWorkerGlobalScope;

const catalogue: SearchCalls = new LoadedCatalogue();

function answer({ number, name, parts }: SearchRequest): SearchReply {
  try {
    const call = catalogue[name] as (...parts: readonly unknown[]) => unknown;
    return { kind: 'answered', number, value: call.apply(catalogue, parts) };
  } catch (error) {
    return { kind: 'failed', number, because: String(error) };
  }
}

self.onmessage = ({ data: question }: MessageEvent<SearchRequest>) => {
  self.postMessage(answer(question));
};

// The messages between the page and the worker that owns the journal files.

/** Orders to the worker, each with its answer. One file is open at a time. */
export type FileCalls = {
  /** Opens a till's file, made where there was none; an unfinished last line is cut off. Its size in bytes. */
  open: (folder: string, till: string) => number;
  /** Adds the bytes at the end and flushes: when this is answered they are on the disk, or nothing of them is. */
  append: (bytes: Uint8Array<ArrayBuffer>) => void;
  read: (from: number, to: number) => Uint8Array<ArrayBuffer>;
  /** Cuts the open file to so many bytes. Needs no room. */
  cut: (size: number) => void;
  /** Copies the open file under another name, where nobody will write to it. */
  setAside: (name: string) => void;
  /** The tills that have a file here, latest written first. */
  tills: (folder: string) => string[];
  saveCatalogue: (folder: string, hash: string, bytes: Uint8Array<ArrayBuffer>) => void;
  catalogue: (folder: string, hash: string) => Uint8Array<ArrayBuffer> | null;
  /** Removes copies of the goods but this one. */
  dropCatalogues: (folder: string, but: string) => void;
};

export type FileOrder<N extends keyof FileCalls = keyof FileCalls> = {
  readonly number: number;
  readonly name: N;
  readonly parts: Parameters<FileCalls[N]>;
};

export type FileAnswer =
  | { readonly kind: 'done'; readonly number: number; readonly value: unknown }
  /** `name`: of the browser's exception. */
  | { readonly kind: 'failed'; readonly number: number; readonly name: string };

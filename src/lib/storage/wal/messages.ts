// The messages between the page and the worker that owns the journal files.

/** `size`: bytes; `isCut`: the file ended in the middle of a line. */
export type OpenedFile = { readonly size: number; readonly isCut: boolean };

/** Calls to the worker; each is answered. One file is open at a time. */
export type FileCalls = {
  /** Opens a till's file and creates it if needed. An unfinished last line stays in it until the next write. */
  open: (folder: string, till: string) => OpenedFile;
  /** Appends the bytes and flushes. When answered, they are on the disk; if it fails, none of them are. */
  append: (bytes: Uint8Array<ArrayBuffer>) => void;
  read: (from: number, to: number) => Uint8Array<ArrayBuffer>;
  /** Truncates the open file to this size, bytes. Needs no free space. */
  cut: (size: number) => void;
  /** Begins an empty file beside the open one, which does not change. */
  beginDraft: () => void;
  /** Adds the bytes to the draft and flushes. */
  addToDraft: (bytes: Uint8Array<ArrayBuffer>) => void;
  /** Replaces the open file by the draft and opens it. */
  putDraft: () => OpenedFile;
  /** Removes the draft. */
  dropDraft: () => void;
  /** Copies the open file, with an unfinished last line, to another name, which is never written again. */
  setAside: (name: string) => void;
  /** The tills that have a file here, last written first. */
  tills: (folder: string) => string[];
  /** Removes the files of other tills and set-aside copies. */
  dropOthers: (folder: string, till: string) => void;
};

export type FileOrder<N extends keyof FileCalls = keyof FileCalls> = {
  readonly number: number;
  readonly name: N;
  readonly parts: Parameters<FileCalls[N]>;
};

export type FileAnswer =
  | { readonly kind: 'done'; readonly number: number; readonly value: unknown }
  /** `name`: name of the browser's exception. */
  | { readonly kind: 'failed'; readonly number: number; readonly name: string };

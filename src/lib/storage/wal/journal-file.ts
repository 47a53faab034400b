// Appends flushed lines to the journal file through the worker that owns it.
import type { Entry } from '$lib/contract/journal';
import type { Change } from '$lib/storage/schema/change';
import { StorageError, storageErrorKind, storageErrorOf } from '$lib/storage/storage-error';
import {
  attachedInFile,
  lineBytes,
  readLines,
  withoutAbandoned,
  type ActLine,
  type Line,
  type ReadLine,
  type SettledLine,
} from './line';
import type { FileAnswer, FileCalls, FileOrder } from './messages';

/** An act whose line is flushed but whose transaction failed: it can be retried or given up. */
export type Pending = {
  readonly entry: Entry;
  readonly projected: readonly Change[];
  readonly attached: readonly Change[];
};

export type FileState =
  /** Every act is written to the file first. */
  | 'in-use'
  /** This browser has no such files, or none here: there is only the database. */
  | 'missing'
  /** It failed while the till was in use: the till uses only the database until the next start. */
  | 'away';

/** Names of exceptions that mean that the browser does not support such files, here or at all. */
const NO_FILES = ['TypeError', 'SecurityError', 'NotSupportedError', 'InvalidStateError'];

const FULL = ['QuotaExceededError', 'NS_ERROR_DOM_INDEXEDDB_QUOTA_ERR'];

/** Start and end in the file, in bytes. */
type Span = { readonly from: number; readonly to: number };

type Waiting = {
  readonly resolve: (value: unknown) => void;
  readonly reject: (cause: Error) => void;
};

/** Timeout of a write. After it the act is reported as not saved, so that no cashier waits for ever. */
const PATIENCE_MS = 20_000;

/** Size of the first read from the end, bytes; doubled until the searched line is included. */
const TAIL = 1 << 16;
const PIECE = 1 << 20;

export class JournalFile {
  readonly #folder: string;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #onchange: (state: FileState) => void;
  readonly #patienceMs: number;
  /** Settled when a file that is being rebuilt is complete; false: it was not written. */
  rebuilt: Promise<boolean> = Promise.resolve(false);
  #asked = 0;
  #gone: Error | null = null;
  #state: FileState = 'in-use';
  #till: string | null = null;
  #size = 0;
  #isCut = false;
  #pending: Pending | null = null;
  /** Its line in the file. */
  #pendingLine: Span = { from: 0, to: 0 };
  #agreed: string | null = null;
  /** Where the pending act is marked as undecided. */
  #mark: Span | null = null;
  #undecided: Entry | null = null;
  #mayHoldUnsaved = false;

  /** Starts the worker. `folder`: the database's name. `onchange`: the state of the file has changed. */
  constructor(
    folder: string,
    onchange: (state: FileState) => void = () => {},
    patienceMs = PATIENCE_MS,
  ) {
    this.#folder = folder;
    this.#onchange = onchange;
    this.#patienceMs = patienceMs;
    // the bundler recognises only this exact expression
    this.#worker = new Worker(new URL('./worker/journal-file.worker.ts', import.meta.url), {
      type: 'module',
    });
    this.#worker.onmessage = ({ data: answer }: MessageEvent<FileAnswer>) => {
      const asked = this.#waiting.get(answer.number);
      this.#waiting.delete(answer.number);
      if (answer.kind === 'done') asked?.resolve(answer.value);
      else asked?.reject(new DOMException('the journal file', answer.name));
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#breakOff();
    };
  }

  get state(): FileState {
    return this.#state;
  }
  /** Hash of the last act in both copies; null if unknown, or another till's file is open. */
  get agreed(): string | null {
    return this.#agreed;
  }
  get pending(): Pending | null {
    return this.#pending;
  }
  /** The act of which nobody knows whether it is stored; null: none. */
  get undecided(): Entry | null {
    return this.#undecided;
  }
  /** The file may end with an act that is not in the database, and can no longer be written. */
  get mayHoldUnsaved(): boolean {
    return this.#mayHoldUnsaved;
  }
  /** The till whose file is open; null before the first. */
  get till(): string | null {
    return this.#till;
  }
  /** Bytes. */
  get size(): number {
    return this.#size;
  }

  /** It ended within a line when it was opened: the till stopped while it wrote that line, or the file has lost its end. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Opens a till's file and creates it if needed. False if this browser has no such files. */
  async open(till: string): Promise<boolean> {
    if (this.#state !== 'in-use') return false;
    try {
      const { size, isCut } = await this.#ask('open', this.#folder, till);
      this.#isCut = isCut || (this.#till === till && this.#isCut);
      this.#size = size;
      this.#till = till;
      this.#agreed = null;
      return true;
    } catch (cause) {
      this.#stopUsing(cause);
      return false;
    }
  }

  /** Tills that have a file here, last written first. Empty if there are no such files. */
  async tills(): Promise<string[]> {
    if (this.#state !== 'in-use') return [];
    try {
      return await this.#ask('tills', this.#folder);
    } catch (cause) {
      this.#stopUsing(cause);
      return [];
    }
  }

  /**
   * Adds an act and the lines that must precede it; the same write gives up an act that was pending. When this resolves
   * the act is on the disk. Throws StorageError: then nothing of it is.
   */
  async addAct(act: Pending, before: readonly Line[] = []): Promise<void> {
    const line: ActLine = {
      kind: 'act',
      entry: act.entry,
      attached: attachedInFile(act.attached),
    };
    const own = lineBytes(line);
    await this.#append([...[...this.#abandoned(), ...before].map(lineBytes), own]);
    this.#pending = act;
    this.#pendingLine = { from: this.#size - own.length, to: this.#size };
    this.#mark = null;
    this.#undecided = null;
  }

  /**
   * The screen says that this act may be stored or not: marks it, so that the next start asks. Where the mark cannot be
   * written, no start asks.
   */
  async markUndecided(entry: Entry): Promise<void> {
    this.#undecided = entry;
    const { seq, hash } = entry;
    if (this.#pending?.entry.hash !== hash || this.#mark !== null) return;
    const from = this.#size;
    try {
      await this.add([{ kind: 'undecided', seq, hash }]);
      this.#mark = { from, to: this.#size };
    } catch (cause) {
      if (storageErrorOf(cause) === null) throw cause;
    }
  }

  /** The pending act is now in the database, and no longer undecided. */
  async settle(): Promise<void> {
    const [act, mark] = [this.#pending?.entry ?? null, this.#mark];
    if (act !== null) this.#agreed = act.hash;
    this.#pending = null;
    this.#mark = null;
    this.#undecided = null;
    if (act !== null && mark !== null) await this.#dropMark(mark, act);
  }

  /** Throws nothing: where it fails the file is put away, or only a lost database makes the next start ask once more. */
  async #dropMark({ from, to }: Span, { seq, hash }: Entry): Promise<void> {
    try {
      // needs no room
      if (to === this.#size) await this.#cut(from);
      else await this.add([{ kind: 'counted', seq, hash }]);
    } catch (cause) {
      if (storageErrorKind(cause) !== 'disk-full') this.putAway();
    }
  }

  async #cut(from: number): Promise<void> {
    const overdue = setTimeout(() => this.#breakOff(), this.#patienceMs);
    try {
      await this.#ask('cut', from);
      this.#size = from;
    } finally {
      clearTimeout(overdue);
    }
  }

  /** Both copies end with the entry of this hash. */
  agree(hash: string): void {
    this.#agreed = hash;
  }

  /**
   * Takes the pending act out of the file, flushed and read back: a later start does not replay it. Throws StorageError: it may
   * still be there.
   */
  async takeBack(): Promise<void> {
    const lines = this.#abandoned();
    if (lines.length === 0) return;
    const { from } = this.#pendingLine;
    const to = this.#mark?.from === this.#pendingLine.to ? this.#mark.to : this.#pendingLine.to;
    const overdue = setTimeout(() => this.#breakOff(), this.#patienceMs);
    try {
      if (to === this.#size) {
        // needs no room
        await this.#ask('cut', from);
        this.#size = from;
        const { length } = await this.#ask('read', from, to);
        if (length > 0) throw new StorageError('failed');
      } else {
        await this.add(lines);
        const marks = readLines(await this.#ask('read', to, this.#size)).lines;
        if (!marks.some((line) => line.kind === 'abandoned')) throw new StorageError('failed');
      }
    } catch (cause) {
      if (storageErrorKind(cause) !== 'disk-full') {
        // where the database refuses as well, the next start has to ask
        if (this.#pending !== null) await this.markUndecided(this.#pending.entry);
        this.putAway();
      }
      throw cause;
    } finally {
      clearTimeout(overdue);
    }
    this.#pending = null;
    this.#mark = null;
    this.#undecided = null;
  }

  /**
   * Marks an undecided act as decided, flushed and read back. Throws StorageError `disk-full` or `journal-unreadable`: the next
   * start may ask again.
   */
  async decide({ seq, hash }: Entry, kind: 'counted' | 'abandoned'): Promise<void> {
    const from = this.#size;
    try {
      await this.add([{ kind, seq, hash }]);
    } catch (cause) {
      if (storageErrorKind(cause) === 'disk-full') throw cause;
      throw new StorageError('journal-unreadable', cause);
    }
    const { lines } = readLines(await this.#read(from, this.#size));
    if (!lines.some((line) => line.kind === kind)) throw new StorageError('journal-unreadable');
  }

  /** The database knows that this file is to be ignored from here on. */
  ignored(): void {
    this.#mayHoldUnsaved = false;
    this.#undecided = null;
  }

  #abandoned(): Line[] {
    if (this.#pending === null) return [];
    const { seq, hash } = this.#pending.entry;
    return [{ kind: 'abandoned', seq, hash }];
  }

  /**
   * Adds lines in one flushed write, all or nothing. Throws StorageError; unless the disk is full, the file is
   * put away.
   */
  async add(lines: readonly Line[]): Promise<void> {
    await this.#append(lines.map(lineBytes));
  }

  async #append(lines: readonly Uint8Array<ArrayBuffer>[]): Promise<void> {
    const bytes = inOne(lines);
    await this.#write(() => this.#ask('append', bytes));
    this.#size += bytes.length;
  }

  /** Throws StorageError; unless the disk is full, the file is put away. */
  async #write<T>(order: () => Promise<T>): Promise<T> {
    const overdue = setTimeout(() => this.#breakOff(), this.#patienceMs);
    try {
      return await order();
    } catch (cause) {
      const full = cause instanceof DOMException && FULL.includes(cause.name);
      if (!full) this.putAway();
      throw new StorageError(full ? 'disk-full' : 'failed', cause);
    } finally {
      clearTimeout(overdue);
    }
  }

  /** Stops using the file, which may now be incomplete; the next start settles what is pending in it. */
  putAway(): void {
    this.#mayHoldUnsaved = true;
    this.#pending = null;
    this.#mark = null;
    this.#agreed = null;
    this.#setState('away');
  }

  /**
   * Throws StorageError `journal-unreadable`. The last lines without abandoned acts, at least back to one for which
   * `enough` holds; `whole`: they are all lines of the
   * file.
   */
  async tail(
    enough: (lines: readonly SettledLine[]) => boolean,
  ): Promise<{ lines: SettledLine[]; whole: boolean }> {
    for (let length = TAIL; ; length *= 4) {
      const from = Math.max(0, this.#size - length);
      const { lines: all } = readLines(await this.#read(from, this.#size));
      // a piece usually begins in the middle of a line
      if (from > 0 && all[0]?.kind === 'unreadable') all.shift();
      const lines = withoutAbandoned(all);
      if (from === 0 || enough(lines)) return { lines, whole: from === 0 };
    }
  }

  /** All lines in order without abandoned acts, in pieces of so many bytes. Throws StorageError `journal-unreadable`. */
  async *whole(piece = PIECE): AsyncGenerator<SettledLine[]> {
    // the latest act and what follows it: the next lines may mark it as abandoned
    let latest: ReadLine[] = [];
    for (let from = 0, length = piece; from < this.#size;) {
      const to = Math.min(this.#size, from + length);
      const { lines, rest } = readLines(await this.#read(from, to));
      const all = [...latest, ...lines];
      const open = all.findLastIndex(({ kind }) => kind === 'act' || kind === 'unreadable');
      latest = open < 0 ? [] : all.splice(open);
      if (rest > 0) yield withoutAbandoned(all);
      from += rest;
      // a line can be longer than a piece
      length = rest === 0 ? length * 2 : piece;
      if (rest === 0 && to === this.#size) break;
    }
    yield withoutAbandoned(latest);
  }

  /** Empties the open file; a copy of the old one is kept under `name` if given. */
  async begin(name: string | null): Promise<void> {
    if (name !== null) await this.#ask('setAside', name);
    await this.#ask('cut', 0);
    this.#size = 0;
    this.#pending = null;
  }

  /**
   * Replaces the open file by one with the lines that `write` adds, which may read the old one; a copy of that is kept under
   * `aside` if given. The new one is written beside it. Throws StorageError: the old one is as it was.
   */
  async replace(
    aside: string | null,
    write: (add: (lines: readonly Line[]) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    try {
      await this.#write(() => this.#ask('beginDraft'));
      await write((lines) =>
        this.#write(() => this.#ask('addToDraft', inOne(lines.map(lineBytes)))),
      );
      if (aside !== null) await this.#write(() => this.#ask('setAside', aside));
      this.#size = (await this.#write(() => this.#ask('putDraft'))).size;
      this.#isCut = false;
      this.#pending = null;
    } catch (cause) {
      await this.#ask('dropDraft').catch(() => undefined);
      throw cause;
    }
  }

  /**
   * Removes the files of the till's former ids, whose entries the open one has, and what was set aside of damaged ones. Returns
   * whether it has.
   */
  async dropOthers(): Promise<boolean> {
    if (this.#state !== 'in-use' || this.#till === null) return false;
    return this.#ask('dropOthers', this.#folder, this.#till).then(
      () => true,
      () => false,
    );
  }

  /** Ends the worker; the files remain. */
  close(): void {
    this.#breakOff();
  }

  async #read(from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
    try {
      return await this.#ask('read', from, to);
    } catch (cause) {
      throw new StorageError('journal-unreadable', cause);
    }
  }

  #ask<N extends keyof FileCalls>(
    name: N,
    ...parts: Parameters<FileCalls[N]>
  ): Promise<ReturnType<FileCalls[N]>> {
    return new Promise((resolve, reject) => {
      if (this.#gone !== null) return reject(this.#gone);
      this.#asked += 1;
      const number = this.#asked;
      this.#waiting.set(number, { resolve: resolve as (value: unknown) => void, reject });
      const order: FileOrder<N> = { number, name, parts };
      this.#worker.postMessage(order);
    });
  }

  #breakOff(): void {
    // otherwise it could still write an act that was reported as not saved
    this.#worker.terminate();
    this.#gone = new StorageError('failed', new Error('the worker of the journal file stopped'));
    for (const each of this.#waiting.values()) each.reject(this.#gone);
    this.#waiting.clear();
  }

  #stopUsing(cause: unknown): void {
    const name = cause instanceof Error ? cause.name : '';
    this.#setState(NO_FILES.includes(name) ? 'missing' : 'away');
  }

  #setState(state: FileState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#onchange(state);
  }
}

function inOne(pieces: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

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

/** An act whose line is flushed but whose transaction failed: it can be retried or abandoned. */
export type Pending = {
  readonly entry: Entry;
  readonly projected: readonly Change[];
  readonly attached: readonly Change[];
};

export type FileState =
  /** Every act is written to the file first. */
  | 'in-use'
  /** This browser cannot provide such files, so the till uses only the database. */
  | 'missing'
  /** Writing failed while the till was in use: the till uses only the database until the next start. */
  | 'away';

/** Exceptions of a browser that does not support such files, at all or in this context. */
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

/** Size of the first read from the end, bytes. It grows until the wanted line is included. */
const TAIL = 1 << 16;
const PIECE = 1 << 20;

export class JournalFile {
  readonly #folder: string;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #onchange: (state: FileState) => void;
  readonly #patienceMs: number;
  /** Resolves when a rebuild of the file has ended; false: the file was not rebuilt. */
  rebuilt: Promise<boolean> = Promise.resolve(false);
  #asked = 0;
  #gone: Error | null = null;
  #state: FileState = 'in-use';
  #till: string | null = null;
  #size = 0;
  #isCut = false;
  #pending: Pending | null = null;
  /** Where the line of the pending act is in the file. */
  #pendingLine: Span = { from: 0, to: 0 };
  #agreed: string | null = null;
  /** Where the mark is that declares the pending act undecided. */
  #mark: Span | null = null;
  #undecided: Entry | null = null;
  #mayHoldUnsaved = false;

  /** Starts the worker. `folder`: the database's name. `onchange`: called when the state of the file changes. */
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
  /** Hash of the last act that both copies have; null if unknown, or another till's file is open. */
  get agreed(): string | null {
    return this.#agreed;
  }
  get pending(): Pending | null {
    return this.#pending;
  }
  /** The act that may or may not be stored; null: none. */
  get undecided(): Entry | null {
    return this.#undecided;
  }
  /** Whether the file may end with an act that the database lacks, and can no longer be written. */
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

  /**
   * Whether the file ended in the middle of a line when it was opened: the till stopped while writing it, or the file lost its
   * end.
   */
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
   * Appends an act, with the lines that must precede it. The same write abandons an act that was pending. When this resolves,
   * the act is on the disk. Throws StorageError: none of it is.
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
   * Marks this act, which the screen reported as undecided, so that the next start asks about it. If the mark cannot be
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

  /** Call it when the pending act is in the database: it is then neither pending nor undecided. */
  async settle(): Promise<void> {
    const [act, mark] = [this.#pending?.entry ?? null, this.#mark];
    if (act !== null) this.#agreed = act.hash;
    this.#pending = null;
    this.#mark = null;
    this.#undecided = null;
    if (act !== null && mark !== null) await this.#dropMark(mark, act);
  }

  /**
   * Removes the mark of a stored act. Never throws: on failure the file is put away; on a full disk the mark stays, and a start
   * asks again only if the database is lost.
   */
  async #dropMark({ from, to }: Span, { seq, hash }: Entry): Promise<void> {
    try {
      // truncating needs no free space
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

  /** Notes that both copies end with the entry of this hash. */
  agree(hash: string): void {
    this.#agreed = hash;
  }

  /**
   * Removes the pending act from the file, flushed and read back, so that no start replays it. Throws StorageError: it may
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
        // truncating needs no free space
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
        // if the database fails as well, the next start has to ask
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

  /** Call it when the database has noted that this file is to be ignored from here on. */
  ignored(): void {
    this.#mayHoldUnsaved = false;
    this.#undecided = null;
  }

  #abandoned(): Line[] {
    if (this.#pending === null) return [];
    const { seq, hash } = this.#pending.entry;
    return [{ kind: 'abandoned', seq, hash }];
  }

  /** Adds lines in one flushed write, all or nothing. Throws StorageError; unless the disk is full, the file is put away. */
  async add(lines: readonly Line[]): Promise<void> {
    await this.#append(lines.map(lineBytes));
  }

  async #append(lines: readonly Uint8Array<ArrayBuffer>[]): Promise<void> {
    const bytes = inOne(lines);
    await this.#write(() => this.#ask('append', bytes));
    this.#size += bytes.length;
  }

  /** Runs a write with a timeout. Throws StorageError; unless the disk is full, the file is put away. */
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

  /** Stops using the file, which may be incomplete now. The next start decides about a pending act in it. */
  putAway(): void {
    this.#mayHoldUnsaved = true;
    this.#pending = null;
    this.#mark = null;
    this.#agreed = null;
    this.#setState('away');
  }

  /**
   * The last lines without abandoned acts, at least back to a line for which `enough` holds; `whole`: they are all lines of the
   * file. Throws StorageError `journal-unreadable`.
   */
  async tail(
    enough: (lines: readonly SettledLine[]) => boolean,
  ): Promise<{ lines: SettledLine[]; whole: boolean }> {
    for (let length = TAIL; ; length *= 2) {
      const from = Math.max(0, this.#size - length);
      const { lines: all } = readLines(await this.#read(from, this.#size));
      // a piece usually begins in the middle of a line
      if (from > 0 && all[0]?.kind === 'unreadable') all.shift();
      const lines = withoutAbandoned(all);
      if (from === 0 || enough(lines)) return { lines, whole: from === 0 };
    }
  }

  /** All lines in order, without abandoned acts, in pieces of `piece` bytes. Throws StorageError `journal-unreadable`. */
  async *whole(piece = PIECE): AsyncGenerator<SettledLine[]> {
    // hold back the latest act and what follows it, because the next lines may mark it as abandoned
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

  /** Empties the open file. If `name` is given, a copy of the old one is kept under it. */
  async begin(name: string | null): Promise<void> {
    if (name !== null) await this.#ask('setAside', name);
    await this.#ask('cut', 0);
    this.#size = 0;
    this.#pending = null;
  }

  /**
   * Replaces the open file by a new one with the lines that `write` adds; `write` may read the old one. The new file is written
   * beside it. If `aside` is given, a copy of the old file is kept under that name. Throws StorageError: the old file is
   * unchanged.
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
   * Removes the files of the till's former ids, whose entries are in the open file, and set-aside copies of damaged files.
   * Returns whether it succeeded.
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
    // otherwise the worker could still write an act that was reported as not saved
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

// Builds the till from disk, relay and catalogue, and reports its phase.
import type { Language } from '$lib/domain/values/language';
import { Sounds } from '$lib/devices/sounds';
import type { JournalHead } from '$lib/contract/challenge';
import { nameIn } from '$lib/domain/goods/product';
import { productsOf } from '$lib/domain/receipt/receipt';
import { businessDay, rangeOfDay } from '$lib/domain/values/business-day';
import { printedNumber } from '$lib/domain/values/receipt-number';
import { RelayClock } from '$lib/relay-client/clock';
import { RelayClient } from '$lib/relay-client/relay-client';
import type { ExchangeSeen } from '$lib/relay-client/session';
import { mayWrite, TillDb } from '$lib/storage/database/db';
import type { EnrolledTill, FormerTill, Till as TillRecord } from '$lib/storage/schema/records';
import {
  storageErrorKind,
  storageErrorOf,
  unlessDiskFails,
  type StorageErrorKind,
} from '$lib/storage/storage-error';
import { saveTillName } from '$lib/storage/till/till';
import { DownloadWorker } from '$lib/sync/download-worker';
import { pullReserveCodes } from '$lib/sync/till-news';
import { isEnrolled, formerTillsIn, tillIn, metaIn } from '$lib/storage/database/meta';
import { headOfTill } from '$lib/storage/journal/reader';
import { signedByRelay, keepWatermark } from '$lib/storage/journal/watermark';
import { Backups } from '$lib/state/device/backups.svelte';
import { Catalogue } from './catalogue.svelte';
import { Connectivity } from '$lib/state/relay/connectivity.svelte';
import { ControlSums } from '$lib/state/relay/control-sums.svelte';
import { Saving } from './saving';
import { Disk } from '$lib/state/device/disk.svelte';
import { Elevation } from './elevation.svelte';
import { installation } from '$lib/state/device/installation.svelte';
import { PersistedClock } from '$lib/state/relay/persisted-clock.svelte';
import { PersistedPreferences } from '$lib/state/device/persisted-preferences.svelte';
import { roomAgain } from '$lib/state/device/room-again';
import { becomeTheTill, leaveCleanly } from '$lib/state/device/one-tab';
import { NoticePoller } from '$lib/state/relay/notice-poller.svelte';
import { Downloader } from '$lib/state/relay/downloader.svelte';
import { JournalUploader } from '$lib/state/relay/journal-uploader.svelte';
import { FloatCount } from './float-count.svelte';
import { Register } from '$lib/state/register/register.svelte';
import { ShopPolicy } from '$lib/state/relay/shop-policy.svelte';
import { SignIn } from './sign-in.svelte';
import { measureStep } from '$lib/state/device/measure-step';

export type Phase =
  | { readonly kind: 'starting' }
  /** Plain http from another machine: browsers disable the APIs the till needs. */
  | { readonly kind: 'insecure' }
  /** Another tab is the till. */
  | { readonly kind: 'second-tab' }
  | { readonly kind: 'storage-trouble'; readonly because: StorageErrorKind }
  /** The database opens but cannot be read. It can be rebuilt from the journal file, without `unread` lines. */
  | { readonly kind: 'database-damaged'; readonly unread: number }
  /** There is no database, and it cannot be rebuilt from the journal file: a person decides before a first run. */
  | { readonly kind: 'journal-damaged' }
  /** No shop yet, or this device is not enrolled yet. */
  | { readonly kind: 'new-device' }
  | { readonly kind: 'in-use' };

/** How long after the page was loaded sums may be compared, ms: first the till is loading, and somebody is about to sell. */
const STARTED_AFTER_MS = 5 * 60_000;

export class Till {
  readonly db = new TillDb();
  readonly disk: Disk = new Disk(this.db, () => void this.#keepAgain());
  readonly preferences = new PersistedPreferences(this.db, (language) =>
    this.#renameOpenReceipt(language),
  );
  readonly sounds = new Sounds(() => this.preferences.current.sound === 'on');
  readonly clock = new RelayClock();
  readonly persistedClock = new PersistedClock(this.db, this.clock);
  readonly connectivity = new Connectivity(this.db, () => this.now());
  readonly client: RelayClient = new RelayClient({
    origin: location.origin,
    clock: this.clock,
    readHead: (tillId) => this.#headToSign(tillId),
    readSigned: (tillId) => this.#signedByRelay(tillId),
    keepWatermark: (tillId, jws) => this.#keepWatermark(tillId, jws),
    onexchange: (outcome, began) => this.#exchanged(outcome, began),
  });
  /** Uploads the journal to the relay. */
  readonly uploader = new JournalUploader({
    db: this.db,
    client: this.client,
    now: () => this.now(),
    proven: () => this.clock.proven(),
    isOffline: () => this.connectivity.state === 'offline',
    onsent: () => {
      void this.noticePoller.journalSent();
      // the relay decides about a number by the uploaded journal
      this.register.askAllowance();
    },
  });
  /** Checks whether debts and points here equal the relay's. */
  readonly sums: ControlSums = new ControlSums({
    db: this.db,
    client: this.client.order,
    now: () => this.now(),
    isIdle: () =>
      performance.now() > STARTED_AFTER_MS &&
      this.register.idle &&
      this.uploader.entries === 0 &&
      this.uploader.quarantine === null,
  });
  /** Downloads the acts of the shop's other tills. */
  readonly downloader = new Downloader({
    db: this.db,
    worker: new DownloadWorker({
      db: this.db,
      origin: location.origin,
      bearer: this.client.bearer,
      onexchange: (outcome, began) => this.#exchanged(outcome, began),
    }),
    goods: () => this.catalogue.count,
    isOffline: () => this.connectivity.state === 'offline',
    onapplied: () => {
      void this.register.readCustomer();
      void this.catalogue.refresh();
      void this.disk.eraseFromFile('selling');
    },
    check: () => this.disk.checkRemote(),
    compare: () => this.sums.compare(),
  });
  /** State of the relay's messages about acts without a code. */
  readonly noticePoller = new NoticePoller(this.db, this.client);
  readonly policy = new ShopPolicy(this.db, this.client, () => {
    this.register.policyChanged();
  });
  readonly signIn = new SignIn(this.db, this.policy, this.clock, {
    enter: () => this.register.checkout.operatorCame(),
    leave: () => {
      this.client.forgetSession();
      this.elevation.close();
    },
    goods: () => this.#goods,
    lock: () => {
      void this.backups.daily();
      void this.disk.eraseFromFile('idle');
    },
  });
  /** The operator who is signed in. */
  readonly operator = (): string | null => this.signIn.operator?.id ?? null;
  readonly backups = new Backups(this.db, this.operator, () => this.now());
  readonly elevation = new Elevation(this.client, this.signIn, () => this.now());
  readonly catalogue = new Catalogue(
    this.db,
    () => void this.policy.actRefused(),
    () => this.#startOfToday(),
  );
  readonly register: Register = new Register({
    db: this.db,
    client: this.client,
    connectivity: this.connectivity,
    uploader: this.uploader,
    policy: () => this.policy.current,
    operator: this.operator,
    now: () => this.now(),
    proven: () => this.clock.proven(),
    onsaved: () => {
      this.sounds.play('saved');
      void this.catalogue.afterSale();
      void this.disk.lookForRoom();
      void this.policy.actPassed();
    },
    onpolicyrefused: () => void this.policy.actRefused(),
  });

  /** Asks for the float before acts that move money, if the policy requires it. */
  readonly floatCount = new FloatCount(
    this.db,
    () => this.policy.current?.shifts.countFloat === true,
  );

  readonly saving: Saving = new Saving({
    db: this.db,
    operator: this.operator,
    now: () => this.now(),
    policyRefused: () => void this.policy.actRefused(),
  });

  #compared: Promise<void> = Promise.resolve();
  /** Resolves when goods can be rung up. */
  #goods: Promise<void> = Promise.resolve();
  #phase = $state.raw<Phase>({ kind: 'starting' });
  #identity = $state.raw<EnrolledTill | null>(null);
  #formerNames = $state.raw<readonly FormerTill[]>([]);

  get phase(): Phase {
    return this.#phase;
  }
  /** This device as registered at the relay. */
  get identity(): EnrolledTill | null {
    return this.#identity;
  }
  /** The till was removed from the shop: it cannot sell until it is re-enrolled. Pending entries are still uploaded. */
  get removed(): boolean {
    return this.connectivity.shutOut === 'revoked';
  }
  /** The relay no longer accepts this till, so only re-enrolment helps. */
  get cutOff(): boolean {
    return this.removed || this.uploader.quarantine !== null;
  }
  /** Former identities of this device, newest first. */
  get formerNames(): readonly FormerTill[] {
    return this.#formerNames;
  }

  /** A receipt's number as printed: `3-000123`. `till`: any till of the shop, or a former id of this device. */
  printedNumber(till: string, number: number): string {
    return printedNumber(this.tillNumber(till), number);
  }

  /** The number of a till in its shop; null: not known. `till`: any till of the shop, or a former id of this device. */
  tillNumber(till: string): number | null {
    const own = [this.#identity, ...this.#formerNames].find((each) => each?.id === till);
    return own?.number ?? this.downloader.tillOf(till)?.number ?? null;
  }

  /**
   * Since when acts of other tills may be missing in debts and points, ms; null: all of them are missing. Undefined: none are
   * missing, or there are no other tills.
   */
  get othersUnknownSince(): number | null | undefined {
    const { downloader, connectivity } = this;
    const own = [this.#identity, ...this.#formerNames].flatMap((each) => each?.id ?? []);
    // while nothing can be downloaded, it is unknown whether there are other tills
    if (downloader.missing !== null) return null;
    if (downloader.others(own) === 0 && downloader.trouble === null) return undefined;
    const isBehind = connectivity.state === 'offline' || !downloader.isCurrent;
    return isBehind ? downloader.asOf : undefined;
  }

  /** The name of another till of the shop; null: this device, under any of its ids, or an unknown till. */
  otherTill(till: string): string | null {
    const isOwn = [this.#identity, ...this.#formerNames].some((each) => each?.id === till);
    return isOwn ? null : (this.downloader.tillOf(till)?.name ?? null);
  }

  /** ms since the epoch, corrected by the relay's clock, because a tablet's clock may be years off. */
  now(): number {
    return this.clock.now();
  }

  /** An act outside a sale has moved money, debt or points. */
  moved(): void {
    this.sounds.play('saved');
    void this.register.refreshCustomer();
    void this.disk.lookForRoom();
    void this.policy.actPassed();
  }

  /** The first moment of the shop's business day, ms. */
  #startOfToday(): number {
    const at = this.now();
    const zone = this.policy.current?.shop.timeZone ?? 'UTC';
    return rangeOfDay(businessDay(at, zone), zone)?.from ?? at;
  }

  /** Starts the till: first everything on the disk, then the relay. */
  async start(): Promise<void> {
    if (!isSecureContext) {
      this.#phase = { kind: 'insecure' };
      return;
    }
    if (!(await becomeTheTill(() => location.reload()))) {
      this.#phase = { kind: 'second-tab' };
      return;
    }
    leaveCleanly(
      () => {
        this.downloader.close();
        this.disk.abortAndClose();
      },
      () => location.reload(),
    );
    try {
      await this.#wake();
    } catch (error) {
      const because = storageErrorOf(error)?.kind;
      // a bug does not mean that the database is damaged
      if (because === undefined) throw error;
      // a full disk fails as damage does, and must not be offered a rebuild
      if (because === 'failed' && (await this.disk.isFull())) {
        this.#stop('disk-full');
        return;
      }
      if (because === 'failed' && (await this.#replacedRows())) {
        location.reload();
        return;
      }
      const unread = because === 'failed' ? await this.disk.unreadForRebuild() : null;
      if (unread === null) this.#stop(because);
      else this.#phase = { kind: 'database-damaged', unread };
    }
  }

  /** If the start found no free space, it continues as soon as there is some. */
  #stop(because: StorageErrorKind): void {
    this.#phase = { kind: 'storage-trouble', because };
    if (because === 'disk-full')
      void roomAgain(() => this.db.home.hasRoom()).then(() => location.reload());
  }

  /** Whether unreadable rows were replaced; if so, the page is loaded again and gets further. */
  #replacedRows(): Promise<boolean> {
    // the screen says that the database cannot be read
    return unlessDiskFails(() => this.disk.replaceUnreadable(this.now()), false);
  }

  /** Abandons the damaged database and starts again; the start rebuilds it from the journal file. */
  async rebuildDatabase(): Promise<void> {
    try {
      await this.disk.leaveDatabase();
      location.reload();
    } catch (error) {
      this.#stop(storageErrorKind(error));
    }
  }

  async #wake(): Promise<void> {
    await this.disk.look();
    // no sign-in without a writable disk, because wrong PINs are counted on it
    await Promise.all([
      mayWrite(this.db),
      this.persistedClock.recall(),
      this.connectivity.recall(),
      this.sums.recall(),
    ]);
    await this.preferences.recall();
    const till = await this.#compareDisk();
    if (isEnrolled(till)) this.#becomeKnown(till);
    this.connectivity.start(this.client);
    if (till === null && this.disk.isJournalDamaged) {
      this.#phase = { kind: 'journal-damaged' };
      return;
    }
    if (!isEnrolled(till)) {
      this.#phase = { kind: 'new-device' };
      return;
    }
    await this.policy.load();
    // an interrupted first run starts again; a shop whose policy is refused does not, nor a till whose file lost its policy
    const isInterrupted = this.policy.neverHadOne && (await metaIn(this.db, 'quarantine')) === null;
    if (this.policy.current === null && isInterrupted) {
      await this.policy.fetch();
      if (this.policy.current === null) {
        this.#phase = { kind: 'new-device' };
        return;
      }
    }
    await this.open();
  }

  /**
   * Compares an enrolled till with its file in the background. Other devices wait for it, because the file may contain the
   * till's identity.
   */
  async #compareDisk(): Promise<TillRecord | null> {
    this.#compared = this.disk.compare(this.now());
    // errors are handled where it is awaited, in `open`
    this.#compared.catch(() => undefined);
    const till = await tillIn(this.db);
    if (isEnrolled(till)) return till;
    await this.#compared;
    return tillIn(this.db);
  }

  /** The relay has enrolled this device, for the first time or under a new id. */
  async enrolled(till: EnrolledTill): Promise<void> {
    if (this.#identity !== null) {
      this.#formerNames = await formerTillsIn(this.db);
      // a new till id downloads the order again
      this.downloader.dropped();
    }
    this.#becomeKnown(till);
    this.connectivity.enrolled();
  }

  /** Shows the sign-in as soon as the disk was compared; then the goods are loaded, and `SignIn.enter` waits for them. */
  async open(): Promise<void> {
    this.#formerNames = await formerTillsIn(this.db);
    await this.#compared;
    await this.register.resume();
    // the first run has signed in its owner already
    if (this.signIn.operator === null) this.#phase = { kind: 'in-use' };
    measureStep('till:ready', 0);
    this.#goods = this.catalogue.load();
    await this.#goods;
    this.#phase = { kind: 'in-use' };
    measureStep('till:goods', 0);
    void this.uploader.start();
    void installation.askToPersist();
    void this.#repair();
  }

  /** After the database was rebuilt, stores again what exists only in this page. */
  async #keepAgain(): Promise<void> {
    void this.register.draft.write();
    // the next change stores them
    await unlessDiskFails(() => this.preferences.change({}), null);
  }

  /** Runs after the first receipt can be rung up, because it reads a lot. */
  async #repair(): Promise<void> {
    if (await this.disk.repairLosses(this.now()))
      await Promise.all([this.register.refreshCustomer(), this.catalogue.load()]);
    // after the repair, because a restored entry may be one that the copy refers to as this device's own
    await this.disk.checkRemote();
    void this.downloader.start();
    await this.disk.renewDamagedFile(this.now());
    await this.disk.eraseFromFile('selling');
  }

  /** Fetches changes of this till's reserve codes; the frame calls it when the relay reports a new version. */
  async followReserveCodes(newest: number): Promise<void> {
    // without a disk nothing is stored: the next start asks again, and the next act reports it
    await unlessDiskFails(async () => {
      if (await pullReserveCodes(this.db, this.client, newest))
        await this.register.refreshCustomer();
    }, null);
  }

  /** Stores the till's name from the relay; the frame calls it when the relay reports a change. */
  async followName(given: { readonly id: string; readonly name: string }): Promise<void> {
    const { id, name } = this.#identity ?? {};
    if (id !== given.id || name === given.name) return;
    // the relay repeats it with its next answer
    const kept = await unlessDiskFails(() => saveTillName(this.db, given), null);
    if (kept !== null && kept.id === this.#identity?.id) this.#identity = kept;
  }

  async #renameOpenReceipt(language: Language): Promise<void> {
    const { lines } = this.register.receipt;
    if (lines.length === 0) return;
    const goods = await this.catalogue.get(productsOf(lines));
    this.register.rename(
      Object.fromEntries(goods.map((each) => [each.id, nameIn(each, language)])),
    );
  }

  /**
   * The head to state in a signature. Stores the proven time first, so that no later act is dated before it, even after a
   * crash.
   */
  async #headToSign(tillId: string): Promise<JournalHead | null> {
    await this.persistedClock.keep();
    // the next act reports a disk that cannot be read
    return unlessDiskFails(async () => {
      // the journal file may have newer entries
      await this.#compared;
      return headOfTill(this.db, tillId);
    }, null);
  }

  #signedByRelay(tillId: string): ReturnType<typeof signedByRelay> {
    return unlessDiskFails(() => signedByRelay(this.db, tillId), {});
  }

  #keepWatermark(tillId: string, jws: string): Promise<void> {
    // the next session or upload brings another one
    return unlessDiskFails(() => keepWatermark(this.db, tillId, jws), undefined);
  }

  /** Called when a request to the relay ends, of this page or of the download worker. `began`: as in `ExchangeSeen`. */
  readonly #exchanged: ExchangeSeen = (outcome, began) => {
    const wasOffline = this.connectivity.state === 'offline';
    this.connectivity.seen(outcome, began);
    if (outcome === 'answered') {
      // a relay that no longer knows this till is not the relay that answered before
      const forgot = this.connectivity.shutOut === 'unknown-till' && !this.uploader.quarantine;
      this.uploader.answered({ back: wasOffline || forgot });
      this.downloader.answered();
      void this.noticePoller.answered();
      if (wasOffline) this.register.askAllowance();
    }
    void this.persistedClock.keep();
  };

  #becomeKnown(till: EnrolledTill): void {
    this.#identity = till;
    this.client.identify({
      tillId: till.id,
      shopId: till.shop,
      privateKey: till.keys.privateKey,
    });
  }
}

/** The till of this page. */
export const till = new Till();

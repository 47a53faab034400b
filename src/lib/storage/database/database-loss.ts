// Detects, before the database is opened, that the browser lost it and created it again.
// Only the browser's own event says so, and Dexie hides it.
import { atDisk } from '$lib/storage/storage-error';

/** `there`: it was; `new`: it was not; `lost`: the browser says that it could not read the old one and dropped it. */
export type DatabaseState = 'there' | 'new' | 'lost';

type UpgradeEvent = IDBVersionChangeEvent & {
  /** Chromium's; the others do not say. */
  readonly dataLoss?: 'none' | 'total';
};

/** Leaves the database as it is, and none where there was none. Throws StorageError. */
export function probeDatabase(name: string, store: IDBFactory): Promise<DatabaseState> {
  return atDisk(
    () =>
      new Promise<DatabaseState>((resolve, reject) => {
        let born: DatabaseState = 'there';
        const request = store.open(name);
        request.onupgradeneeded = (event: UpgradeEvent) => {
          born = event.dataLoss === 'total' ? 'lost' : 'new';
          request.transaction?.abort();
        };
        request.onsuccess = () => {
          request.result.close();
          resolve(born);
        };
        request.onerror = (event) => {
          event.preventDefault();
          if (born === 'there')
            reject(request.error ?? new DOMException('no reason', 'UnknownError'));
          else resolve(born);
        };
      }),
  );
}

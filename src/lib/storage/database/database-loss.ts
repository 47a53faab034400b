// Detects, before the database is opened, that the browser lost it and created it again.
// The only sign is a property of the browser's own event, which Dexie hides.

/** `there`: it existed; `new`: it did not exist; `lost`: the browser could not read the old one and dropped it. */
export type DatabaseState = 'there' | 'new' | 'lost';

type UpgradeEvent = IDBVersionChangeEvent & {
  /** Chromium only. */
  readonly dataLoss?: 'none' | 'total';
};

/** Does not create or change the database. Throws StorageError. */
export function probeDatabase(name: string, store: IDBFactory): Promise<DatabaseState> {
  return new Promise<DatabaseState>((resolve, reject) => {
    let state: DatabaseState = 'there';
    const request = store.open(name);
    request.onupgradeneeded = (event: UpgradeEvent) => {
      state = event.dataLoss === 'total' ? 'lost' : 'new';
      request.transaction?.abort();
    };
    request.onsuccess = () => {
      request.result.close();
      resolve(state);
    };
    request.onerror = (event) => {
      event.preventDefault();
      if (state === 'there') reject(request.error ?? new DOMException('no reason', 'UnknownError'));
      else resolve(state);
    };
  });
}

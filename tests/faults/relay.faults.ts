// The relay is killed, or loses its power, during uploads: acknowledged entries are stored once.
// Each notice is sent once, even after an older copy is restored. Controls must lose entries and send twice.
import { expect, test } from '@playwright/test';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { RelayProcess } from '../support/relay-process';
import { seededRandom } from '../support/seeded-random';
import { DiskImage, disposeImages, whyNoImages } from './image';
import { roundsOf, SEED } from './scale';
import { inShops, withFolder } from './shop';
import { keepSkipped, Tally } from './tally';
import { underLoad, Uploads } from './uploads';

/** Longest time from the first answer of a round to the kill or cut, ms. */
const MOMENT_MS = 400;
const SIZE = '64M';

test.afterEach(disposeImages);

const kills = roundsOf({ push: 1, long: 500 });
test(`after ${kills} kills the relay has every entry it acknowledged, and sent no notice twice`, async () => {
  test.setTimeout(300_000 + kills * 10_000);
  const tally = new Tally('an entry the relay answered for survives its kill');
  const random = seededRandom(SEED);
  await tally.over(async () => {
    await inShops(tally, kills, async (some) => {
      const relay = new RelayProcess();
      await relay.start();
      const uploads = await Uploads.begin(relay, tally, random);
      try {
        for (let round = 0; round < some; round++) {
          await underLoad(uploads, relay, random() * MOMENT_MS);
          await relay.start();
          await uploads.signIn();
          tally.rounds += 1;
          uploads.lookAt(relay.dataDir);
          tally.expectNothingWrong(`kill ${tally.rounds}`);
        }
        // on a busy machine it is possible that every kill came before a message was sent
        await uploads.sendAgain();
        await uploads.settled();
        uploads.lookAt(relay.dataDir);
        tally.expectNothingWrong('at the end');
        expect(uploads.messages).toBeGreaterThan(0);
      } finally {
        await relay.dispose();
        await uploads.end();
      }
    });
  });
});

test('control: a relay whose disk forgets the last uploads loses entries in a kill', async () => {
  test.setTimeout(300_000);
  const tally = new Tally('control: a relay whose disk forgets the last uploads, kill', {
    kind: 'control',
  });
  await tally.over(async () => {
    await withFolder(async (copy) => {
      const relay = new RelayProcess();
      await relay.start();
      const uploads = await Uploads.begin(relay, tally, seededRandom(SEED));
      try {
        await underLoad(uploads, relay, MOMENT_MS);
        copyDatabase(relay.dataDir, copy);
        await relay.start();
        await uploads.signIn();
        await underLoad(uploads, relay, MOMENT_MS);
        copyDatabase(copy, relay.dataDir);
        tally.rounds += 1;
        uploads.lookAt(relay.dataDir);
      } finally {
        await relay.dispose();
        await uploads.end();
      }
    });
    expect(tally.lost.size, 'the harness does not see a loss').toBeGreaterThan(0);
  });
});

/** Replaces the database there, with its write-ahead log. */
function copyDatabase(from: string, to: string): void {
  const files = (folder: string) =>
    readdirSync(folder).filter((name) => name.startsWith('relay.db'));
  for (const name of files(to)) rmSync(join(to, name));
  for (const name of files(from)) cpSync(join(from, name), join(to, name));
}

/** Restores copies made earlier in the round, with their write-ahead logs. `show`: called before the till signs in. */
async function putBack(
  tally: Tally,
  rounds: number,
  show: (uploads: Uploads) => void,
): Promise<void> {
  const random = seededRandom(SEED);
  await inShops(tally, rounds, (some) =>
    withFolder(async (copy) => {
      const relay = new RelayProcess();
      await relay.start();
      const uploads = await Uploads.begin(relay, tally, random);
      const { dataDir } = relay;
      try {
        for (let round = 0; round < some; round++) {
          await underLoad(uploads, relay, random() * MOMENT_MS);
          copyDatabase(dataDir, copy);
          await relay.start();
          await uploads.signIn();
          await underLoad(uploads, relay, MOMENT_MS + random() * MOMENT_MS);
          copyDatabase(copy, dataDir);
          await relay.start();
          show(uploads);
          await uploads.signIn();
          await uploads.sendAgain();
          await uploads.settled();
          tally.rounds += 1;
          uploads.lookAt(dataDir);
        }
        expect(uploads.messages).toBeGreaterThan(0);
      } finally {
        await relay.dispose();
        await uploads.end();
      }
    }),
  );
}

const returns = roundsOf({ push: 1, long: 200 });
test(`after ${returns} restores of older copies the relay has every entry again, and notified nobody twice`, async () => {
  test.setTimeout(300_000 + returns * 20_000);
  const tally = new Tally('a relay put back from an older copy tells nobody twice');
  await tally.over(async () => {
    await putBack(tally, returns, () => undefined);
    tally.expectNothingWrong('at the end');
  });
});

test('control: if tills do not show the relay its own watermark, it notifies customers twice', async () => {
  const rounds = roundsOf({ push: 2, long: 10 });
  test.setTimeout(300_000 + rounds * 20_000);
  const tally = new Tally('control: tills that do not show the relay its own watermark', {
    kind: 'control',
  });
  await tally.over(async () => {
    await putBack(tally, rounds, (uploads) => uploads.forgetWord());
    expect(tally.doubled.size, 'the harness does not see a second message').toBeGreaterThan(0);
  });
});

const without = whyNoImages();

/** Power cuts of a relay whose build is in `root`; `check` runs after each. */
async function cutPower(
  tally: Tally,
  { rounds, root }: { rounds: number; root: string },
  check: (uploads: Uploads, dataDir: string) => void,
): Promise<void> {
  const random = seededRandom(SEED);
  let disk = DiskImage.make(SIZE);
  let relay = new RelayProcess({ COUNTERFOIL_DATA: disk.path }, root);
  await relay.start();
  const port = new URL(relay.url).port;
  const uploads = await Uploads.begin(relay, tally, random);
  try {
    disk.sync();
    for (let round = 0; round < rounds; round++) {
      await underLoad(uploads, relay, random() * MOMENT_MS);
      const left = disk.cut();
      await relay.dispose();
      disk.dispose();
      disk = left;
      relay = new RelayProcess({ COUNTERFOIL_DATA: disk.path, COUNTERFOIL_PORT: port }, root);
      await relay.start();
      tally.rounds += 1;
      check(uploads, disk.path);
      await uploads.signIn();
    }
  } finally {
    await relay.dispose();
    await uploads.end();
  }
}

const cuts = roundsOf({ push: 1, long: 100 });
test(`after ${cuts} power cuts the relay has every entry it acknowledged`, async () => {
  const promise = 'an entry the relay answered for survives a power cut';
  skipWhereNoImages(promise);
  test.setTimeout(300_000 + cuts * 15_000);
  const tally = new Tally(promise);
  await tally.over(async () => {
    await inShops(tally, cuts, (rounds) =>
      cutPower(tally, { rounds, root: process.cwd() }, (uploads, dataDir) => {
        uploads.lookAt(dataDir);
        tally.expectNothingWrong(`cut ${tally.rounds}`);
      }),
    );
  });
});

const controls = roundsOf({ push: 1, long: 10 });
test(`control: a relay that does not wait for its disk loses entries in ${controls} power cuts`, async () => {
  const promise = 'control: a relay that does not wait for its disk, power cut';
  skipWhereNoImages(promise);
  test.setTimeout(300_000 + controls * 15_000);
  const tally = new Tally(promise, { kind: 'control' });
  const root = carelessRelay();
  await tally.over(async () => {
    while (tally.rounds < controls)
      await cutPower(tally, { rounds: 1, root }, (uploads, dataDir) => uploads.lookAt(dataDir));
    expect(tally.lost.size, 'the harness does not see a loss').toBeGreaterThan(0);
  });
});

function skipWhereNoImages(promise: string): void {
  if (without === null) return;
  keepSkipped(promise, without);
  test.skip(true, without);
}

/** The built relay with one setting changed, in a folder of its own. */
function carelessRelay(): string {
  const root = resolve('.cache/faults/careless');
  rmSync(root, { recursive: true, force: true });
  mkdirSync(join(root, 'dist-relay'), { recursive: true });
  symlinkSync(resolve('dist'), join(root, 'dist'));
  const careful = readFileSync('dist-relay/main.js', 'utf8');
  const careless = careful.replace('synchronous = FULL', 'synchronous = OFF');
  expect(careless, 'there is nothing to turn off').not.toBe(careful);
  writeFileSync(join(root, 'dist-relay/main.js'), careless);
  return root;
}

// Fixtures of every story: its own relay process and a till in a browser, both removed at the end.
import { expect, test as base, type Browser, type Page } from '@playwright/test';
import type { Operator } from '$lib/contract/policy';
import { v7 as uuidv7 } from 'uuid';
import { verifierOf, type FixturePin } from './pin-verifiers';
import { PREPARED_RELAY } from './prepared-disk';
import { RelayProcess } from './relay-process';
import { ShopOfFile, type OpenShop } from './shop-of-file';
import { policyRow } from './till-disk';
import { OWNER, TillPage, type ScreensFrom } from './till-page';
import { TillClient } from './till-client';

type Fixtures = {
  /** Additional environment of the relay; `test.use({ relayEnv })`. */
  relayEnv: Record<string, string>;
  /**
   * `shared`: the stories of the file use one relay, one page and one till, which is at an empty receipt when a story begins.
   * `prepared`: a shop of its own with demo goods and one enrolled till, for `openShop`. `none`: for `firstRun`.
   * `test.use({ shop })`.
   */
  shop: 'shared' | 'prepared' | 'none';
  /** The file's shop; null unless it is shared. */
  opened: OpenShop | null;
  relay: RelayProcess;
  till: TillPage;
  /**
   * A second till of the shop, as by `secondTill`. In a shared shop it is shared, too; in a prepared one `till` is opened before
   * it, by `openShop`.
   */
  second: TillPage;
};

export const test = base.extend<Fixtures, { shopOfFile: ShopOfFile }>({
  relayEnv: [{}, { option: true }],
  shop: ['prepared', { option: true }],
  serviceWorkers: async ({ serviceWorkers }, use, { tags }) => {
    await use(tags.includes('@service-worker') ? 'allow' : serviceWorkers);
  },
  shopOfFile: [
    async ({ browser }, use) => {
      const shop = new ShopOfFile(browser);
      await use(shop);
      await shop.close();
    },
    { scope: 'worker' },
  ],
  opened: async ({ shop, shopOfFile, viewport, serviceWorkers }, use, { file }) => {
    const screens = screensFrom(serviceWorkers);
    await use(shop === 'shared' ? await shopOfFile.of(file, viewport, screens) : null);
  },
  context: async ({ opened, browser }, use) => {
    if (opened !== null) return use(opened.context);
    const context = await browser.newContext();
    await use(context);
    await context.close();
  },
  page: async ({ opened, context }, use) => use(opened?.page ?? (await context.newPage())),
  relay: async ({ opened, relayEnv, shop }, use) => {
    if (opened !== null) return use(opened.relay);
    const relay = new RelayProcess(relayEnv);
    if (shop === 'prepared') relay.copyData(PREPARED_RELAY);
    await relay.start();
    await use(relay);
    await relay.dispose();
  },
  till: async ({ opened, page, relay, serviceWorkers }, use) => {
    await use(opened?.till ?? new TillPage(page, () => relay.url, screensFrom(serviceWorkers)));
  },
  second: async ({ opened, shopOfFile, till, relay, browser }, use, story) => {
    story.setTimeout(120_000);
    if (opened !== null)
      return use(await shopOfFile.second(relay, () => secondTill(browser, relay)));
    await till.openShop();
    const second = await secondTill(browser, relay);
    await use(second);
    await second.page.context().close();
  },
});

const screensFrom = (serviceWorkers: 'allow' | 'block'): ScreensFrom =>
  serviceWorkers === 'block' ? 'relay' : 'device';

export { expect };

const tokenIn = (printed: string): string => {
  const token = /\b([0-9A-HJKMNP-TV-Z]{10})\b/.exec(printed)?.[1];
  if (token === undefined) throw new Error('the relay printed no token');
  return token;
};

/** A code that connects one till, made at the relay's own machine. */
export const connectionCode = async (relay: RelayProcess): Promise<string> =>
  tokenIn(await relay.word('enrol'));

/** Waits until the relay has all entries of the till, so that entries of others come later in the order. */
export async function expectSent(till: TillPage): Promise<void> {
  await till.goTo('settings/tills');
  await expect(till.page.getByText(/^This till: has sent and received/)).toBeVisible({
    timeout: 40_000,
  });
}

/** A second till in a browser of its own, the owner signed in; close its context at the end. */
export async function secondTill(browser: Browser, relay: RelayProcess): Promise<TillPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const other = new TillPage(await context.newPage(), () => relay.url);
  await other.connect(await connectionCode(relay));
  return other;
}

/** The owner at another till of the same shop: enrolled by a token, signed in, elevated. */
export async function ownersOtherTill(relay: RelayProcess): Promise<TillClient> {
  const client = await TillClient.make(relay.url);
  await client.enrol(await connectionCode(relay));
  await comeAsOwner(client);
  return client;
}

/** Signs that till and the owner in; needed again after a restart of the relay. */
export async function comeAsOwner(client: TillClient): Promise<void> {
  await client.signIn();
  const policy = await client.policy();
  const owner = policy.operators.find(({ name }) => name === OWNER.name);
  const reply = await client.elevate({ operatorId: owner?.id ?? '', pin: OWNER.pin });
  if (reply.json.kind !== 'elevated') throw new Error(`not elevated: ${reply.json.kind}`);
}

/** Changes the policy at that other till; resolves with the new version. */
export async function changePolicy(
  client: TillClient,
  change: Parameters<typeof TillClient.ready>[2] & object,
): Promise<number> {
  const before = await client.policy();
  const reply = await client.putPolicy(before.version, change(structuredClone(before)));
  if (reply.json.kind !== 'policy') throw new Error(`policy: ${JSON.stringify(reply.json)}`);
  return before.version + 1;
}

/** An operator for `changePolicy`. */
export function newOperator(name: string, group: string, pin: FixturePin): Operator {
  return {
    id: uuidv7(),
    name,
    group,
    pin: verifierOf(pin),
    phone: null,
    taxNumber: null,
    active: true,
  };
}

/** The number of the shop's owner, once they have one. */
export const OWNERS_NUMBER = '+447700900123';

/** Gives the owner a number, to which the first real service sends its first code; resolves with the policy's version. */
export async function giveOwnerPhone(client: TillClient): Promise<number> {
  const { version, operators } = await client.policy();
  const isOwner = ({ group }: Operator): boolean => group === 'owner';
  if (operators.some((one) => isOwner(one) && one.phone !== null)) return version;
  return changePolicy(client, (policy) => ({
    ...policy,
    operators: policy.operators.map((one) =>
      isOwner(one) ? { ...one, phone: OWNERS_NUMBER } : one,
    ),
  }));
}

/** Makes tokens at the relay's own machine, which consent to changes. */
export const tokensOf = (relay: RelayProcess) => async (): Promise<string> =>
  tokenIn(await relay.word('elevate'));

/**
 * Ends the demo: from now on the shop's codes go through this service. The owner answers its first code, tokens consent to
 * later changes. Resolves with the policy's version.
 */
export async function chooseService(
  client: TillClient,
  relay: RelayProcess,
  service: {
    readonly id: string;
    readonly url: string;
    readonly fields: object;
    last(): { readonly code: string };
    forget(): void;
  },
): Promise<number> {
  const version = await giveOwnerPhone(client);
  const { json } = await client.call('GET', '/provider');
  client.codes = () => service.last().code;
  client.tokens = tokensOf(relay);
  const reply = await client.call('PUT', '/provider', {
    id: service.id,
    fields: { ...service.fields, baseUrl: service.url },
    texts: json['texts'],
  });
  if (reply.json.kind !== 'provider') throw new Error(`provider: ${JSON.stringify(reply.json)}`);
  client.codes = null;
  service.forget();
  return version;
}

/** Of shops whose demo is over: the owner at another till, who has chosen the service. */
const CHOSEN = new WeakMap<RelayProcess, TillClient>();

/**
 * Ends the demo of a shared shop, unless an earlier story of the file has done so: these stories come last in their file. The
 * till follows. Resolves with the owner at another till.
 */
export async function withService(
  page: Page,
  relay: RelayProcess,
  service: Parameters<typeof chooseService>[2],
): Promise<TillClient> {
  const known = CHOSEN.get(relay);
  const owner = known ?? (await ownersOtherTill(relay));
  if (known === undefined) await chooseService(owner, relay, service);
  CHOSEN.set(relay, owner);
  service.forget();
  await follow(page, (await owner.policy()).version);
  return owner;
}

/** Makes the till ask for its health now, which it otherwise does at intervals. */
export async function follow(page: Page, version: number) {
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await expect.poll(async () => (await policyRow(page)).version).toBe(version);
}

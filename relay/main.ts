// The entry point: starts the relay or runs `enrol`, `elevate`, `restore`, `withdraw`, `reinstate`.
import { renderUnicodeCompact } from 'uqr';
import type { EnrolmentOffer } from '$lib/contract/till';
import { localOrigin, mayBeLocal } from './http/address';
import { ConfigError, readConfig, type Config } from './config';
import { demoPhonePath } from './messaging/demo/demo-phone';
import { openRelay } from './relay';
import type { Relay } from './context';
import { listen } from './server';
import { declarePutBack } from './tills/restored';
import { makeToken, offerEnrolment } from './tills/tokens';
import { isWithdrawn, reinstate, withdraw } from './http/withdrawal';

const WORDS: Readonly<Record<string, (config: Config) => Promise<void>>> = {
  start,
  enrol: (config) =>
    onThisMachine(config, async (relay) => printEnrolment(await offerEnrolment(relay))),
  elevate: (config) => onThisMachine(config, printElevation),
  restore: (config) => onThisMachine(config, printPutBack),
  withdraw: (config) => onThisMachine(config, withdrawTill),
  reinstate: (config) => onThisMachine(config, reinstateTill),
};

const WITHDRAWN =
  'The till is withdrawn: browsers drop the one they hold at their next visit, records stay, and it starts with this relay alone until you say "npm run reinstate".';

try {
  const word = process.argv[2] ?? 'start';
  const run = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
  if (!run)
    throw new ConfigError(
      `There is no "${word}": say enrol, elevate, restore, withdraw, reinstate, or nothing to start the relay.`,
    );
  await run(readConfig(process.env));
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(`Counterfoil: ${error.message}`);
  process.exitCode = 1;
}

async function start(config: Config): Promise<void> {
  const relay = await openRelay(config);
  const server = await listen(relay).catch((error: unknown) => {
    relay.close();
    throw error;
  });
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    await server.close();
    relay.close();
  };
  process.on('SIGTERM', () => void stop());
  process.on('SIGINT', () => void stop());
  console.log(`Counterfoil is ready on this machine: ${localOrigin(relay)}/`);
  if (config.url !== null) console.log(`For tablets: ${config.url}/`);
  if (await isWithdrawn(relay)) console.log(WITHDRAWN);
  if (relay.provider.isDemo()) printDemoPhones(relay);
  // the person who enrols first in a shop without a policy sets it up, so the address is printed only here
  if (relay.policy() === null) printEnrolment(await offerEnrolment(relay));
}

/** Opens the store of a relay that may be running, which SQLite allows. */
async function onThisMachine(config: Config, act: (relay: Relay) => Promise<void>): Promise<void> {
  const relay = await openRelay(config);
  try {
    await act(relay);
  } finally {
    relay.close();
  }
}

function printEnrolment({ token, link, expiresAt }: EnrolmentOffer): void {
  const until = clock(expiresAt);
  if (link === null) {
    console.log(`Enrolment token for another browser, once, until ${until}: ${token}`);
    return;
  }
  console.log(`Enrolment link for a tablet, once, until ${until}: ${link}`);
  console.log(renderUnicodeCompact(link, { border: 2 }));
  console.log(`Or type the token by hand: ${token}`);
}

function printDemoPhones(relay: Relay): void {
  const { url } = relay.config;
  const here = localOrigin(relay) + demoPhonePath(relay, mayBeLocal(relay.config));
  console.log(`Customers' phones, while no messaging service is chosen: ${here}`);
  if (url !== null) console.log(`The same from elsewhere: ${url}${demoPhonePath(relay, false)}`);
}

async function printElevation(relay: Relay): Promise<void> {
  const { token, expiresAt } = await makeToken(relay, 'elevate');
  console.log(`Token in place of the code, once, until ${clock(expiresAt)}: ${token}`);
}

async function printPutBack(relay: Relay): Promise<void> {
  const untold = await declarePutBack(relay);
  console.log(
    `Not sent, because they may have been sent since this copy was made: ${untold} messages.`,
  );
}

async function withdrawTill(relay: Relay): Promise<void> {
  await withdraw(relay);
  console.log(WITHDRAWN);
}

async function reinstateTill(relay: Relay): Promise<void> {
  await reinstate(relay);
  console.log(
    'Browsers install the till again at their next visit, the one this relay serves now.',
  );
}

function clock(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}

// Installing the till: offered if the browser allows it, explained otherwise, hidden once installed.
import { beforeEach, describe, expect, test } from 'vitest';
import { InstallOffer, type InstallDeps } from '$lib/state/device/install-offer.svelte';

const CHROME =
  'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36';
const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Safari/605.1.15';

let page: EventTarget;
let asApp: EventTarget & { matches: boolean };
/** Number of times the browser's dialogue was shown. */
let asked = 0;

beforeEach(() => {
  page = new EventTarget();
  asApp = Object.assign(new EventTarget(), { matches: false });
  asked = 0;
});

const offerIn = (deps: Partial<InstallDeps> = {}): InstallOffer =>
  new InstallOffer({ page, asApp, userAgent: CHROME, touchPoints: 5, secure: true, ...deps });

/** Lets the browser offer the installation; returns whether its own banner was suppressed. */
function browserOffers(outcome: 'accepted' | 'dismissed'): boolean {
  const event = Object.assign(new Event('beforeinstallprompt', { cancelable: true }), {
    prompt: () => Promise.resolve((asked += 1)),
    userChoice: Promise.resolve({ outcome }),
  });
  page.dispatchEvent(event);
  return event.defaultPrevented;
}

describe('if the browser offers it', () => {
  test('the offer is kept until a person asks for it, and is gone once installed', async () => {
    const offer = offerIn();
    expect(offer.way).toBe('menu');
    expect(browserOffers('accepted')).toBe(true);
    expect([offer.way, asked]).toEqual(['offered', 0]);
    await offer.install();
    expect([offer.way, asked]).toEqual(['installed', 1]);
  });

  test('after a refusal in the browser’s dialogue it waits until the browser offers it again', async () => {
    const offer = offerIn();
    browserOffers('dismissed');
    await offer.install();
    expect(offer.way).toBe('menu');
    await offer.install();
    expect(asked).toBe(1);
    browserOffers('accepted');
    expect(offer.way).toBe('offered');
  });

  test('if the device forbids the dialogue, the manual way is shown', async () => {
    const offer = offerIn();
    const forbidden = Object.assign(new Event('beforeinstallprompt'), {
      prompt: () => Promise.reject(new DOMException('blocked', 'NotAllowedError')),
      userChoice: new Promise(() => undefined),
    });
    page.dispatchEvent(forbidden);
    expect(offer.way).toBe('offered');
    await expect(offer.install()).resolves.toBeUndefined();
    expect(offer.way).toBe('menu');
  });

  test('two taps open one dialogue', async () => {
    const offer = offerIn();
    browserOffers('accepted');
    await Promise.all([offer.install(), offer.install()]);
    expect(asked).toBe(1);
  });

  test('after an install from the browser’s menu it is no longer offered', () => {
    const offer = offerIn();
    browserOffers('accepted');
    page.dispatchEvent(new Event('appinstalled'));
    expect(offer.way).toBe('installed');
  });
});

test('a till that runs as an app is installed, at the start or from then on', () => {
  const later = offerIn();
  asApp.matches = true;
  expect(offerIn().way).toBe('installed');
  asApp.dispatchEvent(new Event('change'));
  expect(later.way).toBe('installed');
});

test.for([
  ['an iPhone', 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)', 5, true, 'share'],
  ['an iPad, which calls itself a Mac', MAC, 5, true, 'share'],
  ['a Mac', MAC, 0, true, 'menu'],
  ['Firefox', 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko Firefox/145.0', 0, true, 'menu'],
  ['an address without https', CHROME, 5, false, 'insecure'],
] as const)('on %s the manual way is shown', ([, userAgent, touchPoints, secure, way]) => {
  expect(offerIn({ userAgent, touchPoints, secure }).way).toBe(way);
});

// The worker that takes the place of a withdrawn till's: it drops the old one's files, signs itself off and loads open pages anew, once.
// Never touches IndexedDB or the file system, where the shop's records are, and never answers for the network.

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(giveWay()));

async function giveWay() {
  const names = await caches.keys();
  await Promise.all(
    names.filter((name) => name.startsWith('workbox-precache')).map((name) => caches.delete(name)),
  );
  await self.registration.unregister();
  // only pages the withdrawn worker had: one that came from the network is as it should be, and would be loaded without end
  const pages = await self.clients.matchAll({ type: 'window' });
  // not awaited: the new page waits for this to end; a page that already loads itself anew refuses
  for (const page of pages) page.navigate(page.url).catch(() => undefined);
}

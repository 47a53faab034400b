// The worker of a withdrawn till: deletes its caches, unregisters, reloads open pages once.
// Never touches IndexedDB or the file system, which hold the shop's records, and never handles `fetch`.

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(giveWay()));

async function giveWay() {
  const names = await caches.keys();
  await Promise.all(
    names.filter((name) => name.startsWith('workbox-precache')).map((name) => caches.delete(name)),
  );
  await self.registration.unregister();
  // only pages of the withdrawn worker: a page from the network is current, and would reload without end
  const pages = await self.clients.matchAll({ type: 'window' });
  // not awaited: the new page waits for this to end; a page that is already reloading refuses
  for (const page of pages) page.navigate(page.url).catch(() => undefined);
}

// The service worker of a shop that has none (SERVICE_WORKER=0): it takes away what an earlier one has kept, and itself.

addEventListener("install", (event) => event.waitUntil(skipWaiting()));
addEventListener("activate", (event) => event.waitUntil((async () => {
  await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
  await registration.unregister();
})()));

// The service worker: style files from the device, pages from the network, the offline page when there is none.
// It keeps no page but the offline one and no answer of an address: nothing private stays behind.
// EDITION, FILES, OFFLINE, USUAL, NAME, ICON and BADGE are written above by the server.
const SHELF = `fourmi-${EDITION}`;

addEventListener("install", (event) => event.waitUntil(keep().then(() => skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(takeOver()));
addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event, url));
  else if (request.method === "GET" && (url.pathname.startsWith("/static/") || url.pathname === "/brand.css")) event.respondWith(file(event, url));
});

/** Everything the offline page needs, or nothing: an edition that cannot be kept whole is tried again later. */
async function keep() {
  const shelf = await caches.open(SHELF);
  await Promise.all(FILES.map(async (address) => {
    const response = await fetch(address, { credentials: "omit", cache: "reload" });
    if (!response.ok || response.redirected) throw new Error(address);
    await shelf.put(address, response);
  }));
}

async function takeOver() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("fourmi-") && name !== SHELF).map((name) => caches.delete(name)));
  await clients.claim();
}

async function page(event, url) {
  try {
    return await fetch(event.request);
  } catch {
    const language = url.pathname.split("/")[1], own = navigator.language.slice(0, 2);
    return (await kept(OFFLINE[language] ?? OFFLINE[own] ?? OFFLINE[USUAL])) ?? Response.error();
  }
}

/** Addresses of files change with their content, so a kept one is never old; the brand's colours are asked for first. */
async function file(event, url) {
  const known = await kept(event.request);
  if (known && url.pathname !== "/brand.css") return known;
  try {
    const response = await fetch(event.request);
    if (response.ok && response.type === "basic") {
      const copy = response.clone();
      event.waitUntil(caches.open(SHELF).then((shelf) => shelf.put(event.request, copy)));
    }
    return response;
  } catch (error) {
    if (known) return known;
    throw error;
  }
}

const kept = (address) => caches.match(address, { cacheName: SHELF, ignoreVary: true });

addEventListener("push", (event) => {
  let told = {};
  try { told = event.data.json(); } catch { /* a message without words */ }
  const shown = { body: told.body ?? "", lang: told.lang, icon: ICON, badge: BADGE, data: { url: told.url ?? "/" } };
  event.waitUntil(registration.showNotification(told.title || NAME, told.tag ? { ...shown, tag: told.tag, renotify: true } : shown));
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  const wanted = new URL(event.notification.data?.url ?? "/", location.origin);
  if (wanted.origin === location.origin) event.waitUntil(open(wanted.href));
});

async function open(wanted) {
  const windows = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = windows.find((one) => one.url.split("#")[0] === wanted.split("#")[0]);
  return there ? there.focus() : clients.openWindow(wanted);
}

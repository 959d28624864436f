// The service worker. `RELEASE` stands before this file when it is sent (shop/offline/views.py): its name, the addresses
// of the offline page by language, and where files and pictures are. Stores, each named by the release:
//   offline   the offline pages
//   files     style, script, fonts
//   seen      catalogue pages that were looked at, the last ones: everybody's ("public") and no others
//   pictures  of these
// Pages come from the network. What is kept is shown only where there is none, and says from when it is; cart, checkout,
// payment, orders, account, API and admin are never kept. Whatever a shopper sends passes by here untouched.

const STORE = Object.fromEntries(["offline", "files", "seen", "pictures"].map((kind) => [kind, `holdfast:${RELEASE.name}:${kind}`]));
const MOST = { files: 150, seen: 40, pictures: 80 };
const CATALOGUE = /^\/(?:[a-z]{2}(?:-[a-z]+)?\/)?(?:$|products\/|categories\/|brands\/)/;
const HASHED = /\.[0-9a-f]{8,}\.\w+$/; // a name that changes with what it names
const ASKED_MS = 1000; // for open pages to say of which release they are
const KEPT_AT = "Holdfast-Kept-At", TITLE = "Holdfast-Title";

// What may be kept at all: whole, of this site, the same for everybody.
function isEverybodys(response) {
  const says = (response.headers.get("Cache-Control") ?? "").toLowerCase().split(",").map((one) => one.trim());
  const varies = (response.headers.get("Vary") ?? "").toLowerCase();
  return response.status === 200 && response.type === "basic" && !response.redirected
    && says.includes("public") && !says.includes("private") && !says.includes("no-store")
    && !varies.includes("cookie") && !varies.includes("*");
}

// Searches say what somebody looked for: they are not kept either.
const isSeen = (url) => CATALOGUE.test(url.pathname) && !url.searchParams.has("q");
const isFile = (url) => url.pathname.startsWith(RELEASE.files);
const isPicture = (url) => url.pathname.startsWith(RELEASE.pictures);

async function put(kind, address, response) {
  const store = await caches.open(STORE[kind]);
  await store.delete(address); // so that it goes to the end: what was looked at last stays longest
  await store.put(address, response);
  const all = await store.keys();
  await Promise.all(all.slice(0, Math.max(0, all.length - MOST[kind])).map((old) => store.delete(old)));
}

// --- Beginning and end

// The files that a page names. Font files are asked for as the style sheet asks for them: by another site's rules.
async function keepFilesOf(html) {
  const store = await caches.open(STORE.files);
  const names = new Set([...html.matchAll(/\s(?:href|src)="([^"]+)"/g)].map((found) => found[1]).filter((one) => one.startsWith(RELEASE.files)));
  await Promise.all([...names].map(async (name) => {
    if (!(await store.match(name))) await store.add(new Request(name, { cache: "no-cache", credentials: "omit" }));
  }));
}

async function prepare() {
  const store = await caches.open(STORE.offline);
  await Promise.all(RELEASE.offline.map(async (address) => {
    const page = await fetch(address, { cache: "reload", credentials: "omit" });
    if (!isEverybodys(page)) throw new TypeError(`${address}: ${page.status}`);
    await keepFilesOf(await page.clone().text());
    await store.put(address, page);
  }));
}

// Whether no open page says that it is of another release: then nothing needs what the worker before has kept. Who does
// not answer (an old tab that sleeps, a picture, the admin) holds nothing up.
async function isAwaited() {
  const pages = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const answers = await Promise.all(pages.map((page) => new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    setTimeout(resolve, ASKED_MS, RELEASE.name);
    page.postMessage("release?", [port2]);
  })));
  return answers.every((answer) => answer === RELEASE.name);
}

async function tidy() {
  const own = Object.values(STORE);
  await Promise.all((await caches.keys()).filter((name) => !own.includes(name)).map((name) => caches.delete(name)));
  await registration.navigationPreload?.enable();
  await clients.claim();
}

// --- Pages, files, pictures

async function keepSeen(address, response) {
  const html = await response.text(), headers = new Headers(response.headers);
  headers.delete("Content-Encoding"); // of the text, no more of its packing
  headers.delete("Content-Length");
  headers.set(KEPT_AT, new Date().toISOString());
  headers.set(TITLE, encodeURIComponent(html.match(/<title>([^<]*)<\/title>/)?.[1] ?? ""));
  await keepFilesOf(html);
  await put("seen", address, new Response(html, { headers }));
}

async function offlinePage(path) {
  const store = await caches.open(STORE.offline);
  const near = RELEASE.offline.find((one) => path.startsWith(one.replace(/offline\/$/, ""))) ?? RELEASE.offline.at(-1);
  return (await store.match(near)) ?? Response.error();
}

// A page as it was: it says so on top, and is marked, so that style and script take back what may not be true any more.
async function asSeen(kept, path) {
  const html = await kept.text(), at = kept.headers.get(KEPT_AT);
  const language = html.match(/<html lang="([\w-]+)"/)?.[1] ?? "en";
  const note = (await (await offlinePage(path)).text()).match(/<template data-seen-note>([^]*?)<\/template>/)?.[1] ?? "";
  const when = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(at));
  const marked = html
    .replace(/<html(?=\s)/, () => `<html data-seen="${at}"`)
    .replace(/<body[^>]*>/, (body) => body + note.replaceAll("{when}", () => when));
  return new Response(marked, { headers: kept.headers });
}

async function page(event, url) {
  let response;
  try {
    response = (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    const kept = isSeen(url) && (await (await caches.open(STORE.seen)).match(url.href));
    return kept ? asSeen(kept, url.pathname) : offlinePage(url.pathname);
  }
  if (isSeen(url) && isEverybodys(response)) event.waitUntil(keepSeen(url.href, response.clone()).catch(() => {}));
  return response;
}

// Named by what is in it: from the store. By any other name: from the network, and from the store where there is none.
async function file(event, url) {
  const kept = await (await caches.open(STORE.files)).match(url.href);
  if (kept && HASHED.test(url.pathname)) return kept;
  try {
    const response = await fetch(event.request);
    if (response.status === 200 && response.type === "basic") event.waitUntil(put("files", url.href, response.clone()).catch(() => {}));
    return response;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

async function picture(event, url) {
  try {
    const response = await fetch(event.request);
    if (isEverybodys(response)) event.waitUntil(put("pictures", url.href, response.clone()).catch(() => {}));
    return response;
  } catch (error) {
    const kept = await (await caches.open(STORE.pictures)).match(url.href);
    if (kept) return kept;
    throw error;
  }
}

addEventListener("install", (event) => event.waitUntil(prepare().then(async () => {
  if (!registration.active || (await isAwaited())) await skipWaiting();
})));
addEventListener("activate", (event) => event.waitUntil(tidy()));
addEventListener("message", (event) => {
  if (event.data === "take over") event.waitUntil(isAwaited().then((is) => (is ? skipWaiting() : undefined)));
  // The page that was open before there was a worker: what it shows is asked for once more, and kept.
  if (event.data === "keep me") {
    const url = new URL(event.source.url);
    if (isSeen(url)) event.waitUntil(fetch(url).then((answer) => (isEverybodys(answer) ? keepSeen(url.href, answer) : undefined)).catch(() => {}));
  }
});
addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event, url));
  else if (isFile(url)) event.respondWith(file(event, url));
  else if (isPicture(url) && request.destination === "image") event.respondWith(picture(event, url));
});

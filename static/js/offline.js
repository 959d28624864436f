// The service worker's side in a page: it is started, told when a newer one may take over, and what a page that was kept
// says of now is taken back.

const AGAIN_MS = 5000;
const release = document.querySelector("meta[name=release]")?.content;
const root = document.documentElement;

async function start() {
  const workers = navigator.serviceWorker;
  workers.addEventListener("message", ({ data, ports }) => { if (data === "release?") ports[0].postMessage(release); });
  const registration = await workers.register("/sw.js", { updateViaCache: "none" });
  const ready = (worker) => {
    if (!worker) return;
    const tell = () => {
      if (worker.state === "installed") worker.postMessage("take over");
      if (worker.state === "activated" && !hadOne) worker.postMessage("keep me");
    };
    worker.addEventListener("statechange", tell);
    tell();
  };
  const hadOne = Boolean(workers.controller);
  registration.addEventListener("updatefound", () => ready(registration.installing));
  ready(registration.waiting ?? registration.installing);
}

// Not now, and not for sale: there is nobody to ask.
function takeBack(note) {
  for (const form of document.querySelectorAll("form[method=post]")) {
    for (const field of form.querySelectorAll("button, input, select, textarea")) field.disabled = true;
  }
  for (const stock of document.querySelectorAll("[data-testid=stock-status], .card__out")) {
    stock.textContent = note.dataset.stock;
    stock.className = "status";
  }
  for (const price of document.querySelectorAll(".price")) {
    const label = document.createElement("span");
    label.className = "seen-price";
    label.textContent = note.dataset.price;
    price.prepend(label);
  }
}

async function listSeen(list) {
  for (const name of (await caches.keys()).filter((one) => one.endsWith(":seen"))) {
    const store = await caches.open(name);
    for (const request of (await store.keys()).reverse()) {
      const kept = await store.match(request), link = document.createElement("a"), row = document.createElement("li");
      const title = new DOMParser().parseFromString(decodeURIComponent(kept.headers.get("Holdfast-Title") ?? ""), "text/html");
      link.href = request.url;
      link.textContent = title.body.textContent || new URL(request.url).pathname;
      row.append(link);
      list.append(row);
    }
  }
  list.closest("[hidden]")?.toggleAttribute("hidden", !list.children.length);
}

const note = document.querySelector("[data-note-seen]"), list = document.querySelector("[data-seen-pages]");
if (root.dataset.seen && note) takeBack(note);
if (list && "caches" in window) listSeen(list);
// There is a network again, and the shop answers: what is true now, at the same address.
async function again() {
  try { await fetch(location.href, { method: "HEAD", cache: "no-store" }); } catch { return; }
  location.reload();
}
if (root.dataset.seen || list) {
  addEventListener("online", again);
  setInterval(() => { if (navigator.onLine && !document.hidden) again(); }, AGAIN_MS); // it was the shop that did not answer
}
if (release && "serviceWorker" in navigator) {
  const whenIdle = window.requestIdleCallback ?? setTimeout;
  const begin = () => whenIdle(() => start().catch(() => {})); // storage is off: the shop works as before
  if (document.readyState === "complete") begin();
  else addEventListener("load", begin, { once: true });
}

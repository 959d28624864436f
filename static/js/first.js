// Fetched before anything is drawn: a page's first frame is told only once, and does not wait for deferred scripts. First,
// which picture stays when pages change over: from a list to a product and back it is the same one while that takes.
{
  const PRODUCT = ".gallery .picture";
  const path = (url) => { try { return new URL(url, location.href).pathname; } catch { return ""; } };
  const cardOf = (url) => [...document.querySelectorAll(".card__link")].find((link) => path(link.href) === path(url))?.closest(".card").querySelector(".picture");

  function same(element, transition) {
    if (!element || !transition) return;
    element.classList.add("is-same");
    transition.finished.finally(() => element.classList.remove("is-same")).catch(() => {});
  }

  addEventListener("pageswap", (event) => {
    const to = event.activation?.entry?.url;
    if (to) same(cardOf(to) ?? (event.activation.navigationType === "traverse" ? document.querySelector(PRODUCT) : null), event.viewTransition);
  });
  addEventListener("pagereveal", (event) => {
    const from = globalThis.navigation?.activation?.from?.url;
    if (from) same(document.querySelector(PRODUCT) ?? cardOf(from), event.viewTransition);
  });
  // A browser may leave the change-over out at any time, as when the page was slow to come, and calls that a rejection that
  // nobody took: no fault, the page stands there all the same.
  const LEFT_OUT = ["AbortError", "InvalidStateError", "TimeoutError"];
  addEventListener("unhandledrejection", (event) => {
    if (LEFT_OUT.includes(event.reason?.name) && /transition/i.test(event.reason.message)) event.preventDefault();
  });
}

// As soon as the page has been read: what on it is the visitor's own. Then the scripts that make it better are fetched and
// started, behind what it shows.

// Pages are the same for everybody: what is in this visitor's cart, and their name, are in cookies.
function cookie(name) {
  const found = document.cookie.split("; ").find((one) => one.startsWith(`${name}=`));
  try { return found ? decodeURIComponent(found.slice(name.length + 1)) : ""; } catch { return ""; } // nobody here wrote that
}
if (!cookie("js")) document.cookie = `js=1; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
function personalise() {
  const badge = document.getElementById("cart-count"), customer = cookie("customer");
  if (badge) badge.textContent = badge.dataset.count = cookie("cart_count") || "0";
  for (const label of document.querySelectorAll("[data-customer]")) {
    if (customer && customer !== "1") label.textContent = customer;
  }
}
// A page that comes back from the browser's memory was written for an earlier cart.
addEventListener("pageshow", (event) => { if (event.persisted) personalise(); });

// In their order, after what can be seen is drawn: a page that nobody looks at yet is not drawn, and need not wait.
const MOST_MS = 500; // for the picture that the page begins with, once the rest stands there
function start() {
  for (const link of document.querySelectorAll("link[rel=later]")) link.rel = link.dataset.rel; // by which the shop is installed
  for (const link of document.querySelectorAll("link[rel=seen]")) new Image().src = link.href; // a note that the page was seen
  for (const link of document.querySelectorAll("link[rel=script]")) {
    const script = document.createElement("script");
    script.async = false;
    script.type = link.type;
    if (!link.type) script.onload = () => document.dispatchEvent(new Event("DOMContentLoaded")); // what htmx waits for has been
    script.src = link.href;
    document.head.append(script);
  }
}
// Resolves when the browser says that a frame of this kind has been shown, or has shown none in this time.
function shown(type, is = () => true) {
  return new Promise((done) => {
    setTimeout(done, MOST_MS);
    try {
      new PerformanceObserver((list) => { if (list.getEntries().some(is)) done(); }).observe({ type, buffered: true });
    } catch { done(); } // it does not tell
  });
}
async function afterDrawing() {
  await shown("paint", (entry) => entry.name === "first-contentful-paint");
  const picture = document.querySelector("img[fetchpriority=high]");
  if (picture) await shown("largest-contentful-paint", (entry) => entry.element === picture);
  start();
}

document.addEventListener("DOMContentLoaded", () => {
  personalise();
  if (document.hidden) start();
  else afterDrawing();
}, { once: true });

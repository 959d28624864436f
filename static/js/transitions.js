// Which picture stays when pages change over: from a list to a product and back it is the same one for as long as that
// takes. Fetched before anything is drawn: a page's first frame does not wait for deferred scripts, and is told only once.

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

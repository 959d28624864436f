// Filters: what was chosen keeps the keyboard, each facet stays as the shopper left it, and on phones the sheet stays open
// while several are chosen. How many products there are now is said to whoever listens, in a place that was there before:
// one that comes with the answer would not be heard.

let wasOpen = false;
let folded = new Map();
let focused = "";

const BESIDE = { "load-more": "#pages [aria-current]", "load-before": "#product-grid a" };
const sheet = () => document.getElementById("filters");
const isSheet = () => matchMedia("(width < 64rem)").matches;

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target } = event.detail;
  focused = target?.closest("#results") && document.activeElement?.closest("#results") ? document.activeElement.id || "results-title" : "";
  if (target?.id !== "results") return;
  wasOpen = Boolean(sheet()?.matches(":popover-open"));
  folded = new Map([...document.querySelectorAll("details.facet")].map((facet) => [facet.dataset.facet, facet.open]));
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "results") {
    document.getElementById("told").textContent = document.querySelector("[data-testid=result-count]")?.textContent.trim() ?? "";
  }
  for (const facet of document.querySelectorAll("details.facet")) {
    if (folded.has(facet.dataset.facet)) facet.open = folded.get(facet.dataset.facet);
  }
  if (wasOpen && isSheet()) sheet()?.showPopover();
  wasOpen = false;
  if (!focused) return;
  // What was taken away by it has no place any more: then it goes on beside it, or from the title of the results.
  const place = document.getElementById(focused) ?? document.querySelector(BESIDE[focused] ?? "#results-title");
  place?.focus({ preventScroll: true });
  focused = "";
});

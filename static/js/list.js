// Filters on phones: the sheet stays open while several are chosen, and each facet stays as the shopper left it.

let wasOpen = false;
let folded = new Map();

const sheet = () => document.getElementById("filters");
const isSheet = () => matchMedia("(width < 64rem)").matches;

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id !== "results") return;
  wasOpen = Boolean(sheet()?.matches(":popover-open"));
  folded = new Map([...document.querySelectorAll("details.facet")].map((facet) => [facet.dataset.facet, facet.open]));
});

document.addEventListener("htmx:afterSwap", () => {
  for (const facet of document.querySelectorAll("details.facet")) {
    if (folded.has(facet.dataset.facet)) facet.open = folded.get(facet.dataset.facet);
  }
  if (wasOpen && isSheet()) sheet()?.showPopover();
  wasOpen = false;
});

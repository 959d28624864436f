// An open product page or cart asks now and then whether its price and stock are still true; what has changed is shown
// and said. Hidden pages ask nothing; a server that is busy is asked less and less often, as it says.

const LONGEST = 600_000; // ms
const SAID_MS = 12_000;
const seen = document.documentElement.dataset.seen; // when the page was kept, where it is one that was
let timer, pause = 0, looked = seen ? Date.parse(seen) : Date.now(), isStale = false;

const place = () => document.querySelector("[data-live-url]");
const words = (name, values = {}) => Object.entries(values).reduce(
  (text, [key, value]) => text.replace(`{${key}}`, value), document.getElementById("live-said")?.dataset[name] ?? "",
);
const isToday = (moment) => new Date(moment).toDateString() === new Date().toDateString();
const clock = (moment) => new Date(moment).toLocaleString(
  document.documentElement.lang || undefined, { dateStyle: seen || !isToday(moment) ? "medium" : undefined, timeStyle: "short" },
);

function say(text, isVisible = true) {
  const region = document.getElementById("live-said"), note = document.querySelector("[data-live-note]");
  if (region) {
    region.textContent = text;
    setTimeout(() => { if (region.textContent === text) region.textContent = ""; }, SAID_MS); // not to be read once more later
  }
  if (note) {
    note.textContent = text;
    note.hidden = !(text && isVisible);
  }
}

function plan(wait) {
  clearTimeout(timer);
  if (place()) timer = setTimeout(look, wait * (0.75 + Math.random() / 2)); // not all open pages at once
}

const every = () => Number(place()?.dataset.liveEvery) * 1000;

// What is on the page cannot be known to be true: it is said, and price and stock are greyed.
function doubt(why = "offline") {
  const shown = place();
  if (!shown || isStale) return;
  isStale = true;
  document.documentElement.dataset.stale = "";
  say(words(why, { time: clock(looked) }));
}

function trust() {
  if (!isStale) return;
  isStale = false;
  delete document.documentElement.dataset.stale;
  say(words("online"), false);
}

async function look() {
  const shown = place(), url = shown?.dataset.liveUrl;
  if (!shown || document.hidden) return;
  let answer;
  try {
    answer = await fetch(url, { cache: "no-cache", headers: { Accept: "application/json" } });
    if (answer.ok) await take(url, await answer.json());
  } catch {
    doubt();
  }
  if (answer?.ok) { pause = every(); looked = Date.now(); trust(); }
  else if (answer?.status === 404 || answer?.status === 410) { doubt("gone"); return; } // nothing to ask for any more
  else pause = Math.max(Number(answer?.headers.get("Retry-After")) * 1000 || 0, Math.min((pause || every()) * 2, LONGEST));
  plan(pause);
}

// The part of the page is asked for anew where the facts are other ones; it brings the new ones with it.
async function take(url, facts) {
  const shown = place();
  if (shown?.dataset.liveUrl !== url) return; // another variant was chosen meanwhile
  const before = JSON.parse(shown.dataset.liveFacts);
  if (Object.keys(facts).every((key) => facts[key] === before[key])) return;
  if (shown.matches(":has(input:focus, textarea:focus, select:focus):not(#buy)")) return; // somebody is typing: next time
  const typed = shown.querySelector("#quantity")?.value, old = summary();
  await htmx.ajax("GET", shown.dataset.liveFrom, { target: `#${shown.id}`, select: `#${shown.id}`, swap: "outerHTML" });
  const quantity = document.getElementById("quantity");
  if (quantity && typed) quantity.value = Math.min(Number(typed), Number(quantity.max) || Infinity);
  tell(before, facts, old);
}

function tell(before, facts, old) {
  const said = [], now = summary();
  if ("price" in facts && facts.price !== before.price) said.push(words("price", { before: before.price, now: facts.price }));
  if ("stock" in facts && facts.stock !== before.stock) said.push(`${facts.stock}.`);
  said.push(...now.notices.filter((text) => !old.notices.includes(text)));
  if (now.total !== old.total) said.push(words("total", { before: old.total, now: now.total }));
  if (said.length) say(said.join(" "));
}

// Of the cart: what its lines say, and the total.
function summary() {
  const texts = [...document.querySelectorAll("#cart :is(.line__notice, .notice p)")].map((one) => one.textContent.trim());
  return { notices: texts, total: document.querySelector("[data-testid=cart-total]")?.textContent.trim() ?? "" };
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) clearTimeout(timer);
  else if (Date.now() - looked > every()) look();
  else plan(every());
});
addEventListener("pageshow", (event) => { if (event.persisted) look(); });
addEventListener("offline", () => doubt());
addEventListener("online", look);
document.addEventListener("htmx:afterSettle", (event) => {
  if (!event.detail.elt?.matches?.("#product, #cart")) return;
  if (event.detail.elt.id === "product") say(document.querySelector("[data-testid=stock-status]")?.textContent.trim() ?? "", false);
  pause = 0;
  plan(every());
});

pause = every();
if (navigator.onLine === false) doubt();
plan(pause);

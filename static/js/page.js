// What every page has: notices that can be closed, steppers, search suggestions by keyboard, the last searches (which
// stay in this browser), questions before an irreversible step.

const TOAST_MS = 8000;

function stepper(root) {
  const input = root.querySelector("input");
  if (!input || root.querySelector("button")) return;
  const words = { "-1": root.dataset.less || "−", 1: root.dataset.more || "+" };
  const limit = (value) => Math.min(Math.max(value, Number(input.min) || 1), Number(input.max) || Infinity);
  const refresh = () => {
    for (const button of root.querySelectorAll("button")) {
      const next = Number(input.value) + Number(button.value);
      button.disabled = limit(next) !== next;
    }
  };
  for (const by of [-1, 1]) {
    const button = document.createElement("button");
    button.type = "button";
    button.value = by;
    if (input.id) button.id = `${input.id}-${by < 0 ? "less" : "more"}`;
    button.textContent = by < 0 ? "−" : "+";
    button.setAttribute("aria-label", `${words[by]} ${input.labels[0]?.textContent ?? ""}`.trim());
    button.addEventListener("click", () => {
      input.value = limit((Number(input.value) || 0) + by);
      input.dispatchEvent(new Event("change", { bubbles: true }));
      refresh();
    });
    if (by < 0) root.prepend(button);
    else root.append(button);
  }
  input.addEventListener("input", refresh);
  refresh();
}

let byKeyboard = false;
document.addEventListener("keydown", () => { byKeyboard = true; }, true);
document.addEventListener("pointerdown", () => { byKeyboard = false; }, true);

// By keyboard, a notice is in reach at once and waits; what it was about has the keyboard again when it is closed.
function attend(root) {
  const opener = document.activeElement;
  if (!root.isConnected || !byKeyboard || !opener || opener === document.body) return false;
  root.addEventListener("dismiss", () => { if (root.contains(document.activeElement)) opener.focus({ preventScroll: true }); });
  root.querySelector("[data-dismiss]")?.focus({ preventScroll: true });
  return true;
}

function toast(root) {
  const sheet = document.querySelector("dialog:modal");
  if (sheet) sheet.addEventListener("close", () => { if (attend(root)) stay(); }, { once: true });
  else if (attend(root)) return;
  let timer = setTimeout(() => dismiss(root), TOAST_MS);
  const stay = () => clearTimeout(timer);
  root.addEventListener("pointerenter", stay);
  root.addEventListener("focusin", stay);
  root.addEventListener("pointerleave", () => { timer = setTimeout(() => dismiss(root), TOAST_MS); });
}

function dismiss(root) {
  root?.dispatchEvent(new Event("dismiss"));
  root?.remove();
}

const RECENT = "searches", MOST_RECENT = 5;

function recent() {
  try { return JSON.parse(localStorage.getItem(RECENT) ?? "[]").filter((text) => typeof text === "string"); }
  catch { return []; } // storage is off, or somebody else's
}

function remember(text) {
  if (!text.trim()) return;
  const texts = [text.trim(), ...recent().filter((one) => one !== text.trim())].slice(0, MOST_RECENT);
  try { localStorage.setItem(RECENT, JSON.stringify(texts)); } catch { /* storage is off: nothing is remembered */ }
}

function recentSearches(form) {
  const group = form.querySelector("[data-recent-searches]").content.firstElementChild.cloneNode(true);
  const row = group.querySelector("[role=option]");
  row.replaceWith(...recent().map((text, at) => {
    const option = row.cloneNode(true);
    option.id = `s-r${at + 1}`;
    option.href = `${form.action}?${new URLSearchParams({ q: text })}`;
    option.querySelector("span").textContent = text;
    return option;
  }));
  return group;
}

function combobox(input) {
  const list = document.getElementById(input.getAttribute("aria-controls"));
  const options = () => [...list.querySelectorAll("[role=option]")];
  const active = () => options().find((option) => option.ariaSelected === "true");
  const choose = (option) => {
    active()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  };
  const say = (words) => { input.form.querySelector("[role=status]").textContent = words; };
  const close = () => { list.replaceChildren(); choose(null); say(""); input.ariaExpanded = "false"; };
  list.addEventListener("htmx:afterSwap", () => {
    if (document.activeElement !== input) { close(); return; } // left before they came
    input.ariaExpanded = String(options().length > 0);
  });
  const offerRecent = () => {
    if (input.value.trim() || options().length || !recent().length) return;
    list.replaceChildren(recentSearches(input.form));
    say(`${list.firstElementChild.ariaLabel}: ${options().length}`);
    input.ariaExpanded = "true";
  };
  input.addEventListener("focus", offerRecent);
  input.addEventListener("input", () => { if (!input.value.trim()) { close(); offerRecent(); } });
  input.form.addEventListener("submit", () => remember(input.value));
  input.addEventListener("keydown", (event) => {
    const all = options();
    if (event.key === "Escape" && all.length) { event.preventDefault(); close(); return; }
    if (event.key === "Enter" && active()) { event.preventDefault(); active().click(); return; }
    if (!["ArrowDown", "ArrowUp"].includes(event.key)) return;
    event.preventDefault();
    if (!all.length) { // closed: open it again
      if (input.value.trim()) input.dispatchEvent(new Event("offer"));
      else offerRecent();
      return;
    }
    // Round about: options, then the field itself, from where it goes on at the other end.
    const ring = [null, ...all];
    choose(ring.at((ring.indexOf(active() ?? null) + (event.key === "ArrowDown" ? 1 : -1)) % ring.length));
  });
  // Pressing an option leaves the keyboard in the field, so that leaving the field is always leaving the list.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  input.addEventListener("blur", close);
}

function prepare(root) {
  for (const element of root.querySelectorAll("[data-stepper]")) stepper(element);
  for (const element of root.querySelectorAll("[data-toast]")) toast(element);
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-dismiss]")) dismiss(event.target.closest("[data-toast]"));
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") dismiss(document.querySelector("[data-toast]"));
});
document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-submit-on-change]");
  if (form) form.requestSubmit();
});
document.addEventListener("htmx:load", (event) => prepare(event.detail.elt.parentElement ?? document));
// A refusal by the server (422, 409 …) is a page with words in it: show it like any other answer.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status >= 400 && xhr.status < 500 && xhr.status !== 404) event.detail.shouldSwap = true;
});
// What had the keyboard may be another element of the same name now, one that is made afterwards, or none.
let focused = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target } = event.detail;
  if (target.contains(document.activeElement)) focused = { id: document.activeElement.id, within: target.id };
});
document.addEventListener("htmx:afterSettle", () => {
  if (!focused || document.activeElement !== document.body) return;
  const heading = document.querySelector(`#${focused.within || "none"} [tabindex="-1"][id]`);
  const again = document.getElementById(focused.id);
  again?.focus({ preventScroll: true });
  if (document.activeElement === document.body) again?.closest("details:not([open])")?.querySelector("summary").focus({ preventScroll: true });
  if (document.activeElement === document.body) heading?.focus({ preventScroll: true });
  focused = null;
});
// A number that was changed while the answer to the last one was on its way is sent as well, by the field that came with it.
const unsent = new Map();
document.addEventListener("change", ({ target }) => {
  if (target.id && target.closest("form")?.getAttribute("hx-trigger")?.startsWith("change")) unsent.set(target.id, target.value);
});
document.addEventListener("htmx:configRequest", ({ target }) => {
  for (const field of target.elements ?? []) unsent.delete(field.id);
});
document.addEventListener("htmx:afterSettle", () => { // htmx listens to it by now
  for (const [id, value] of unsent) {
    const field = document.getElementById(id);
    if (!field || field.value === value) continue;
    field.value = value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
});
// --- Without a network a page stays as it is, and says so: the browser's own page would take it away.

const isOff = () => navigator.onLine === false;

function tell(name) {
  const place = document.getElementById("toasts"), within = document.querySelector("dialog:modal [data-quick-problem]");
  const box = document.createElement("div"), text = document.createElement("p"), close = document.createElement("button");
  text.textContent = place.dataset[name];
  if (within) { within.textContent = text.textContent; return; } // a sheet lies over everything else
  box.className = "toast";
  box.setAttribute("role", "alert");
  box.dataset.toast = box.dataset.testid = "connection-error";
  text.className = "status status--bad";
  close.className = "button";
  close.type = "button";
  close.dataset.dismiss = "";
  close.textContent = place.dataset.close;
  box.append(text, close);
  place.replaceChildren(box);
  toast(box);
}

// What was chosen is not true: the page shows again what it was drawn with. What was typed stays.
function takeBack(elt, field) {
  if (field.matches("[type=radio], [type=checkbox]")) {
    for (const one of elt.querySelectorAll("input")) if (one.name === field.name) one.checked = one.defaultChecked;
  } else if (field.matches("[type=number]")) {
    field.value = field.defaultValue;
    field.dispatchEvent(new Event("input", { bubbles: true })); // its stepper counts from there
  }
}

// By whom: what a page asks by itself fails without a word.
const pressed = ({ triggeringEvent }) => (["click", "submit", "change"].includes(triggeringEvent?.type) ? triggeringEvent : null);

function failed({ elt, requestConfig }, name) {
  const event = pressed(requestConfig);
  if (!event) return;
  if (event.type === "change") takeBack(elt, event.target);
  tell(name);
}

document.addEventListener("submit", (event) => {
  if (!isOff() || event.target.getAttribute("method")?.toLowerCase() !== "post") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  tell("offline");
}, true);
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!isOff() || !pressed(event.detail.requestConfig)) return;
  event.preventDefault();
  failed(event.detail, "offline");
});
// There seems to be a network. If the shop can be asked for anything, let the browser send a form the plain way, so that
// the shopper sees what is going on.
document.addEventListener("htmx:sendError", async ({ detail }) => {
  try { await fetch(location.href, { method: "HEAD", cache: "no-store" }); } catch { failed(detail, "unreachable"); return; }
  const event = pressed(detail.requestConfig);
  if (!detail.elt.matches("form") || !event) { failed(detail, "unreachable"); return; }
  const { name, value } = event.submitter ?? {}, field = document.createElement("input");
  if (name) detail.elt.append(Object.assign(field, { type: "hidden", name, value }));
  detail.elt.submit();
});

prepare(document);
for (const input of document.querySelectorAll("[role=combobox]")) combobox(input);

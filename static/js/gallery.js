// The pictures of a product: they are swiped, turned by arrow keys, buttons and thumbnails, and opened as large as the
// window, where they are zoomed by click, double tap, pinch, wheel or keys and moved about. Without script they are links.

const CLOSER = 2.5, CLOSEST = 5, NUDGE = 80, TAP_MS = 300, TAP_PX = 24;
const isRtl = () => document.documentElement.dir === "rtl";
const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const within = (value, least, most) => Math.min(Math.max(value, least), most);

// --- A strip of pictures that scrolls from one to the next

function at(strip) {
  const box = strip.getBoundingClientRect(), middle = box.left + box.width / 2;
  const far = [...strip.children].map((one) => {
    const { left, width } = one.getBoundingClientRect();
    return Math.abs(left + width / 2 - middle);
  });
  return far.indexOf(Math.min(...far));
}

function show(strip, place, { isAtOnce = false } = {}) {
  const one = strip.children[within(place, 0, strip.children.length - 1)];
  const offset = one.getBoundingClientRect().left + one.offsetWidth / 2 - strip.getBoundingClientRect().left - strip.clientWidth / 2;
  strip.scrollBy({ left: offset, behavior: isAtOnce || isCalm() ? "instant" : "smooth" });
}

function step(key) {
  if (key === "Home") return -Infinity;
  if (key === "End") return Infinity;
  const by = { ArrowRight: 1, ArrowLeft: -1 }[key] ?? 0;
  return isRtl() ? -by : by;
}

// --- On the page

function gallery(root) {
  if (root.dataset.ready) return;
  root.dataset.ready = "1";
  const strip = root.querySelector(".gallery__strip"), links = [...strip.querySelectorAll("[data-zoom]")];
  const thumbs = [...root.querySelectorAll(".thumb")], turns = [...root.querySelectorAll(".gallery__turn")];
  const turned = (place) => {
    links.forEach((link, n) => { link.tabIndex = n === place ? 0 : -1; });
    thumbs.forEach((thumb, n) => { if (n === place) thumb.setAttribute("aria-current", "true"); else thumb.removeAttribute("aria-current"); });
    for (const button of turns) button.disabled = !links[place + Number(button.value)];
    const label = root.querySelector("[data-at]");
    if (label) label.textContent = place + 1;
  };
  const turn = (place) => { show(strip, place); turned(within(place, 0, links.length - 1)); };
  strip.addEventListener("scroll", () => requestAnimationFrame(() => turned(at(strip))), { passive: true });
  strip.addEventListener("keydown", (event) => {
    const by = step(event.key);
    if (!by || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const next = within(links.indexOf(document.activeElement) + by, 0, links.length - 1);
    turn(next);
    links[next].focus({ preventScroll: true });
  });
  for (const button of turns) button.addEventListener("click", () => turn(at(strip) + Number(button.value)));
  thumbs.forEach((thumb, n) => thumb.addEventListener("click", (event) => { event.preventDefault(); turn(n); }));
  links.forEach((link, n) => link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // in a tab of its own, as asked
    event.preventDefault();
    open(links, n, (last) => { show(strip, last, { isAtOnce: true }); turned(last); links[last].focus({ preventScroll: true }); });
  }));
  turned(0);
}

// --- As large as the window

const dialog = document.getElementById("viewer");
const strip = dialog?.querySelector(".viewer__strip");
let back = () => {}, last = 0;

function open(links, place, leave) {
  strip.replaceChildren(...links.map((link) => {
    const slide = document.createElement("div"), image = document.createElement("img");
    slide.className = "viewer__slide";
    Object.assign(image, { src: link.href, alt: link.querySelector("img").alt, draggable: false });
    for (const side of ["width", "height"]) if (Number(link.dataset[side])) image[side] = link.dataset[side];
    slide.append(image);
    return slide;
  }));
  back = leave;
  dialog.showModal();
  show(strip, place, { isAtOnce: true });
  turnedLarge(place);
  strip.focus();
}

function turnedLarge(place) {
  if (place !== last) reset();
  last = place;
  const count = strip.children.length;
  const text = `${place + 1} / ${count}`, label = dialog.querySelector(".viewer__at");
  if (label.textContent !== text) label.textContent = text;
  for (const button of dialog.querySelectorAll("[data-turn]")) {
    button.hidden = count < 2;
    button.disabled = !strip.children[place + Number(button.dataset.turn)];
  }
}

let scale = 1, x = 0, y = 0;
const image = () => strip.children[last]?.firstElementChild;

function draw() {
  const one = image();
  if (!one) return;
  const { width, height } = strip.getBoundingClientRect();
  const [far, down] = [[one.offsetWidth, width], [one.offsetHeight, height]].map(([own, room]) => Math.max(0, (own * scale - room) / 2));
  x = within(x, -far, far);
  y = within(y, -down, down);
  one.style.scale = scale;
  one.style.translate = `${x}px ${y}px`;
  dialog.toggleAttribute("data-zoomed", scale > 1);
  dialog.querySelector("[data-closer]").setAttribute("aria-pressed", String(scale > 1));
}

function reset() { scale = 1; x = y = 0; draw(); }

// What is at this point of the window stays there.
function zoom(to, pointX, pointY) {
  const { left, top, width, height } = strip.getBoundingClientRect();
  const fromX = (pointX ?? left + width / 2) - left - width / 2, fromY = (pointY ?? top + height / 2) - top - height / 2;
  const next = within(to, 1, CLOSEST), by = next / scale;
  x = fromX - (fromX - x) * by;
  y = fromY - (fromY - y) * by;
  scale = next;
  draw();
}
const toggle = (pointX, pointY) => (scale > 1 ? reset() : zoom(CLOSER, pointX, pointY));

const fingers = new Map();
let pinch = null, pressed = null, tapped = null;
const between = () => { const [a, b] = [...fingers.values()]; return { apart: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }; };

function press(event) {
  fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  pressed = fingers.size === 1 ? { x: event.clientX, y: event.clientY, time: event.timeStamp } : null;
  pinch = fingers.size === 2 ? { apart: between().apart, scale } : null;
  if (scale > 1 || pinch) strip.setPointerCapture(event.pointerId);
}

function move(event) {
  const before = fingers.get(event.pointerId);
  if (!before) return;
  fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  if (pinch && fingers.size === 2) {
    const now = between();
    zoom((pinch.scale * now.apart) / pinch.apart, now.x, now.y);
  } else if (scale > 1) {
    x += event.clientX - before.x;
    y += event.clientY - before.y;
    draw();
  }
}

function lift(event) {
  fingers.delete(event.pointerId);
  if (fingers.size < 2) pinch = null;
  const start = pressed;
  pressed = null;
  if (event.type !== "pointerup" || !start || Math.hypot(event.clientX - start.x, event.clientY - start.y) > TAP_PX) return;
  if (event.timeStamp - start.time > 2 * TAP_MS || event.button > 0) return;
  const isSecond = tapped && event.timeStamp - tapped.time < TAP_MS && Math.hypot(event.clientX - tapped.x, event.clientY - tapped.y) < TAP_PX;
  tapped = isSecond ? null : { x: event.clientX, y: event.clientY, time: event.timeStamp };
  if (event.pointerType === "mouse" || isSecond) toggle(event.clientX, event.clientY);
}

function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const nudge = { ArrowLeft: [NUDGE, 0], ArrowRight: [-NUDGE, 0], ArrowUp: [0, NUDGE], ArrowDown: [0, -NUDGE] }[event.key];
  const by = step(event.key);
  if (["+", "="].includes(event.key)) zoom(scale * 1.5);
  else if (event.key === "-") zoom(scale / 1.5);
  else if (event.key === "0") reset();
  else if (scale > 1 && nudge) { x += nudge[0]; y += nudge[1]; draw(); }
  else if (by) show(strip, at(strip) + by);
  else return;
  event.preventDefault();
}

if (dialog) {
  strip.addEventListener("scroll", () => requestAnimationFrame(() => { if (dialog.open) turnedLarge(at(strip)); }), { passive: true });
  strip.addEventListener("pointerdown", press);
  strip.addEventListener("pointermove", move);
  for (const end of ["pointerup", "pointercancel"]) strip.addEventListener(end, lift);
  strip.addEventListener("wheel", (event) => {
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY) && scale === 1) return; // on to the next picture
    event.preventDefault();
    zoom(scale * Math.exp(-event.deltaY / 400), event.clientX, event.clientY);
  }, { passive: false });
  dialog.addEventListener("keydown", key);
  dialog.querySelector("[data-closer]").addEventListener("click", () => toggle());
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  for (const button of dialog.querySelectorAll("[data-turn]")) button.addEventListener("click", () => show(strip, at(strip) + Number(button.dataset.turn)));
  dialog.addEventListener("close", () => { reset(); fingers.clear(); back(last); strip.replaceChildren(); });
  addEventListener("resize", () => { if (dialog.open) { reset(); show(strip, last, { isAtOnce: true }); } });
}

const prepare = (root) => { for (const one of root.querySelectorAll("[data-gallery]")) gallery(one); };
document.addEventListener("htmx:load", (event) => prepare(event.detail.elt.parentElement ?? document));
prepare(document);

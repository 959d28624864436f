// Scanning without losing a unit: a scanner is faster than a page. What is scanned while an answer is under way waits
// its turn, the input stays focused, and the page's parts are replaced by those of the answer. What stands on top is of
// the last scan. Without this file each scan is a plain form post.

// The admin hides its pages until its scripts run, and what is hidden takes no focus: ask again until it does.
function focus(input, tries = 120) {
  input.focus();
  if (document.activeElement !== input && tries) requestAnimationFrame(() => focus(input, tries - 1));
}

const first = document.querySelector(".order [autofocus]");
if (first) focus(first);

const form = document.querySelector("form[data-scan]");
const PARTS = ["scan-told", "scan-screen"];
const BOUNCE = 250; // milliseconds: nobody holds another unit before a scanner so soon

if (form) {
  const input = form.querySelector("input[name=code]");
  const waiting = [];
  let isBusy = false;
  let last = { code: "", at: -BOUNCE, nonce: "" };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    waiting.push({ data: scanned(new FormData(form), event.timeStamp), isAnswered: !isBusy });
    input.value = "";
    input.focus();
    work();
  });

  // Each scan has a nonce of its own, which counts once. A scanner that reads one label twice says the same code at once:
  // then it is the same nonce, and the answer says so.
  function scanned(data, at) {
    const code = data.get("code");
    const isBounce = code === last.code && at - last.at < BOUNCE;
    const nonce = isBounce ? last.nonce : [...crypto.getRandomValues(new Uint32Array(4))].join("-").slice(0, 40);
    last = { code, at, nonce };
    data.set("nonce", nonce);
    return data;
  }

  async function work() {
    if (isBusy) return;
    isBusy = true;
    while (waiting.length) await send(waiting.shift());
    isBusy = false;
  }

  // `isAnswered`: those before it were, when it was scanned.
  async function send({ data, isAnswered }) {
    let answer;
    try {
      answer = await fetch(form.action, { method: "POST", body: data, credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!answer.ok || !page.getElementById("scan-told")) throw new Error(String(answer.status));
      PARTS.forEach((id) => swap(document.getElementById(id), page.getElementById(id), isAnswered));
      const code = page.querySelector("form[data-scan] input[name=code]");
      if (!code) location.reload(); // the round is over
    } catch {
      stop(data.get("code"), isAnswered);
    }
  }

  function swap(old, next, isAnswered) {
    if (!old || !next) return;
    if (old.id === "scan-told") tell([...next.children], isAnswered);
    else old.replaceWith(next);
  }

  // In the region that is read out, only what became of this scan. But who scans faster than the answers come has not
  // seen them: what was refused of such scans stays below until one that comes after its answer.
  function tell(lines, isAnswered) {
    const told = document.getElementById("scan-told");
    [...told.children].filter((line) => isAnswered || line.matches(".is-success")).forEach((line) => line.remove());
    told.prepend(...lines);
  }

  // Whether it was counted is not known: the person must look, so nothing more is sent.
  function stop(code, isAnswered) {
    const lost = [code, ...waiting.splice(0).map(({ data }) => data.get("code"))].join(", ");
    const line = document.createElement("p");
    line.className = "is-error";
    line.textContent = form.dataset.lost.replace("{codes}", lost);
    tell([line], isAnswered);
  }
}

// Errors as the shopper leaves a field, in the shop's own words where it has some (data-missing, data-wrong) and in the
// browser's where not; a list of them when a form is sent that has several, each line leading to its field; and a place
// to keep what was typed while the country changes the fields.

const KEPT = "#place, #delivery";

// A first look at what is typed, as the server will look again: one that the browser cannot read objects to nothing.
function fits(pattern, text) {
  try { return new RegExp(`^(?:${pattern})$`, "i").test(text); } catch { return true; }
}

function isRight(field) {
  const { pattern, wrong } = field.dataset, text = field.value.trim();
  if (pattern) field.setCustomValidity(!text || fits(pattern, text) ? "" : wrong);
  return field.validity.valid;
}

function words(field) {
  const { valueMissing, typeMismatch } = field.validity, { missing, wrong } = field.dataset;
  return (valueMissing && missing) || (typeMismatch && wrong) || field.validationMessage;
}

// Of several to choose one of, the first speaks for all.
function speaker(field) {
  return field.type === "radio" ? field.form.elements.namedItem(field.name)[0] ?? field : field;
}

function called(field) {
  const name = field.type === "radio" ? field.closest("fieldset")?.querySelector("legend") : field.labels[0]?.firstChild;
  return name?.textContent.trim();
}

function show(field) {
  const box = document.getElementById(field.type === "radio" ? `id_${field.name}_error` : `${field.id}_error`);
  if (!box || !field.willValidate) return;
  const isWrong = !isRight(field);
  box.textContent = isWrong ? words(field) : "";
  box.hidden = !isWrong;
  const says = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== box.id);
  if (isWrong) says.push(box.id); // so that whoever comes to the field hears it
  if (says.length) field.setAttribute("aria-describedby", says.join(" "));
  else field.removeAttribute("aria-describedby");
  if (isWrong) field.setAttribute("aria-invalid", "true");
  else {
    field.removeAttribute("aria-invalid");
    mended(field);
  }
}

// Takes what is right now off the list, and the list away with its last line.
function mended(field) {
  const list = field.form?.querySelector("[data-errors]");
  list?.querySelector(`a[href="#${CSS.escape(field.id)}"]`)?.closest("li").remove();
  if (list && !list.querySelector("li")) list.remove();
}

// The list that the server writes when it has found them (components/_errors.html).
function list(form, wrong) {
  const box = document.createElement("div"), rows = document.createElement("ul"), title = document.createElement("strong");
  box.className = "notice notice--error";
  box.tabIndex = -1;
  box.dataset.errors = "";
  box.setAttribute("role", "alert");
  title.textContent = form.dataset.messageCheck;
  for (const field of wrong) {
    const row = document.createElement("li"), link = document.createElement("a");
    link.href = `#${field.id}`;
    link.textContent = `${called(field)}: ${words(field)}`;
    row.append(link);
    rows.append(row);
  }
  box.append(document.createElement("div"));
  box.firstChild.append(title, rows);
  return box;
}

function summarise(form, wrong) {
  form.querySelector("[data-errors]")?.remove();
  if (wrong.length < 2 || !form.dataset.messageCheck) return false;
  const box = list(form, wrong);
  form.prepend(box);
  box.focus();
  return true;
}

// A press takes the keyboard out of a field before it is a click. What moves under it meanwhile is not clicked: whatever
// a field has to say then waits until the press is over.
let isPressed = false, later = [];
function released() {
  isPressed = false;
  later.splice(0).forEach(show);
}
for (const type of ["pointerdown", "mousedown"]) document.addEventListener(type, () => { isPressed = true; }, true); // a finger's mousedown comes last
for (const type of ["pointerup", "pointercancel", "mouseup", "dragend"]) document.addEventListener(type, () => setTimeout(released), true);

for (const form of document.querySelectorAll("form[data-validate]")) {
  form.noValidate = true;
  form.addEventListener("focusout", (event) => {
    if (!event.target.value && !event.target.ariaInvalid) return;
    if (isPressed) later.push(event.target);
    else show(event.target);
  });
  form.addEventListener("input", (event) => {
    const field = speaker(event.target);
    if (field.ariaInvalid === "true") show(field);
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formNoValidate) return;
    const wrong = [...form.elements].filter((field) => field.willValidate && speaker(field) === field && !isRight(field));
    wrong.forEach(show);
    if (wrong.length) {
      event.preventDefault();
      for (const field of wrong) field.closest("details")?.setAttribute("open", "");
      if (!summarise(form, wrong)) wrong[0].focus();
      return;
    }
    event.submitter?.setAttribute("aria-busy", "true");
  });
}
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("[aria-busy=true]")) button.removeAttribute("aria-busy");
});

// What was typed or chosen while the answer was on its way wins over the answer.
let typed = [];
document.addEventListener("htmx:beforeSwap", () => {
  typed = [...document.querySelectorAll(KEPT)].flatMap((part) => [...part.querySelectorAll("input, select")]).map((field) => ({
    name: field.name, value: field.value, type: field.type, isChecked: field.checked,
  }));
});
document.addEventListener("htmx:afterSwap", () => { // at once: what is typed from now on is typed into the new fields
  for (const { name, value, type, isChecked } of typed) {
    if (type === "radio") {
      if (isChecked) [...document.getElementsByName(name)].filter((field) => field.value === value).forEach((field) => { field.checked = true; });
      continue;
    }
    const [field] = document.getElementsByName(name);
    const has = field?.tagName !== "SELECT" || [...field.options].some((option) => option.value === value);
    if (field && value && has) field.value = value;
  }
  typed = [];
});

// A country that was chosen before anybody listened, or without a network: its fields are asked for now.
function settle() {
  const place = document.getElementById("place"), country = place?.closest("form").querySelector("select[name=country]");
  if (country && country.value !== place.dataset.country) country.dispatchEvent(new Event("change", { bubbles: true }));
}
document.addEventListener("htmx:load", ({ target }) => { if (target === document.body) settle(); });
for (const type of ["pageshow", "online"]) addEventListener(type, settle);

document.querySelector("[data-errors]")?.focus();

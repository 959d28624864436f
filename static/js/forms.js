// Errors as the shopper leaves a field, in the browser's own words (they are in the shopper's language), and a place to keep what
// was typed while the country changes the fields.

const KEPT = "#place, #delivery";

function show(field) {
  const box = document.getElementById(`${field.id}_error`);
  if (!box || !field.willValidate) return;
  const isWrong = !field.validity.valid;
  box.textContent = isWrong ? field.validationMessage : "";
  box.hidden = !isWrong;
  if (isWrong) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

for (const form of document.querySelectorAll("form[data-validate]")) {
  form.noValidate = true;
  form.addEventListener("focusout", (event) => {
    if (event.target.value || event.target.ariaInvalid) show(event.target);
  });
  form.addEventListener("input", (event) => { if (event.target.ariaInvalid === "true") show(event.target); });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formNoValidate) return;
    const wrong = [...form.elements].filter((field) => field.willValidate && !field.validity.valid);
    wrong.forEach(show);
    if (wrong.length) {
      event.preventDefault();
      wrong[0].closest("details")?.setAttribute("open", "");
      wrong[0].focus();
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
document.addEventListener("htmx:afterSettle", () => {
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

document.querySelector("[data-errors]")?.focus();

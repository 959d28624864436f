// The options of a product in a sheet over the list that it was found in. Without script, or when it does not come, the
// button leads to the product's page.

let sheet = null, opener = null;

function made() {
  if (sheet) return sheet;
  sheet = document.createElement("dialog");
  sheet.className = "sheet";
  sheet.id = "quick-sheet";
  sheet.setAttribute("aria-labelledby", "quick-title");
  sheet.addEventListener("click", (event) => { if (event.target === sheet) sheet.close(); }); // beside it
  sheet.addEventListener("close", () => {
    sheet.replaceChildren();
    if (!document.activeElement?.closest("[data-toast]")) opener?.focus({ preventScroll: true });
  });
  document.body.append(sheet);
  return sheet;
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-options]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const dialog = made();
  opener = link;
  link.setAttribute("aria-busy", "true");
  await htmx.ajax("GET", new URL("options/", link.href).pathname, { target: dialog, swap: "innerHTML", source: dialog }).catch(() => {});
  link.removeAttribute("aria-busy");
  if (!dialog.querySelector("#quick")) { location.assign(link.href); return; }
  dialog.showModal();
  dialog.querySelector("#quick-title").focus();
});

// What cannot be put into the cart is said in the sheet; it closes when it can.
document.addEventListener("htmx:afterSwap", (event) => {
  if (!sheet?.open || event.detail.target.id !== "toasts") return;
  const problem = event.detail.target.querySelector("[data-testid=inventory-error]");
  if (!problem) { sheet.close(); return; }
  sheet.querySelector("[data-quick-problem]").textContent = problem.textContent;
  event.detail.target.replaceChildren();
});

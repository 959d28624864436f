// Names for what the theme's scripts draw without one, for those who hear the page.

const label = (field) => field?.labels?.[0]?.textContent.replace("*", "").trim();

const name = (element, text) => {
  if (text && !element.hasAttribute("aria-label")) element.setAttribute("aria-label", text);
};

function nameAll() {
  for (const container of document.querySelectorAll(".select2-container")) {
    const field = container.previousElementSibling;
    const text = label(field) ?? container.closest("td")?.dataset.label;
    for (const part of container.querySelectorAll(".select2-search__field, [role=combobox], [role=textbox]")) {
      part.removeAttribute("aria-labelledby"); // what is chosen, which is no name
      name(part, text);
    }
  }
  for (const field of document.querySelectorAll("td[data-label] :is(input:not([type=hidden]), select, textarea)")) {
    if (!field.labels?.length) name(field, field.closest("td").dataset.label);
  }
}

document.getElementById("nav-sidebar-apps")?.setAttribute("data-simplebar-aria-label", "Menu");
nameAll();
new MutationObserver(nameAll).observe(document.body, { childList: true, subtree: true });

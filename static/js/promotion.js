// Only the fields of the chosen kind are shown: `data-kinds` of the field "kind" says which are whose.

const kind = document.querySelector("#id_kind[data-kinds]");

if (kind) {
  const kinds = JSON.parse(kind.dataset.kinds);
  const names = new Set(Object.values(kinds).flat());
  const show = () => {
    for (const name of names) {
      const row = document.getElementById(`id_${name}`)?.closest(".form-row");
      if (row) row.style.display = kinds[kind.value]?.includes(name) ? "" : "none";
    }
  };
  kind.addEventListener("change", show);
  show();
}

// Single keys of a helper (off in the display settings): J and K through a list, O opens; A to the answer, U back.
const BACK = "walk-from";

export function start(found) {
  if (document.documentElement.dataset.keys === "off") return;
  if (found.some((element) => element.matches("[data-walk]"))) sessionStorage.setItem(BACK, location.href);
  document.addEventListener("keydown", pressed);
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.target.closest("input, textarea, select, [contenteditable]")) return;
  const links = [...document.querySelectorAll("[data-walk] h3 > a")], at = links.indexOf(document.activeElement);
  const acts = {
    j: () => links[Math.min(at + 1, links.length - 1)]?.focus(),
    k: () => links[Math.max(at - 1, 0)]?.focus(),
    o: () => links[at]?.click(),
    a: () => document.querySelector(".answer-box textarea")?.focus(),
    u: () => { const from = sessionStorage.getItem(BACK); if (from && !links.length) location.href = from; },
  };
  const act = acts[event.key.toLowerCase()];
  if (act) { event.preventDefault(); act(); }
}

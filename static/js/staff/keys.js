// Single keys of the desk (design/UX.md §5): only outside fields, off when the member or this browser says so, and each may
// be another one, chosen in the help (WCAG 2.1.4). What is shown on buttons follows.
const STORE = "desk-keys", CHOSEN = "desk-keys-chosen";
let chosen = read();
const help = document.querySelector("[data-keys-help]");
let leader = 0;

const on = () => document.documentElement.dataset.keys !== "off" && localStorage.getItem(STORE) !== "off";
const shown = (element) => element && !element.disabled && element.getClientRects().length > 0;
const items = () => [...document.querySelectorAll("[data-list] > li, [data-list] > article")];
export const current = () => document.querySelector("[data-list] > .cur") ?? document.querySelector("[data-list] > [aria-current]");

export function start() {
  document.addEventListener("keydown", pressed);
  document.addEventListener("swapped", label);
  for (const field of help?.querySelectorAll("[data-remap]") ?? []) {
    field.addEventListener("change", () => choose(field.dataset.remap, field.value.trim().toLowerCase()));
  }
  help?.querySelector("[data-remap-reset]")?.addEventListener("click", () => { chosen = {}; keep(); });
  label();
  const box = help?.querySelector("[data-keys-on]");
  if (!box) return;
  box.checked = on();
  box.addEventListener("change", () => localStorage.setItem(STORE, box.checked ? "on" : "off"));
}

function read() {
  try { return JSON.parse(localStorage.getItem(CHOSEN)) ?? {}; } catch { return {}; }
}

function keep() {
  localStorage.setItem(CHOSEN, JSON.stringify(chosen));
  label();
}

/** Another key for an act; one that another act has changes places with it. */
function choose(act, key) {
  if (key.length === 1 && !/[\d?*]/.test(key)) {
    const other = [...help.querySelectorAll("[data-remap]")].map((field) => field.dataset.remap).find((one) => keyOf(one) === key);
    if (other && other !== act) chosen[other] = keyOf(act);
    chosen[act] = key;
  }
  keep();
}

const keyOf = (act) => chosen[act] ?? act;

/** The act a pressed key stands for: its own, unless that act has another key or the key another act. */
function actOf(key) {
  const act = Object.keys(chosen).find((one) => chosen[one] === key);
  return act ?? (key in chosen ? "" : key);
}

function label() {
  for (const field of help?.querySelectorAll("[data-remap]") ?? []) field.value = keyOf(field.dataset.remap).toUpperCase();
  if (!Object.keys(chosen).length && !document.querySelector("kbd[data-was]")) return;
  for (const mark of document.querySelectorAll("[data-key] kbd, summary kbd")) {
    const act = mark.closest("[data-key]")?.dataset.key;
    if (!act || /\d/.test(mark.textContent)) continue;
    mark.dataset.was = act;
    mark.textContent = keyOf(act).toUpperCase();
  }
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const field = event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  if (event.key === "Escape" && field) return field.blur();
  if (field || help?.open) return;
  let key = event.key.toLowerCase();
  if (key === "?") { event.preventDefault(); return help?.showModal(); }
  if (!on()) return;
  key = actOf(key);
  const done = (leader && Date.now() - leader < 1500 && go(key)) || pick(key) || move(key) || tick(event, key) || act(key);
  leader = key === "g" ? Date.now() : 0;
  if (done) event.preventDefault();
}

/** G, then a letter: another page of the desk. */
function go(key) {
  const link = document.querySelector(`[data-go="${key}"]`);
  link?.click();
  return Boolean(link);
}

/** 1 … 9 choose a reason in the list that is open. */
function pick(key) {
  if (!/^[1-9]$/.test(key)) return false;
  const choice = [...document.querySelectorAll(`details[open] [data-pick="${key}"]`)].find(shown);
  choice?.click();
  choice?.focus();
  return Boolean(choice);
}

/** J and K: the next and the previous item of the list. */
function move(key) {
  const step = { j: 1, k: -1 }[key];
  if (!step) return false;
  const all = items(), next = all[all.indexOf(current()) + step] ?? (current() ? null : all[0]);
  if (next?.closest("[data-walk]")) walk(all, next);
  else next?.querySelector("a[href]")?.click();
  return Boolean(next);
}

/** A list without a detail beside it: the current item is marked, and its box has the focus. */
function walk(all, next) {
  for (const item of all) { if (!item.hasAttribute("data-open")) item.removeAttribute("aria-current"); item.classList.remove("cur"); }
  next.setAttribute("aria-current", "true");
  next.classList.add("cur");
  next.querySelector("input:not([type=hidden]), h2 a, h3 a")?.focus();
}

/** X ticks the current item, with Shift everything since the last tick; * ticks all in view. */
function tick(event, key) {
  const all = items().map((item) => item.querySelector("input[type=checkbox]")).filter(Boolean);
  if (key === "*") {
    const every = all.every((box) => box.checked);
    for (const box of all) set(box, !every);
    return all.length > 0;
  }
  const box = current()?.querySelector("input[type=checkbox]");
  if (key !== "x" || !box) return false;
  const last = all.findIndex((one) => one.dataset.last !== undefined), here = all.indexOf(box);
  if (event.shiftKey && last >= 0) for (const one of all.slice(Math.min(last, here), Math.max(last, here) + 1)) set(one, true);
  else set(box, !box.checked);
  for (const one of all) delete one.dataset.last;
  box.dataset.last = "";
  return true;
}

function set(box, checked) {
  if (box.checked === checked) return;
  box.checked = checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

// Every other key presses what carries it: a button, a link, a disclosure, a field; of the item walked to before others,
// and then of no other item that is open. What stands in a closed disclosure is opened first, and pressed the second time.
function act(key) {
  const carries = `[data-key="${CSS.escape(key)}"]`, here = current();
  const walked = here?.matches(".cur:not([data-open])");
  const all = [...here?.querySelectorAll(carries) ?? [], ...document.querySelectorAll(carries)].filter((one) => !walked || !one.closest("[data-opened]"));
  const folded = (one) => one.closest("[data-opened] details:not([open])");
  const target = all.find((one) => shown(one) && !folded(one)), inside = target ? null : all.find(folded);
  if (inside) {
    folded(inside).open = true;
    (inside.closest("form")?.querySelector("select, input:not([type=hidden]), textarea") ?? inside).focus();
    return true;
  }
  if (!target) {
    document.dispatchEvent(new CustomEvent("not-there", { detail: key })); // an undo whose decision is still on its way
    return false;
  }
  if (target.matches("details")) {
    target.open = !target.open;
    target.querySelector("input, textarea, select, summary")?.focus();
  } else if (target.matches("input:not([type=checkbox]), textarea, select")) target.focus();
  else target.click();
  return true;
}

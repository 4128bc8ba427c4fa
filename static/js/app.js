// The public pages' scripts. Every page works without them; each module is loaded only where its data- attribute
// stands, and a module that fails leaves the others and the page alone.
import { reader } from "./core.js";

const modules = [
  ["[data-toast]", "toast"],
  ["[data-act][aria-pressed], a[data-act]", "toggle"],
  ["[data-editor], textarea[data-draft]", "editor"],
  ["form[data-keep]", "keep"],
  ["[data-suggest]", "suggest"],
  ["[data-copy]", "copy"],
  ["[data-share], [data-print]", "share"],
  ["a[ping]", "opened"],
  ["time[datetime]", "time"],
  ["[data-news]", "news"],
  ["form[data-read]", "read"],
  ["[data-thread]", "thread"],
  ["[data-walk], .answer-box textarea", "walk"],
  ["[data-offline]", "offline"],
  ["[data-push]", "push"],
  ["[data-passkey]", "passkey"],
  ["[data-proof]", "proof"],
  ["details.menu, details.more, details.reply-box", "menu"],
];

/** Load what a part of the page needs. */
export function enhance(root = document) {
  for (const element of root.querySelectorAll("[data-needs-js]")) element.hidden = false;
  for (const [selector, name] of modules) {
    const found = [...root.querySelectorAll(selector)];
    if (root !== document && root.matches?.(selector)) found.unshift(root);
    if (found.length) import(`./${name}.js`).then((module) => module.start(found)).catch((error) => console.warn(name, error));
  }
}

/** Texts that were sent are no longer drafts of this browser; nor is anything after signing out. */
function forgetSentDrafts() {
  try {
    if (!document.querySelector("[data-offline]")) localStorage.setItem("reader", reader);
    const sent = sessionStorage.getItem("sent");
    sessionStorage.removeItem("sent");
    if (sent && !document.querySelector("[data-focus], .lost, .err, .error")) localStorage.removeItem(`draft:${sent}`);
    document.addEventListener("submit", (event) => {
      if (!event.target.action.endsWith("/sign-out")) return;
      for (const key of Object.keys(localStorage)) if (/^(draft:|reader$)/.test(key)) localStorage.removeItem(key);
    });
  } catch { /* storage is switched off: nothing was kept */ }
}

/** Filters and sort orders apply as soon as they are chosen. */
function submitOnChange() {
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form?.matches("[data-submit-on-change]") && event.target.matches("select, input[type=radio]")) form.requestSubmit();
  });
}

/** The key "/" goes to the search field, unless single keys are off or something is being typed. */
function searchKey() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || document.documentElement.dataset.keys === "off") return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const field = document.querySelector("[role=search] input[type=search]");
    if (field) { event.preventDefault(); field.focus(); }
  });
}

/** Narrow screens begin with the filters folded; wide ones always show them. */
function foldFilters() {
  const wide = matchMedia("(min-width: 62rem)");
  const set = () => { for (const fold of document.querySelectorAll("details.filters-fold")) fold.open = wide.matches; };
  set();
  wide.addEventListener("change", set);
}

/** Pages say where the service worker is; where they do not, none is wanted. */
function keepOffline() {
  const worker = document.querySelector("link[rel=manifest]")?.dataset.worker;
  if (worker) addEventListener("load", () => navigator.serviceWorker?.register(worker, { updateViaCache: "none" }).catch(() => {}));
}

for (const begin of [keepOffline, forgetSentDrafts, submitOnChange, searchKey, foldFilters, enhance]) {
  try { begin === enhance ? enhance() : begin(); } catch (error) { console.warn(begin.name, error); }
}
document.querySelector("[data-focus]")?.focus();

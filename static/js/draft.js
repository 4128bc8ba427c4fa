// Kept drafts: in this browser every 2 seconds, on the server every 10 when signed in; offered again on return.
import { say, token } from "./core.js";

const LOCAL = 2000, SERVER = 10000;

export function start(area) {
  const editor = area.closest("[data-editor]"), form = area.form;
  const place = editor?.dataset.place || area.dataset.draft;
  const title = editor && form?.querySelector("[name=title]");
  const key = `draft:${place}`, status = editor?.querySelector("[data-saved]");
  let dirty = area.value !== area.defaultValue || joined(area, title, key, form), unsent = dirty;

  offer(area, title, key, editor);
  for (const field of [area, title]) field?.addEventListener("input", () => { dirty = unsent = true; });
  const keepHere = () => {
    if (!dirty) return;
    dirty = false;
    try {
      if (area.value.trim() || title?.value.trim()) localStorage.setItem(key, JSON.stringify({ body: area.value, title: title?.value ?? "", at: Date.now(), url: location.pathname, about: title ? "" : document.querySelector("h1")?.textContent.trim().slice(0, 120) }));
      else localStorage.removeItem(key);
      saved(status);
    } catch { /* full or switched off */ }
  };
  setInterval(keepHere, LOCAL);
  addEventListener("pagehide", keepHere);
  form?.addEventListener("submit", () => { keepHere(); unsent = false; try { sessionStorage.setItem("sent", place); } catch { /* off */ } });

  if (editor?.dataset.draftUrl) setInterval(async () => {
    if (!unsent) return;
    unsent = false;
    const body = new FormData();
    for (const [name, value] of Object.entries({ place, body: area.value, title: title?.value ?? "", csrf_token: token(form) })) body.set(name, value);
    const response = await fetch(editor.dataset.draftUrl, { method: "POST", body, headers: { "X-Fragment": "1" } }).catch(() => null);
    if (response?.ok) saved(status);
    else if (!response) status.textContent = say("offline");
  }, SERVER);
}

/** Words from another app came behind the draft the server keeps: a newer one of this device goes before them. */
function joined(area, title, key, form) {
  const words = form?.dataset.shared;
  let here = null;
  try { here = JSON.parse(localStorage.getItem(key)); } catch { /* none */ }
  if (!words || !here?.body?.trim() || here.body.includes(words) || !area.value.endsWith(words)) return !!words;
  const kept = area.value.slice(0, area.value.length - words.length).trimEnd(), mine = here.body.trimEnd();
  const before = !kept || mine.includes(kept) ? mine : kept.includes(mine) ? kept : `${mine}\n\n${kept}`;
  area.value = `${before}\n\n${words}`;
  if (title && here.title && !title.value) title.value = here.title;
  return true;
}

let told = false;
function saved(status) {
  if (!status) return;
  const at = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  if (told) status.setAttribute("aria-live", "off");
  status.textContent = say("saved", at);
  told = true;
}

/** What was being typed here before, perhaps without a connection: put back on demand, never by itself. */
function offer(area, title, key, editor) {
  let kept = null;
  try { kept = JSON.parse(localStorage.getItem(key)); } catch { /* none */ }
  if (!kept?.body?.trim() || area.value.includes(kept.body.trim()) || area.value !== area.defaultValue) return;
  const bar = document.createElement("div");
  bar.className = "restore";
  const when = new Date(kept.at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  bar.append(Object.assign(document.createElement("span"), { className: "grow", textContent: say("found", when) }));
  const button = (words, tone, act) => {
    const made = Object.assign(document.createElement("button"), { type: "button", className: `btn ${tone}`, textContent: words });
    made.addEventListener("click", () => { act(); bar.remove(); area.focus(); });
    bar.append(made);
  };
  button(say("takeBack"), "primary", () => {
    area.value = kept.body;
    if (title && !title.value) title.value = kept.title;
    for (const field of [area, title]) field?.dispatchEvent(new Event("input", { bubbles: true }));
  });
  button(say("throwAway"), "ghost", () => localStorage.removeItem(key));
  if (editor) editor.prepend(bar);
  else area.before(bar);
}

// Kept drafts: in this browser every 2 seconds, on the server every 10 when signed in; offered again on return.
import { reader, say, token } from "./core.js";

const LOCAL = 2000, SERVER = 10000, OWN = /^(csrf_token|title|body|opened|visit|step|photo|next|brief|brief_by)$/;

export function start(area) {
  const editor = area.closest("[data-editor]"), form = area.form;
  const place = editor?.dataset.place || area.dataset.draft;
  const title = editor && form?.querySelector("[name=title]");
  const key = `draft:${place}`, status = editor?.querySelector("[data-saved]");
  let dirty = area.value !== area.defaultValue || joined(area, title, key, form), unsent = dirty;

  offer(area, title, key, editor);
  const rest = () => (editor && form ? Object.fromEntries([...new FormData(form)].filter(([name, value]) => typeof value === "string" && value && !OWN.test(name))) : {});
  const touched = (event) => { if (editor || event.target === area) dirty = unsent = true; };
  for (const kind of ["input", "change"]) (form ?? area).addEventListener(kind, touched);
  const keepHere = () => {
    if (!dirty) return;
    dirty = false;
    try {
      if (area.value.trim() || title?.value.trim()) localStorage.setItem(key, JSON.stringify({ body: area.value, by: reader, title: title?.value ?? "", fields: rest(), at: Date.now(), url: location.pathname, about: title ? "" : document.querySelector("h1")?.textContent.trim().slice(0, 120) }));
      else localStorage.removeItem(key);
      saved(status);
    } catch { /* full or switched off */ }
  };
  setInterval(keepHere, LOCAL);
  addEventListener("pagehide", keepHere);
  form?.addEventListener("submit", (event) => { keepHere(); if (/^(check|find|mask|undo)$/.test(event.submitter?.value)) return; unsent = false; try { sessionStorage.setItem("sent", place); } catch { /* off */ } });

  let since = form?.dataset.now || form?.elements.opened?.value || "", elsewhere = false;
  const send = async (force) => {
    unsent = false;
    const response = await fetch(editor.dataset.draftUrl, {
      method: "POST", headers: { "X-Fragment": "1", "Content-Type": "application/json", "X-CSRFToken": token(form) },
      body: JSON.stringify({ place, body: area.value, title: title?.value ?? "", fields: rest(), since, force }),
    }).catch(() => null);
    const told = await response?.json().catch(() => null);
    if (response?.ok) { since = told.at; saved(status); return; }
    unsent = response?.status !== 409;
    status.textContent = told?.error?.message ?? say("offline");
    if (unsent || elsewhere) return;
    elsewhere = true;
    bar(editor, status.textContent, [
      [say("takeThat"), "primary", () => { localStorage.removeItem(key); location.assign(location.pathname + location.search); }],
      [say("keepMine"), "ghost", () => { elsewhere = false; send(true); }],
    ], area);
  };
  if (editor?.dataset.draftUrl) setInterval(() => { if (unsent && !elsewhere) send(false); }, SERVER);
}

/** A line over the text with a choice. */
function bar(place, words, choices, area) {
  const made = Object.assign(document.createElement("div"), { className: "restore" });
  made.setAttribute("role", "status");
  made.append(Object.assign(document.createElement("span"), { className: "grow", textContent: words }));
  for (const [label, tone, act] of choices) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: `btn ${tone}`, textContent: label });
    button.addEventListener("click", () => { made.remove(); act(); area.focus(); });
    made.append(button);
  }
  if (place === area) area.before(made);
  else place.prepend(made);
}

/** What this browser keeps for a place, unless another member typed it. */
function keptHere(key) {
  let kept = null;
  try { kept = JSON.parse(localStorage.getItem(key)); } catch { /* none, or switched off */ }
  return kept?.by && kept.by !== reader ? null : kept;
}

/** Words from another app came behind the draft the server keeps: a newer one of this device goes before them. */
function joined(area, title, key, form) {
  const words = form?.dataset.shared;
  const here = keptHere(key);
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
  const kept = keptHere(key);
  if (!kept?.body?.trim() || area.value.includes(kept.body.trim()) || area.value !== area.defaultValue) return;
  const when = new Date(kept.at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  bar(editor ?? area, say("found", when), [
    [say("takeBack"), "primary", () => {
      for (const [name, value] of Object.entries(kept.fields ?? {})) {
        const field = area.form?.elements[name], radios = field instanceof RadioNodeList;
        if (field?.type === "checkbox") field.checked = true;
        else if (field && (radios || !field.value)) field.value = value;
        if (radios) area.form.querySelector(`[name="${name}"]:checked`)?.dispatchEvent(new Event("change", { bubbles: true }));
      }
      area.value = kept.body;
      if (title && !title.value) title.value = kept.title;
      for (const field of [area, title]) field?.dispatchEvent(new Event("input", { bubbles: true }));
    }],
    [say("throwAway"), "ghost", () => localStorage.removeItem(key)],
  ], area);
}

// The offline page: texts that wait on this device can be read and gone on with; what was shared meanwhile joins them.

const KEY = "draft:ask";
const me = localStorage.getItem("reader") ?? ""; // whose the last page was: without a connection nobody else says
const read = (key) => { try { const kept = JSON.parse(localStorage.getItem(key)); return kept?.by && kept.by !== me ? null : kept; } catch { return null; } };
const write = (key, value) => { try { localStorage.setItem(key, JSON.stringify({ ...value, by: me })); } catch { /* full or off */ } };

export function start([list]) {
  takeShared();
  const keys = Object.keys(localStorage).filter((key) => key.startsWith("draft:") && (read(key)?.body?.trim() || read(key)?.title?.trim()));
  if (!keys.includes(KEY)) keys.push(KEY);
  list.append(...keys.map((key) => item(list, key)));
  const back = document.querySelector("[data-back]");
  const tell = () => { back.hidden = !navigator.onLine; };
  addEventListener("online", tell);
  addEventListener("offline", tell);
}

/** What another app shared while there was no connection, from this very address; once. */
function takeShared() {
  if (!location.pathname.endsWith("/share")) return;
  const given = new URLSearchParams(location.search), draft = read(KEY) ?? {}, title = given.get("title") ?? "";
  const parts = [draft.title && title !== draft.title ? title : "", given.get("text"), given.get("url")].filter((part) => part && !draft.body?.includes(part));
  if (parts.length || (title && !draft.title)) write(KEY, { body: [draft.body, ...parts].filter(Boolean).join("\n\n"), title: draft.title || title, at: Date.now() });
}

function item(list, key) {
  const made = list.querySelector("template").content.firstElementChild.cloneNode(true), place = key.slice(6), [kind] = place.split(":");
  const draft = read(key) ?? { body: "", title: "" }, area = made.querySelector("textarea"), link = made.querySelector("a");
  area.id = `text-${place.replace(":", "-")}`;
  made.querySelector("label").htmlFor = area.id;
  made.querySelector("[data-about]").textContent = list.dataset[kind] ?? "";
  made.querySelector("[data-title]").textContent = draft.about || draft.title || "";
  area.value = draft.body ?? "";
  link.href = address(list.dataset.home, place, draft.url);
  area.addEventListener("input", () => write(key, { ...read(key), ...draft, body: area.value, at: Date.now() }));
  return made;
}

/** Where a text is gone on with: the page it was written on, else its place. */
function address(home, place, url) {
  if (url?.startsWith("/") && !url.startsWith("//") && !url.endsWith("/share")) return url;
  const [kind, id] = place.split(":");
  return home + ({ answer: `questions/${id}`, comment: `a/${id}`, edit: `posts/${id}/edit` }[kind] ?? "questions/ask");
}

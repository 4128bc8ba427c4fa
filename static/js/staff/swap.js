// Going from item to item without loading pages. Links and forms inside [data-swap] are fetched, and the regions named
// there are exchanged. The next items (data-ahead) are read ahead: after a decision the next one is on screen at once,
// while the decision is sent behind it; decisions are sent one after the other, and a refused one is said where one is.
import { after, fragment, say, toast } from "../core.js";
import { enhance } from "../app.js";

const ready = new Map(), gone = new Set();
let sending = Promise.resolve(), waiting = 0, late = "";

export function start() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-swap] a[href]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || link.target || link.hasAttribute("data-plain")) return;
    if (link.origin !== location.origin || link.pathname !== location.pathname && !link.closest("[data-list]")) return;
    event.preventDefault();
    visit(link.href);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.closest("[data-swap]") || event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-plain") || form.querySelector("input[type=file]")) return;
    event.preventDefault();
    const url = event.submitter?.hasAttribute("formaction") ? event.submitter.formAction : form.action;
    const body = new FormData(form, event.submitter);
    if (form.hasAttribute("data-advance")) advance(url, body);
    else visit(url, body);
  });
  document.addEventListener("not-there", (event) => { if (waiting) late = CSS.escape(event.detail); });
  addEventListener("popstate", () => visit(location.href, null, false));
  readAhead();
}

const detail = () => document.querySelector("[data-swap] [data-detail]");

/** The next item is shown now; the decision about this one is sent behind it. */
async function advance(url, body) {
  const left = detail();
  if (left.dataset.sent) return;
  left.dataset.sent = "1";
  gone.add(left.dataset.item);
  const next = [...document.querySelectorAll("[data-ahead]")].find((link) => ready.has(link.href) && !gone.has(link.dataset.ahead));
  const html = next && await ready.get(next.href);
  if (html) show(html, next.href);
  waiting += 1;
  sending = sending.then(() => send(url, body, left)).catch(() => {}).finally(() => { waiting -= 1; });
}

async function send(url, body, left) {
  let response;
  try {
    response = await fragment(url, body);
  } catch (error) {
    refused(error, left);
    return;
  }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (response.headers.get("X-Go")) return location.assign(response.headers.get("X-Go"));
  if (!page.querySelector("[data-given]")) return location.assign(response.url);
  exchange(page, ["[data-given]"]);
  if (late) document.querySelector(`[data-given] [data-key="${late}"]`)?.click();
  late = "";
  refresh();
  const given = response.headers.get("X-Item"), shown = detail().dataset.item;
  if (gone.has(shown) && detail() === left) {
    const back = document.querySelector("[data-back]").href, link = back.replace(/(?=\?|$)/, `/${given}`);
    if (given) show(await load(link), link);
    else setTimeout(visit, 0, back);
  }
  mark();
  readAhead();
}

/** The list and the title bar are asked for when no decision is under way. */
const refresh = after(600, async () => {
  if (waiting) return;
  const back = new URL(document.querySelector("[data-back]").href);
  back.searchParams.set("shown", detail().dataset.item ?? "");
  const html = await load(back.href).catch(() => "");
  if (!html || waiting) return;
  exchange(new DOMParser().parseFromString(html, "text/html"), [".staff-top", "[data-swap] > .list"]);
  mark();
  readAhead();
});

/** What was refused: an incomplete decision is put before the reader again as it was typed; a conflict is told. */
function refused(error, left) {
  delete left.dataset.sent;
  if (error.status !== 409 && error.status !== 410) {
    gone.delete(left.dataset.item);
    if (detail() !== left) detail().replaceWith(left);
  }
  const box = Object.assign(document.createElement("div"), { className: "notice bad", tabIndex: -1, textContent: `#R-${left.dataset.item}: ${error.message}` });
  box.setAttribute("role", "alert");
  detail().querySelector(":scope > [role=alert]")?.remove();
  detail().prepend(box);
  mark();
  readAhead();
}

/** An item takes the place of the one before. */
function show(html, address) {
  const made = new DOMParser().parseFromString(html, "text/html").querySelector("[data-detail]");
  if (!made) return;
  detail().replaceWith(made);
  if (address !== location.href) history.pushState(null, "", address);
  enhance(made);
  document.dispatchEvent(new Event("swapped"));
  mark();
  focus();
}

/** In the list the item on screen is the current one, and what was just decided is not there any more. */
function mark() {
  const shown = detail()?.dataset.item;
  for (const line of document.querySelectorAll("[data-list] > li")) {
    const id = line.querySelector("input[name=item]")?.value, here = id === shown;
    if (gone.has(id) && !here) { line.remove(); continue; }
    line.classList.toggle("cur", here);
    if (here) line.setAttribute("aria-current", "true"); else line.removeAttribute("aria-current");
  }
  document.querySelector("[data-list] > li[aria-current]")?.scrollIntoView({ block: "nearest" });
}

async function visit(url, body = null, remember = true) {
  const bench = document.querySelector("[data-swap]");
  bench.setAttribute("aria-busy", "true");
  try {
    await sending;
    const response = await fetch(url, { method: body ? "POST" : "GET", body, credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await response.text(), "text/html"), address = response.url;
    ready.clear();
    gone.clear();
    if (!page.querySelector("[data-swap]")) return location.assign(address);
    exchange(page, ["[data-swap]", ".staff-top", ".staff-rail"]);
    document.title = page.title;
    if (remember && address !== location.href) history.pushState(null, "", address);
    focus();
    readAhead();
  } catch {
    toast(say("failed"));
  } finally {
    document.querySelector("[data-swap]")?.removeAttribute("aria-busy");
  }
}

const load = (url) => fragment(url).then((response) => response.text());

/** Regions of the new page take the place of the old ones; ticks stay. */
function exchange(page, selectors) {
  const ticked = new Set([...document.querySelectorAll("[data-list] input:checked")].map((box) => box.value));
  for (const selector of selectors) {
    const old = document.querySelector(selector), made = page.querySelector(selector.replace("[data-swap] > ", ""));
    if (old && made) old.replaceWith(made);
  }
  const region = document.querySelector("[data-toasts]");
  for (const toastBox of page.querySelectorAll("[data-toasts] [data-toast]")) region?.append(toastBox);
  for (const box of document.querySelectorAll("[data-list] input[type=checkbox]")) if (ticked.has(box.value)) box.checked = true;
  enhance(document);
  document.dispatchEvent(new Event("swapped"));
}

function focus() {
  const heading = detail()?.querySelector(":is(h2, h3, [data-focus])");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus({ preventScroll: true });
}

function readAhead() {
  if (waiting > 1) return;
  for (const link of document.querySelectorAll("[data-ahead]")) {
    if (ready.has(link.href) || gone.has(link.dataset.ahead)) continue;
    ready.set(link.href, load(link.href).catch(() => { ready.delete(link.href); return ""; }));
  }
}

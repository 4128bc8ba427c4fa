// Going from item to item without loading pages: links and forms inside [data-swap] are fetched, and the regions
// named there are exchanged. Links marked data-prefetch are fetched beforehand, so the next item is there at once.
import { say, toast } from "../core.js";
import { enhance } from "../app.js";

const ready = new Map();

export function start() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-swap] a[href]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || link.target || link.hasAttribute("data-plain")) return;
    if (link.origin !== location.origin || link.pathname !== location.pathname && !link.closest("[data-list], [data-next]")) return;
    event.preventDefault();
    visit(link.href);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.closest("[data-swap]") || event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-plain") || form.querySelector("input[type=file]")) return;
    event.preventDefault();
    visit(event.submitter?.hasAttribute("formaction") ? event.submitter.formAction : form.action, new FormData(form, event.submitter));
  });
  addEventListener("popstate", () => visit(location.href, null, false));
  prefetch();
}

async function visit(url, body = null, remember = true) {
  const bench = document.querySelector("[data-swap]");
  bench.setAttribute("aria-busy", "true");
  try {
    const [html, address] = await ((!body && ready.get(url)) || load(url, body));
    ready.clear();
    const page = new DOMParser().parseFromString(html, "text/html");
    if (!page.querySelector("[data-swap]")) return location.assign(address);
    exchange(page);
    document.title = page.title;
    if (remember && address !== location.href) history.pushState(null, "", address);
    prefetch();
  } catch {
    toast(say("failed"));
  } finally {
    document.querySelector("[data-swap]")?.removeAttribute("aria-busy");
  }
}

async function load(url, body) {
  const response = await fetch(url, { method: body ? "POST" : "GET", body, credentials: "same-origin" });
  return [await response.text(), response.url];
}

/** The working area, the title bar and the messages of the new page take the place of the old ones. */
function exchange(page) {
  const ticked = new Set([...document.querySelectorAll("[data-list] input:checked")].map((box) => box.value));
  for (const selector of ["[data-swap]", ".staff-top", ".staff-rail"]) {
    const old = document.querySelector(selector), made = page.querySelector(selector);
    if (old && made) old.replaceWith(made);
  }
  const region = document.querySelector("[data-toasts]");
  for (const toastBox of page.querySelectorAll("[data-toasts] [data-toast]")) region?.append(toastBox);
  for (const box of document.querySelectorAll("[data-list] input[type=checkbox]")) if (ticked.has(box.value)) box.checked = true;
  enhance(document);
  document.dispatchEvent(new Event("swapped"));
  const heading = document.querySelector("[data-swap] [data-detail] :is(h2, h3, [data-focus])");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus({ preventScroll: true });
  document.querySelector("[data-list] > li[aria-current]")?.scrollIntoView({ block: "nearest" });
}

function prefetch() {
  for (const link of document.querySelectorAll("[data-swap] a[data-prefetch]")) {
    if (ready.has(link.href)) continue;
    setTimeout(() => { if (link.isConnected) ready.set(link.href, load(link.href).catch(() => ready.delete(link.href))); }, 250);
  }
}

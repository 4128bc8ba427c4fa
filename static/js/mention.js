// "@" in a text: those who take part in the thread and those who know its subject, to choose from. What is put in is
// the readable part of their address (`@gerard-a`), because names may hold spaces; the server knows both.
import { after, announce, say } from "./core.js";

const MOST = 6;

export function start(area) {
  const here = takingPart(), source = document.querySelector("[data-people]")?.dataset.people;
  if ((!here.length && !source) || area.dataset.mentions) return;
  area.dataset.mentions = "1";
  const list = Object.assign(document.createElement("ul"), { className: "mention-list", id: `people-${area.id}`, hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", say("mention"));
  const place = area.closest(".editor") ?? area.parentElement;
  place.classList.add("mentions");
  if (place.matches(".editor")) place.append(list);
  else area.after(list);
  for (const [name, value] of Object.entries({ "aria-autocomplete": "list", "aria-controls": list.id, "aria-haspopup": "listbox" })) area.setAttribute(name, value);
  let chosen = 0;

  const typed = () => /(?:^|[\s(])@([\p{L}\p{N}.-]{0,30})$/u.exec(area.value.slice(0, area.selectionStart))?.[1];
  const close = () => { list.hidden = true; area.removeAttribute("aria-activedescendant"); };
  const mark = (at) => {
    chosen = at;
    [...list.children].forEach((row, n) => row.setAttribute("aria-selected", n === at));
    area.setAttribute("aria-activedescendant", list.children[at]?.id ?? "");
  };
  const take = (slug) => {
    const from = area.selectionStart - typed().length;
    area.setRangeText(`${slug} `, from, area.selectionStart, "end");
    close();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const show = (people) => {
    const before = list.hidden ? "" : list.textContent;
    list.replaceChildren(...people.slice(0, MOST).map(([name, slug], n) => {
      const row = Object.assign(document.createElement("li"), { id: `${list.id}-${n}`, textContent: name });
      row.setAttribute("role", "option");
      row.dataset.slug = slug;
      row.addEventListener("mousedown", (event) => { event.preventDefault(); take(slug); });
      return row;
    }));
    if (!people.length) return close();
    list.hidden = false;
    mark(0);
    if (list.textContent !== before) announce(say("mentioned", list.children.length));
  };
  const known = new Map();
  const ask = after(200, async () => {
    const begun = typed();
    if (begun === undefined) return;
    try {
      if (!known.has(begun)) known.set(begun, (await (await fetch(`${source}?q=${encodeURIComponent(begun)}`, { headers: { Accept: "application/json" } })).json()).people);
      if (typed() === begun) show(known.get(begun).map(({ name, slug }) => [name, slug]));
    } catch { /* those on the page remain */ }
  });

  area.addEventListener("input", () => {
    const begun = typed();
    if (begun === undefined) return close();
    show(here.filter(([name, slug]) => `${plain(name)} ${slug}`.split(/[\s-]/).some((part) => part.startsWith(plain(begun))) || slug.startsWith(plain(begun))));
    if (source) ask();
  });
  area.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], count = list.children.length;
    if (step) mark((chosen + step + count) % count);
    else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || (event.key === "Tab" && !event.shiftKey)) take(list.children[chosen].dataset.slug);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  area.addEventListener("blur", close);
}

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Everybody with a link to their page in the thread, each once, in order. */
function takingPart() {
  const found = new Map();
  for (const link of document.querySelectorAll(".thread a.name[href*='/members/']")) {
    const slug = new URL(link.href).pathname.split("/").pop();
    if (slug && !found.has(slug)) found.set(slug, link.textContent.trim());
  }
  return [...found].map(([slug, name]) => [name, slug]);
}

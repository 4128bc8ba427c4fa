// "Quote": what is selected in a post (or its beginning) goes into the answer, with the way back to the post. The
// link in a post's menu does it; selected words show a button beside them as well.
import { insert } from "./editor.js";

let floating;

export function start(root) {
  const area = document.querySelector("#repondre textarea");
  if (!area) return;
  for (const link of root.querySelectorAll("[data-quote]")) {
    if (link.dataset.ready) continue;
    link.dataset.ready = "1";
    link.addEventListener("click", (event) => {
      event.preventDefault();
      link.closest("details")?.removeAttribute("open");
      quote(area, link.dataset.quote, chosenIn(link.dataset.quote));
    });
  }
  if (!floating) offer(area, root.querySelector("[data-quote]"));
}

const textOf = (id) => document.getElementById(`text-${id}`);

/** What is selected inside one post. */
function chosenIn(id) {
  const chosen = getSelection(), text = textOf(id);
  return chosen && !chosen.isCollapsed && text?.contains(chosen.anchorNode) && text.contains(chosen.focusNode) ? chosen.toString().trim() : "";
}

function quote(area, id, chosen) {
  const words = chosen || textOf(id)?.querySelector("p")?.textContent || "";
  const who = textOf(id)?.closest("article")?.querySelector(".who :is(.name, .b)")?.textContent;
  const cited = words.trim().slice(0, 400).split("\n").map((line) => `> ${line}`).join("\n");
  area.scrollIntoView({ block: "center" });
  area.setSelectionRange(area.value.length, area.value.length);
  insert(area, `${area.value ? "\n\n" : ""}${cited}\n> [${who ?? "#"}](/a/${id})\n\n`);
}

/** A button beside what is selected; by keyboard the menu of the post does the same. */
function offer(area, like) {
  if (!like) return;
  floating = Object.assign(document.createElement("button"), { type: "button", className: "btn primary quote-here", hidden: true, tabIndex: -1 });
  floating.append(...[...like.childNodes].map((node) => node.cloneNode(true)));
  document.body.append(floating);
  let id = "";
  const look = () => {
    const chosen = getSelection(), text = chosen?.rangeCount && !chosen.isCollapsed ? chosen.anchorNode.parentElement?.closest(".thread [id^='text-']") : null;
    id = text?.id.slice(5) ?? "";
    floating.hidden = !id || !document.querySelector(`[data-quote="${id}"]`) || !chosenIn(id);
    if (floating.hidden) return;
    const box = chosen.getRangeAt(0).getBoundingClientRect();
    floating.style.insetBlockStart = `${box.bottom + scrollY + 6}px`;
    floating.style.insetInlineStart = `${Math.max(8, Math.min(box.left, innerWidth - floating.offsetWidth - 8))}px`;
  };
  document.addEventListener("selectionchange", () => { clearTimeout(look.timer); look.timer = setTimeout(look, 150); });
  floating.addEventListener("mousedown", (event) => event.preventDefault());
  floating.addEventListener("click", () => { quote(area, id, chosenIn(id)); floating.hidden = true; });
}

// "Quote": what is selected in a post (or its beginning) goes into the answer, with the way back to the post.
import { insert } from "./editor.js";

export function start(root) {
  const area = document.querySelector("#repondre textarea");
  for (const button of root.querySelectorAll("[data-quote]")) {
    if (!area || button.dataset.ready) continue;
    button.dataset.ready = "1";
    button.hidden = false;
    button.addEventListener("click", () => {
      const post = document.getElementById(`text-${button.dataset.quote}`);
      const chosen = getSelection();
      const text = chosen && !chosen.isCollapsed && post?.contains(chosen.anchorNode) ? chosen.toString() : post?.querySelector("p")?.textContent ?? "";
      const who = button.closest("article")?.querySelector(".name")?.textContent;
      const cited = text.trim().slice(0, 400).split("\n").map((line) => `> ${line}`).join("\n");
      button.closest("details")?.removeAttribute("open");
      area.scrollIntoView({ block: "center" });
      insert(area, `${area.value ? "\n\n" : ""}${cited}\n> [${who ?? "#"}](/a/${button.dataset.quote})\n\n`);
    });
  }
}

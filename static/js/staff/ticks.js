// The bar for many items at once: shown while something is ticked, with the number; a large number is asked twice.
import { say } from "../core.js";

const MANY = 25;

export function start() {
  document.addEventListener("change", (event) => { if (event.target.closest("[data-list]")) count(); });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-untick]")) return;
    for (const box of boxes()) box.checked = false;
    count();
  });
  document.addEventListener("submit", (event) => {
    const number = boxes().filter((box) => box.checked).length;
    if (event.submitter?.closest("[data-bulk]") && number > MANY && !confirm(say("sure", number))) event.preventDefault();
  });
  document.addEventListener("swapped", count);
  count();
}

const boxes = () => [...document.querySelectorAll("[data-list] input[type=checkbox]")];

function count() {
  const number = boxes().filter((box) => box.checked).length, bar = document.querySelector("[data-bulk]");
  if (!bar) return;
  bar.hidden = number === 0;
  const words = bar.querySelector("[data-bulk-count]");
  if (words) words.textContent = say("ticked", number);
}

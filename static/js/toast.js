// Messages that leave by themselves: six seconds, ten with an undo, never while pointed at or focused.
import { say } from "./core.js";

export function start(toasts) {
  for (const box of toasts) {
    if (box.dataset.timed) continue;
    box.dataset.timed = "1";
    const stay = box.querySelector("form") ? 10000 : 6000;
    let timer;
    const go = () => { timer = setTimeout(() => box.remove(), stay); };
    const hold = () => clearTimeout(timer);
    box.append(closer(box));
    for (const type of ["mouseenter", "focusin"]) box.addEventListener(type, hold);
    for (const type of ["mouseleave", "focusout"]) box.addEventListener(type, go);
    go();
  }
}

function closer(box) {
  const button = Object.assign(document.createElement("button"), { className: "btn icon", type: "button", textContent: "×" });
  button.setAttribute("aria-label", say("close"));
  button.addEventListener("click", () => box.remove());
  return button;
}

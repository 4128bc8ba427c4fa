// Private details in a public text: noticed when the field is left; one click masks them. Never blocks.
import { say } from "./core.js";

const PATTERNS = [
  /[\w.+-]+@[\w-]+\.[\w.-]*\w/g,
  /(?<!\d)(?:\+33|0033|0)\s?[1-9](?:[\s.-]?\d{2}){4}(?!\d)/g,
  /(?<![\dA-Z])[A-Z]{2}\d{2}(?:\s?[\dA-Z]{4}){3,7}(?![\dA-Z])/g,
  /(?<!\d)(?:\d[ -]?){13,16}(?!\d)/g,
];

export function start(editor) {
  const area = editor.querySelector("textarea");
  let box = null;
  area.addEventListener("blur", () => {
    const found = PATTERNS.some((pattern) => new RegExp(pattern).test(area.value));
    if (found && !box) editor.after(box = notice(area, () => { box.remove(); box = null; }));
    else if (!found && box) { box.remove(); box = null; }
  });
}

function notice(area, done) {
  const box = document.createElement("div");
  box.className = "notice sun";
  box.setAttribute("role", "status");
  const line = document.createElement("p"), button = document.createElement("button");
  line.append(Object.assign(document.createElement("b"), { textContent: say("private") }), ` ${say("privateWhy")} `, button);
  Object.assign(button, { type: "button", className: "linkbtn", textContent: say("mask") });
  button.addEventListener("click", () => {
    area.value = PATTERNS.reduce((text, pattern) => text.replace(pattern, "•••"), area.value);
    area.dispatchEvent(new Event("input", { bubbles: true }));
    done();
    area.focus();
  });
  box.append(line);
  return box;
}

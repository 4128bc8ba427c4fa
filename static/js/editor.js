// The Markdown editor: a plain textarea that gains a toolbar, a preview, a counter, pictures and kept drafts.
import { fragment, say, token } from "./core.js";

const load = (name) => (element) => import(`./${name}.js`).then((module) => module.start(element)).catch((error) => console.warn(name, error));
const keep = load("draft"), pictures = load("pictures"), guard = load("guard"), quotes = load("quote"), mentions = load("mention");

export function start(elements) {
  for (const element of elements) {
    if (element.matches("textarea")) { keep(element); mentions(element); continue; }
    const area = element.querySelector("textarea");
    if (!area || element.dataset.ready) continue;
    element.dataset.ready = "1";
    toolbar(element, area);
    counter(element, area);
    mentions(area);
    if (element.dataset.place) keep(area);
    if (element.dataset.upload) pictures(element);
    if (element.dataset.guard) guard(element);
  }
  if (document.querySelector("[data-quote]")) quotes(document);
}

/** Put text at the selection, keeping the browser's own undo; then select part of it. */
export function insert(area, text, from = text.length, length = 0) {
  const at = area.selectionStart;
  area.focus();
  if (!document.execCommand?.("insertText", false, text)) area.setRangeText(text, at, area.selectionEnd, "end");
  area.setSelectionRange(at + from, at + from + length);
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

const picked = (area) => area.value.slice(area.selectionStart, area.selectionEnd);

function around(area, sign, sample) {
  const text = picked(area) || sample;
  insert(area, sign + text + sign, sign.length, text.length);
}

function lines(area, sign) {
  const start = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  area.setSelectionRange(start, area.selectionEnd);
  const text = picked(area).split("\n").map((line, n) => (sign === "1. " ? `${n + 1}. ` : sign) + line).join("\n");
  insert(area, text);
}

const marks = {
  bold: (area) => around(area, "**", say("text")),
  italic: (area) => around(area, "*", say("text")),
  list: (area) => lines(area, "- "),
  olist: (area) => lines(area, "1. "),
  quote: (area) => lines(area, "> "),
  mention: (area) => insert(area, "@"),
  link(area) {
    const text = picked(area) || say("text");
    insert(area, `[${text}](https://)`, text.length + 3, 8);
  },
};
const KEYS = { b: "bold", i: "italic", k: "link" };

function toolbar(editor, area) {
  const bar = editor.querySelector("[data-bar]");
  if (!bar) return;
  bar.hidden = false;
  const buttons = [...bar.querySelectorAll("button")];
  buttons.forEach((button, n) => { button.tabIndex = n ? -1 : 0; });
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("[data-mark]");
    if (!button) return;
    if (button.dataset.mark === "preview") preview(editor, area, button);
    else marks[button.dataset.mark]?.(area);
  });
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key], now = buttons.indexOf(document.activeElement);
    if (!step || now < 0) return;
    event.preventDefault();
    const next = buttons[(now + step + buttons.length) % buttons.length];
    buttons.forEach((button) => { button.tabIndex = button === next ? 0 : -1; });
    next.focus();
  });
  area.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && KEYS[event.key]) {
      event.preventDefault();
      marks[KEYS[event.key]](area);
    } else if ((event.ctrlKey || event.metaKey) && event.key === "Enter") area.form?.requestSubmit(area.form.querySelector("button.primary"));
  });
}

async function preview(editor, area, button) {
  const pane = editor.querySelector("[data-preview-pane]"), on = button.getAttribute("aria-pressed") !== "true";
  if (on) {
    const body = new FormData();
    body.set("body", area.value);
    body.set("csrf_token", token(area.form));
    try {
      const html = await (await fragment(editor.dataset.preview, body)).text();
      pane.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
    } catch (error) {
      pane.textContent = error.message;
    }
  }
  button.setAttribute("aria-pressed", on);
  pane.hidden = !on;
  area.hidden = on;
  if (!on) area.focus();
}

function counter(editor, area) {
  const place = editor.querySelector("[data-counter]"), most = Number(editor.dataset.max);
  if (!place || !most) return;
  const show = new Intl.NumberFormat(document.documentElement.lang);
  const count = () => {
    const length = area.value.length;
    place.textContent = length >= most * .8 ? `${show.format(length)} / ${show.format(most)}` : "";
    place.classList.toggle("over", length > most * .95);
  };
  area.addEventListener("input", count);
  count();
}

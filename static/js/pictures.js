// Pictures for a text: picked, pasted or dropped; sent at once, put into the text with room for a description.
import { fragment, say, toast, token } from "./core.js";
import { insert } from "./editor.js";

const MOST = 5, BYTES = 8 * 1024 * 1024, KINDS = /^image\/(png|jpeg|webp|gif)$/;

export function start(editor) {
  const area = editor.querySelector("textarea"), input = editor.querySelector("[data-files]");
  const send = (files) => [...files].filter((file) => KINDS.test(file.type)).slice(0, MOST).reduce((done, file) => done.then(() => one(editor, area, file)), Promise.resolve());
  editor.querySelector("[data-mark=image]")?.addEventListener("click", () => input?.click());
  input?.addEventListener("change", () => send(input.files).then(() => { input.value = ""; }));
  area.addEventListener("paste", (event) => {
    if (![...event.clipboardData.files].some((file) => KINDS.test(file.type))) return;
    event.preventDefault();
    send(event.clipboardData.files);
  });
  area.addEventListener("dragover", (event) => { if (event.dataTransfer.types.includes("Files")) event.preventDefault(); });
  area.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    send(event.dataTransfer.files);
  });
}

async function one(editor, area, file) {
  if (file.size > BYTES) return toast(say("tooLarge"));
  const body = new FormData();
  body.set("csrf_token", token(area.form));
  body.set("photo", file);
  area.setAttribute("aria-busy", "true");
  try {
    const made = await (await fragment(editor.dataset.upload, body)).json();
    const alt = say("describe"), before = area.value && !area.value.endsWith("\n") ? "\n\n" : "";
    insert(area, `${before}![${alt}](${made.url})\n`, before.length + 2, alt.length);
    toast(say("describeIt"));
  } catch (error) {
    toast(error.message);
  } finally {
    area.removeAttribute("aria-busy");
  }
}

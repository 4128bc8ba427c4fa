// While an item is open its claim is renewed every 30 seconds (or data-every); the server's word is shown when it is lost.
// A form with data-writing says whether the field of that name holds words; data-shown takes what comes back.
import { fragment, toast } from "../core.js";

export function start() {
  let lost = null;
  const every = Number(document.querySelector("form[data-heartbeat]").dataset.every) || 30000;
  setInterval(async () => {
    const form = document.querySelector("form[data-heartbeat]");
    if (!form || document.hidden || lost === form.action) return;
    try {
      if (form.dataset.writing) form.elements.doing.value = document.querySelector(`textarea[name="${form.dataset.writing}"]`)?.value.trim() ? "writing" : "viewing";
      const answer = await fragment(form.action, new FormData(form)), shown = form.querySelector("[data-shown]");
      if (shown) shown.replaceChildren(...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes);
    } catch (error) {
      if (error.status === 409 || error.status === 410) { lost = form.action; toast(error.message); }
    }
  }, every);
}

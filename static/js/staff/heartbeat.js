// While an item is open its claim is renewed every 30 seconds; the server's word is shown when it is lost.
import { fragment, toast } from "../core.js";

export function start() {
  let lost = null;
  setInterval(async () => {
    const form = document.querySelector("form[data-heartbeat]");
    if (!form || document.hidden || lost === form.action) return;
    try {
      await fragment(form.action, new FormData(form));
    } catch (error) {
      if (error.status === 409 || error.status === 410) { lost = form.action; toast(error.message); }
    }
  }, 30000);
}

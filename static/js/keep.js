// Long forms that can be kept for later are kept on the server by themselves, every 10 seconds while something changes.
import { say } from "./core.js";

const EVERY = 10000;

export function start(forms) {
  for (const form of forms) {
    const status = form.querySelector("[data-saved]");
    let changed = false;
    for (const kind of ["input", "change"]) form.addEventListener(kind, () => { changed = true; });
    form.addEventListener("submit", () => { changed = false; });
    setInterval(async () => {
      if (!changed) return;
      changed = false;
      const typed = new FormData(form);
      typed.set("step", "keep");
      typed.delete("pictures");
      const answer = await fetch(form.action, { method: "POST", body: typed, headers: { "X-Fragment": "1" } }).catch(() => null);
      if (!answer?.ok) changed = true;
      const at = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
      status.textContent = answer?.ok ? say("saved", at) : say("offline");
    }, EVERY);
  }
}

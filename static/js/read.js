// A private conversation that was on screen for a second is read; without scripts a button says so.
export function start(forms) {
  setTimeout(() => {
    if (document.hidden) return document.addEventListener("visibilitychange", () => start(forms), { once: true });
    for (const form of forms) {
      fetch(form.action, { method: "POST", body: new FormData(form), keepalive: true, redirect: "manual" }).then(() => { form.hidden = true; }).catch(() => {});
    }
  }, 1000);
}

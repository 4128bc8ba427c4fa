// A question that is read: what an address names is opened, and how far it was read is told, once.
import { token } from "./core.js";

const LOOKED = 2000;

export function start([thread]) {
  addEventListener("hashchange", open);
  open();
  if (thread.dataset.read) whenLookedAt(() => tell(thread));
  const claim = document.querySelector("[data-leave]");
  if (claim) takeBack(claim.dataset.leave);
}

/** The text the address names may be folded away. */
function open() {
  const named = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const folded = named && named.closest("details:not([open])");
  if (!folded) return;
  folded.open = true;
  named.scrollIntoView();
}

/** A page counts as read after it was in sight for two seconds. */
function whenLookedAt(act) {
  let timer;
  const look = () => {
    clearTimeout(timer);
    if (document.visibilityState === "visible") timer = setTimeout(() => { document.removeEventListener("visibilitychange", look); act(); }, LOOKED);
  };
  document.addEventListener("visibilitychange", look);
  look();
}

function tell(thread) {
  const body = new FormData();
  body.set("csrf_token", token());
  body.set("until", thread.dataset.until);
  fetch(thread.dataset.read, { method: "POST", body, keepalive: true, headers: { "X-Fragment": "1", "X-CSRFToken": token() } }).catch(() => {});
}

/** Who leaves the page without sending an answer is not answering any more. */
function takeBack(url) {
  let sent = false;
  document.addEventListener("submit", () => { sent = true; });
  addEventListener("pagehide", () => {
    if (sent) return;
    const body = new FormData();
    for (const [name, value] of [["csrf_token", token()], ["on", "0"], ["quiet", "1"]]) body.set(name, value);
    navigator.sendBeacon(url, body);
  });
}

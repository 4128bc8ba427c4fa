// What the modules share: the page's own words, requests for fragments, messages to the reader.
const region = document.querySelector("[data-toasts]");
const words = JSON.parse(region?.dataset.words || "{}");

/** A sentence of the page's language; {0}, {1} are filled in. */
export const say = (key, ...values) => (words[key] || key).replace(/\{(\d)\}/g, (_, n) => values[n] ?? "");

/** The token every posted form carries. */
export const token = (form) => form?.querySelector("[name=csrf_token]")?.value ?? document.querySelector("[name=csrf_token]")?.value ?? "";

/** Whose page this is: a member's number, or nothing. What one typed on a shared device is not offered to the next. */
export const reader = document.querySelector(".tabs-bar [href$='/me']")?.pathname.match(/(\d+)\/me$/)?.[1] ?? "";

/** Ask for a part of a page. Throws an Error whose message is the sentence the server gave. */
export async function fragment(url, body) {
  let response;
  try {
    response = await fetch(url, {
      method: body ? "POST" : "GET", body, credentials: "same-origin",
      headers: { "X-Fragment": "1", ...(body ? { "X-CSRFToken": body.get?.("csrf_token") ?? token() } : {}) },
    });
  } catch {
    throw new Error(say("offline"));
  }
  if (response.ok) return response;
  const told = await response.json().catch(() => null);
  throw Object.assign(new Error(told?.error?.message || say("failed")), { status: response.status });
}

let quiet;
/** Tell a screen reader, without showing anything. */
export function announce(text) {
  if (!quiet) {
    quiet = Object.assign(document.createElement("p"), { className: "sr" });
    quiet.setAttribute("role", "status");
    document.body.append(quiet);
  }
  quiet.textContent = "";
  setTimeout(() => { quiet.textContent = text; }, 50);
}

/** Show a message in the page's status region for six seconds (it stays while hovered or focused). */
export function toast(text) {
  const box = document.createElement("div");
  box.className = "toast";
  box.dataset.toast = "";
  const line = Object.assign(document.createElement("span"), { className: "grow", textContent: text });
  box.append(line);
  region?.append(box);
  import("./toast.js").then((module) => module.start([box])).catch(() => {});
}

/** Wait until the last call is `rest` milliseconds ago. */
export function after(rest, act) {
  let timer;
  return (...args) => { clearTimeout(timer); timer = setTimeout(act, rest, ...args); };
}

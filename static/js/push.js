// Messages on this device: the browser is asked only when the button is pressed; the form then carries what it gave.
import { bytes, text } from "./base64.js";

const said = (form, key) => { form.querySelector("[data-said]").textContent = form.querySelector("[data-said]").dataset[key]; };

export async function start([form]) {
  const button = form.querySelector("button"), registration = await navigator.serviceWorker?.getRegistration();
  if (!("Notification" in window) || !("PushManager" in window) || (!registration && !document.querySelector("link[data-worker]"))) {
    button.hidden = true;
    return said(form, "cannot");
  }
  const now = await registration?.pushManager.getSubscription(), row = now && await mine(now.endpoint);
  if (row) {
    row.querySelector("[data-here]").hidden = false;
    row.querySelector("[data-push-off]").addEventListener("submit", () => { now.unsubscribe().catch(() => {}); });
    button.hidden = true;
    said(form, "on");
  } else if (Notification.permission === "denied") said(form, "denied");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    subscribe(form, now).catch((error) => { console.info(error); said(form, "failed"); });
  });
}

async function mine(endpoint) {
  const key = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  return document.querySelector(`[data-device="${[...new Uint8Array(key)].map((one) => one.toString(16).padStart(2, "0")).join("")}"]`);
}

async function subscribe(form, former) {
  if (await Notification.requestPermission() !== "granted") return said(form, "denied");
  await former?.unsubscribe();
  const registration = await navigator.serviceWorker.ready;
  const made = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(form.dataset.push) });
  form.elements.endpoint.value = made.endpoint;
  form.elements.public_key.value = text(made.getKey("p256dh"));
  form.elements.secret.value = text(made.getKey("auth"));
  form.submit();
}

// Passkeys: the form says what the browser is asked; its hidden field carries the answer, and the form is sent as any other.
import { bytes, text } from "./base64.js";

let waiting; // what the browser offers by itself in the field of the address, until a button asks in earnest

export function start(forms) {
  for (const form of forms) {
    form.hidden = false; // only now: pressed before this script was there, the button would send nothing
    if (!window.PublicKeyCredential || !navigator.credentials) {
      form.querySelector("button").hidden = true;
      say(form, "cannot");
      continue;
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      waiting?.abort();
      say(form, "");
      answer(form).catch((error) => { console.info(error.name); say(form, error.name === "InvalidStateError" ? "known" : "stopped"); });
    });
    if ("offered" in form.dataset) offer(form).catch(() => {});
  }
}

const say = (form, key) => { const line = form.querySelector("[data-said]"); line.textContent = line.dataset[key] ?? ""; };

async function offer(form) {
  if (!await PublicKeyCredential.isConditionalMediationAvailable?.()) return;
  waiting = new AbortController();
  await answer(form, { mediation: "conditional", signal: waiting.signal });
}

async function answer(form, more) {
  const asked = JSON.parse(form.dataset.passkey);
  asked.challenge = bytes(asked.challenge);
  if (asked.user) asked.user.id = bytes(asked.user.id);
  for (const one of asked.excludeCredentials ?? []) one.id = bytes(one.id);
  if (more) delete asked.timeout;
  const given = await navigator.credentials["make" in form.dataset ? "create" : "get"]({ publicKey: asked, ...more });
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (given.response[name]) response[name] = text(given.response[name]);
  }
  form.elements.answer.value = JSON.stringify({ id: given.id, rawId: text(given.rawId), type: given.type, response });
  form.submit();
}

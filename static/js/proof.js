// A visitor's browser works a moment for a legal notice, instead of a puzzle for the visitor. Where it cannot, the
// form says what it says without scripts: a message with a link.
export function start(forms) {
  for (const form of forms) prove(form).catch(() => {});
}

async function prove(form) {
  const bits = Number(form.dataset.proof), challenge = form.elements.challenge.value, encoder = new TextEncoder();
  for (let answer = 0; answer < 2 ** (bits + 6); answer++) {
    const digest = new DataView(await crypto.subtle.digest("SHA-256", encoder.encode(`${challenge}:${answer}`)));
    if (bits && Math.clz32(digest.getUint32(0)) < bits) continue;
    form.elements.answer.value = answer;
    const note = form.querySelector("[data-proof-note]");
    note.textContent = note.dataset.proven;
    return;
  }
}

// While a question is typed: solutions like it, the category it seems to be in, products by name. Never in the way.
import { after, announce, fragment, say, toast, token } from "./core.js";

const LEAST = 12, REST = 400;

export function start(fields) {
  for (const field of fields) watch(field, field.form, field.form.querySelector("[data-suggestions]"));
}

const parse = (html) => new DOMParser().parseFromString(html, "text/html").body.childNodes;

function watch(field, form, place) {
  const filing = form.querySelector("[data-filing]"), chosen = () => form.querySelector("[name=category_id]:checked");
  const file = () => {
    const now = chosen();
    if (now) filing.querySelector("[data-filed]").textContent = now.closest("label").querySelector("b").textContent;
    for (const one of form.querySelectorAll("[data-for]")) one.hidden = one.dataset.for !== now?.value;
  };
  const seen = (act) => {
    const body = new FormData();
    for (const [name, value] of Object.entries({ act, visit: form.elements.visit.value, csrf_token: token(form) })) body.set(name, value);
    fragment(field.dataset.seen, body).catch(() => {});
  };
  place.setAttribute("aria-live", "off");
  let last = "";
  const look = after(REST, async () => {
    const data = new FormData(form), query = new URLSearchParams({ title: field.value.trim(), body: data.get("body").trim().slice(0, 600) });
    for (const name of ["category_id", "product"]) if (data.get(name) && !(name === "category_id" && "guess" in filing.dataset)) query.set(name, data.get(name));
    if (field.value.trim().length < LEAST || `${query}` === last) return;
    const now = last = `${query}`;
    try {
      const html = await (await fragment(`${field.dataset.suggest}?${query}`)).text();
      if (last !== now || place.contains(document.activeElement) || place.querySelector("details[open]")) return; // being read
      place.replaceChildren(...parse(html));
      const told = place.querySelector("#similar-title, .notice")?.textContent, { found, category, product } = place.querySelector("[data-found]").dataset;
      if (told) announce(told);
      if (+found) seen("shown");
      const named = !form.querySelector("[name=product]:checked") && form.querySelector(`[name=product][value="${product}"]`);
      if (named) named.checked = true;
      const guess = "guess" in filing.dataset && form.querySelector(`[name=category_id][value="${category}"]`);
      if (guess) { guess.checked = true; filing.open &&= filing.contains(document.activeElement); file(); }
    } catch { /* no suggestions: asking goes on */ }
  });
  place.addEventListener("toggle", (event) => { if (event.target.open) seen("opened"); }, true);
  field.addEventListener("input", look);
  form.addEventListener("change", (event) => {
    if (event.target.name === "category_id") { delete filing.dataset.guess; file(); filing.open = false; }
    look();
  });
  form.querySelector("textarea")?.addEventListener("blur", look);

  const finder = form.querySelector("[data-find]");
  finder.addEventListener("input", after(REST, () => fragment(`${finder.dataset.find}?q=${encodeURIComponent(finder.value)}`)
    .then(async (answer) => form.querySelector("[data-new]").replaceChildren(...parse(await answer.text()))).catch(() => {})));
  form.addEventListener("submit", (event) => {
    const bytes = [...new FormData(form).values()].reduce((sum, value) => sum + (value.size ?? value.length * 2), 0);
    if (bytes > form.dataset.largest) { event.preventDefault(); toast(say("formTooLarge")); }
  });
}

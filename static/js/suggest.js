// While the question is being typed: the solutions that look like it, under the title. Never in the way.
import { after, announce, fragment } from "./core.js";

const LEAST = 12, REST = 400;

export function start(fields) {
  for (const field of fields) watch(field);
}

function watch(field) {
  const form = field.form, place = form.querySelector("[data-suggestions]");
  if (!place) return;
  place.setAttribute("aria-live", "off");
  let last = "";
  const look = after(REST, async () => {
    const query = new URLSearchParams({ title: field.value.trim() });
    const body = form.querySelector("textarea")?.value.trim().slice(0, 600);
    if (body) query.set("body", body);
    const category = new FormData(form).get("category_id");
    if (category) query.set("category_id", category);
    if (field.value.trim().length < LEAST || query.toString() === last) return;
    last = query.toString();
    try {
      const html = await (await fragment(`${field.dataset.suggest}?${query}`)).text();
      if (last !== query.toString()) return;
      place.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
      const told = place.querySelector("#similar-title, .notice")?.textContent;
      if (told) announce(told);
    } catch { /* no suggestions: asking goes on */ }
  });
  field.addEventListener("input", look);
  form.addEventListener("change", look);
  form.querySelector("textarea")?.addEventListener("blur", look);
}

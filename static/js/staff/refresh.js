// Clocks of the board: the server counts (it knows the working hours); the region is fetched again every so many
// seconds while the page is looked at and nobody is typing in it. What became late is said once, politely.
import { announce } from "../core.js";
import { enhance } from "../app.js";

export function start() {
  for (const region of document.querySelectorAll("[data-refresh][id]")) {
    setInterval(() => again(region.id), Math.max(20, Number(region.dataset.refresh) || 60) * 1000);
  }
}

async function again(id) {
  const old = document.getElementById(id);
  if (document.hidden || !old || old.querySelector("details[open]") || old.contains(document.activeElement)) return;
  const html = await fetch(location.href, { credentials: "same-origin" }).then((response) => (response.ok ? response.text() : "")).catch(() => "");
  const made = html && new DOMParser().parseFromString(html, "text/html").getElementById(id);
  if (!made || made.innerHTML === old.innerHTML) return;
  const before = new Set([...old.querySelectorAll("[data-own].late, [data-own].soon")].map((card) => card.id + card.className));
  const x = old.scrollLeft;
  old.replaceWith(made);
  made.scrollLeft = x;
  enhance(made);
  for (const card of made.querySelectorAll("[data-own].late, [data-own].soon")) {
    if (!before.has(card.id + card.className)) announce(`${card.querySelector("h3")?.textContent ?? ""} ${card.querySelector(".sla")?.textContent ?? ""}`);
  }
}

// Native disclosures used as menus: Escape and a click elsewhere close them; a reply box takes the focus.
let listening = false;

export function start(menus) {
  for (const menu of menus) {
    if (!menu.matches(".reply-box")) continue;
    menu.addEventListener("toggle", () => { if (menu.open) menu.querySelector("textarea, input")?.focus(); });
  }
  if (listening) return;
  listening = true;
  const opened = () => document.querySelectorAll("details.menu[open], details.more[open]");
  document.addEventListener("click", (event) => { for (const menu of opened()) if (!menu.contains(event.target)) menu.open = false; });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of opened()) { menu.open = false; menu.querySelector("summary").focus(); }
  });
}

// Thumbs-up, "me too", follow: the act is posted and the card is swapped for the one the server renders.
import { fragment, toast, token } from "./core.js";
import { enhance } from "./app.js";

export function start(buttons) {
  for (const button of buttons) button.addEventListener("click", act);
}

/** A visitor's "yes": the page behind the link holds the form that a page shared by all cannot. */
async function visit(event) {
  const link = event.currentTarget;
  event.preventDefault();
  try {
    const page = new DOMParser().parseFromString(await (await fragment(link.href)).text(), "text/html");
    const form = page.querySelector("form:has([name=csrf_token]):has([name=on])");
    const body = new FormData();
    body.set("csrf_token", token(form));
    body.set("on", link.dataset.act);
    const made = new DOMParser().parseFromString(await (await fragment(form.action, body)).text(), "text/html").body.firstElementChild;
    link.closest("article").replaceWith(made);
    enhance(made);
    if (link.dataset.more) {
      const more = Object.assign(document.createElement("a"), { href: link.pathname, className: "sm", textContent: link.dataset.more });
      made.querySelector(".helpful")?.append(more);
    }
    toast(link.dataset.thanks);
  } catch (error) {
    location.href = link.href;
  }
}

async function act(event) {
  const button = event.currentTarget, form = button.form;
  if (button.href) return visit(event);
  if (!form || event.defaultPrevented) return;
  event.preventDefault();
  const card = button.closest("article, [data-swap]");
  const body = new FormData();
  body.set("csrf_token", token(form));
  body.set(button.name, button.value);
  if (card?.querySelector("[name=also]")?.checked) body.set("also", 1);
  const pin = card?.querySelector(":scope > .pin")?.textContent.trim();
  if (/^\d+$/.test(pin || "")) body.set("number", pin);
  button.setAttribute("aria-busy", "true");
  try {
    const response = await fragment(button.formAction, body);
    const html = await response.text();
    const made = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
    if (!card || !made || made.tagName !== card.tagName) return location.reload();
    const path = new URL(button.formAction).pathname;
    card.replaceWith(made);
    enhance(made);
    [...made.querySelectorAll("[data-act]")].find((one) => new URL(one.formAction).pathname === path)?.focus();
  } catch (error) {
    toast(error.message);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

// Copy a code (a button with its value) or the short address of a post (a link).
import { announce, say, toast } from "./core.js";

export function start(elements) {
  for (const element of elements) element.addEventListener("click", copy);
}

async function copy(event) {
  const element = event.currentTarget, isLink = element.tagName === "A";
  if (!navigator.clipboard || (isLink && (event.ctrlKey || event.metaKey || event.shiftKey))) return;
  event.preventDefault();
  try {
    await navigator.clipboard.writeText(isLink ? element.href : element.dataset.copy);
  } catch {
    if (isLink) location.href = element.href;
    return;
  }
  if (isLink) return toast(say("linkCopied"));
  const label = element.querySelector("span") ?? element, before = label.textContent;
  label.textContent = element.dataset.copied || say("copied");
  announce(label.textContent);
  setTimeout(() => { label.textContent = before; }, 4000);
}

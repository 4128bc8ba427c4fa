// Notifications: following the link of a piece of news marks it as read on the way; the button does it without.
export function start(lists) {
  for (const list of lists) list.addEventListener("click", seen);
}

function seen(event) {
  const link = event.target.closest("li.new a[href]"), form = link?.closest("li").querySelector("form");
  if (!form) return;
  fetch(form.action, { method: "POST", body: new FormData(form), keepalive: true, redirect: "manual" }).catch(() => {});
}

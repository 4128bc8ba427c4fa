// Relative times stay true while a page is open. After 24 hours the server's full date stands.
const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" });
const watched = new Set();

export function start(elements) {
  const first = !watched.size;
  for (const element of elements) if (Math.abs(Date.now() - Date.parse(element.dateTime)) < 864e5) watched.add(element);
  if (first) setInterval(update, 60000);
}

function update() {
  for (const element of watched) {
    const seconds = (Date.parse(element.dateTime) - Date.now()) / 1000, age = Math.abs(seconds);
    if (!element.isConnected || age > 86400) watched.delete(element);
    else if (age > 3570) element.textContent = words.format(Math.round(seconds / 3600), "hour");
    else if (age > 57) element.textContent = words.format(Math.round(seconds / 60), "minute");
  }
}

// Which result was opened: browsers that do not send an address's ping themselves are spared the difference.
export function start(links) {
  for (const link of links) {
    const address = link.getAttribute("ping");
    link.removeAttribute("ping");
    const tell = (event) => { if (event.button < 2) navigator.sendBeacon(address); };
    link.addEventListener("click", tell);
    link.addEventListener("auxclick", tell);
  }
}

// The browser's own ways to pass a page on, where it has them: its share sheet and its printer.
export function start(elements) {
  for (const element of elements) {
    const { share } = element.dataset;
    if (share && !navigator.share) continue;
    element.hidden = false;
    element.addEventListener("click", () => (share ? navigator.share({ url: share, title: document.title }).catch(() => {}) : print()));
  }
}

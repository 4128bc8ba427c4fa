// The team's desk. Keys press the visible buttons that carry them (data-key), so that whatever a key does can be
// seen and clicked; lists and their detail are swapped without a page load. All of it may fail alone.
const parts = [
  ["body", "keys"],
  ["[data-list]", "ticks"],
  ["[data-swap]", "swap"],
  ["[data-refresh]", "refresh"],
  ["form[data-heartbeat]", "heartbeat"],
];

for (const [selector, name] of parts) {
  if (document.querySelector(selector)) import(`./staff/${name}.js`).then((module) => module.start()).catch((error) => console.warn(name, error));
}

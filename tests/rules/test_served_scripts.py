"""Scripts are served without their comments, whatever the form of these."""

from __future__ import annotations

from common import assets

MODULE = """\
/* What this is for,
 * over several lines; with // inside
 */
import { one } from "./one.js";

/** One line. */
// another
export function go(path) {
  /* a remark
     that goes on */
  return fetch("https://example.com/*" + path); // stays: it shares its line
}
"""


def test_comments_of_any_length_are_left_out_and_code_stays(tmp_path, monkeypatch):
    folder = tmp_path / "static" / "js"
    folder.mkdir(parents=True)
    (folder / "commented.js").write_text(MODULE)
    monkeypatch.setattr(assets, "ROOT", tmp_path)
    assert assets.script("js/commented.js").splitlines() == [
        'import { one } from "./one.js";',
        "export function go(path) {",
        'return fetch("https://example.com/*" + path); // stays: it shares its line',
        "}",
    ]

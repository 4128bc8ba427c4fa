"""The 652 examples of CommonMark 0.31.2 beside our rendering; ``docs/markdown.md`` lists every difference.

``python -m tests.data.test_commonmark SPEC_JSON`` writes the list anew.
"""

import json
import re
import sys
from collections import defaultdict
from pathlib import Path

from markdown_it import MarkdownIt

from common import text
from common.text_normal_form import REL, in_normal_form

PAGE = Path(__file__).parents[2] / "docs" / "markdown.md"
MARKER = "<!-- differences: written by tests/data/test_commonmark.py -->"

RAW_HTML = "raw HTML is shown as text, never obeyed"
SCHEME = "the address is neither `http`, `https`, `mailto` nor one without a scheme, so it is no link"
PICTURE = "the picture is kept elsewhere, so it becomes a link"
BARE = "a bare web address becomes a link"
LANGUAGE = "the word after the fence is no plain word, so it names no language"
_LEVELS = {"1": "3", "2": "4", "3": "5", "4": "6", "5": "6", "6": "6"}


def as_we_write_it(specified: str) -> str:
    """The specified HTML after the differences that apply to every post alike."""
    html = re.sub(r"(</?h)([1-6])>", lambda found: f"{found[1]}{_LEVELS[found[2]]}>", specified)
    html = html.replace("<blockquote>\n</blockquote>", "<blockquote></blockquote>")
    return html.replace("<br />\n", "\n").replace(" />", ">")


def as_specified(rendered: str) -> str:
    """Our HTML without what is added to every link and to every typed line end."""
    return rendered.replace(f' rel="{REL}"', "").replace("<br>\n", "\n")


def _tokens(markdown: str):
    for block in MarkdownIt("commonmark").parse(markdown):
        yield block
        yield from block.children or []


def reason(markdown: str, specified: str) -> str | None:
    """Why this example may differ; ``None`` when no reason is known."""
    tokens = list(_tokens(markdown))
    if any(token.type in ("html_inline", "html_block") for token in tokens):
        return RAW_HTML
    addresses = [str(token.attrGet("href") or token.attrGet("src") or "") for token in tokens]
    if not all(text._link_is_allowed(address) for address in addresses):
        return SCHEME
    if any(token.type == "image" for block in tokens for token in (block, *(block.children or []))):
        return PICTURE
    if re.search(r'class="language-[^"]*[^\w+#."-]', specified):
        return LANGUAGE
    if re.search(r"https?://", re.sub(r"<a [^>]*>.*?</a>", "", specified)):
        return BARE
    return None


def compare(examples: list[dict]) -> tuple[dict[str, list[int]], list[int]]:
    """(numbers of the differing examples by reason, numbers that differ without one)."""
    explained, unexplained = defaultdict(list), []
    for example in examples:
        ours, theirs = as_specified(text.render(example["markdown"])), as_we_write_it(example["html"])
        if ours == theirs:
            continue
        why = reason(example["markdown"], example["html"])
        (explained[why] if why else unexplained).append(example["example"])
    return dict(explained), unexplained


def table(explained: dict[str, list[int]], total: int) -> str:
    rows = "\n".join(
        f"| {why} | {len(numbers)} | {', '.join(map(str, numbers))} |"
        for why, numbers in sorted(explained.items(), key=lambda item: -len(item[1]))
    )
    same = total - sum(map(len, explained.values()))
    return f"{same} of {total} examples render as specified.\n\n| Reason | Examples | Numbers |\n|---|--:|---|\n{rows}\n"


def _examples(path: Path) -> list[dict]:
    examples = json.loads(path.read_text("utf-8"))
    return [
        {**example, "example": example.get("example", index)} for index, example in enumerate(examples, 1)
    ]


def test_every_example_renders_as_specified_or_is_listed(data_dir):
    examples = _examples(data_dir / "commonmark-spec" / "spec.json")
    explained, unexplained = compare(examples)
    assert len(examples) == 652 and unexplained == []
    assert PAGE.read_text("utf-8").partition(MARKER)[2].strip() == table(explained, len(examples)).strip()


def test_bleach_changes_no_example(data_dir):
    quick = 0
    for example in _examples(data_dir / "commonmark-spec" / "spec.json"):
        html = text._markdown_parser().render(example["markdown"])
        assert text._cleaner().clean(html) == html
        quick += in_normal_form(html)
    assert quick >= 600


def main() -> None:
    examples = _examples(Path(sys.argv[1]))
    explained, unexplained = compare(examples)
    print("without a reason:", unexplained)
    head = PAGE.read_text("utf-8").partition(MARKER)[0]
    PAGE.write_text(f"{head}{MARKER}\n\n{table(explained, len(examples))}", "utf-8")


if __name__ == "__main__":
    main()

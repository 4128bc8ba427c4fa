"""Every cross-site scripting list, typed as Markdown and sent as HTML: nothing active may be left."""

import pytest

from common import text
from common.text_normal_form import TAGS, in_normal_form, safe_attribute
from tests.parsed import elements

CONTEXTS = {
    "alone": "{}",
    "in a sentence": "before {} after",
    "as a link's target": "[x]({})",
    "as a link's text": "[{}](https://a.example)",
    "as a link's title": '[x](https://a.example "{}")',
    "as an angle link": "<{}>",
    "as a picture": "![{0}]({0})",
    "as a reference": "[x][1]\n\n[1]: {}",
    "in a table": "| a |\n|---|\n| {} |",
    "in a quote": "> {}",
    "in a list": "- {}",
    "in code": "```{0}\n{0}\n```",
    "in a heading": "# {}",
    "indented": "    {}",
}


def _payloads(data_dir) -> list[str]:
    lines = []
    for path in sorted((data_dir / "attack-lists" / "xss").glob("*.txt")):
        lines += path.read_text("utf-8", errors="replace").splitlines()
    for name in ("ssti.txt", "csv-injection.txt"):
        lines += (data_dir / "attack-lists" / name).read_text("utf-8", errors="replace").splitlines()
    return [line for line in dict.fromkeys(lines) if line.strip()]


def _runs(address: str) -> bool:
    scheme, colon, _ = "".join(address.split()).partition(":")
    return bool(colon) and scheme.isalpha() and scheme.lower() not in ("http", "https", "mailto")


def survivors(html: str) -> list[str]:
    """What an HTML parser sees in it that a post may not contain."""
    found = []
    if "<!--" in html:
        found.append("comment")
    for element in elements(html):
        tag = element.tag
        if tag not in {*TAGS, "html", "head", "body"}:  # these three every parser adds
            found.append(tag)
        for name, value in element.attributes.items():
            value = value or ""
            if not safe_attribute(tag, name, value) or (name in ("href", "src") and _runs(value)):
                found.append(f"{tag} {name}={value}")
    return found


def test_the_detector_sees_what_is_active():
    for html in (
        "<script>x</script>",
        "<img src=x onerror=y>",
        '<a href="java\tscript:x">',
        "<svg onload=x>",
        "<p style=x>",
    ):
        assert survivors(html)


@pytest.mark.parametrize("context", CONTEXTS)
def test_nothing_active_survives_as_markdown(data_dir, context):
    active = {}
    for payload in _payloads(data_dir)[:: 1 if context in ("alone", "as a link's target") else 6]:
        markdown = CONTEXTS[context].replace("{0}", "{}").replace("{}", payload)
        if left := survivors(text.render(text.normalise(markdown))):
            active[payload] = left
    assert not active


def test_nothing_active_survives_as_html(data_dir):
    payloads = _payloads(data_dir)[::2]
    active = {payload: left for payload in payloads if (left := survivors(text.sanitize(payload)))}
    assert len(payloads) > 1500 and not active


def test_bleach_agrees_with_the_quick_way_on_every_payload(data_dir):
    quick = 0
    for payload in _payloads(data_dir)[::3]:
        html = text._markdown_parser().render(text.normalise(payload))
        if in_normal_form(html):
            quick += 1
            assert text._cleaner().clean(html) == html
    assert quick > 900

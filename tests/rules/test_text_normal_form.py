"""The promise of the quick way through ``sanitize``: what it lets pass is what bleach would have returned."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from common import text
from common.text_normal_form import TAGS, in_normal_form

PIECES = [
    "*", "**", "_", "~~", "`", "```\n", "\n", "\n\n", "    ", "> ", "- ", "1. ", "3) ", "# ", "[", "](", ")", "![",
    "http://a.b/?c=d&e", "https://x.y", "www.a.fr", "mailto:a@b.c", "/images/x.png", "javascript:x", "<", ">", "&",
    "&amp;", "&copy;", "&#0;", '"', "'", "|", "|-|-|", "\\", "a", "é", "\u00a0", "\t", "<b>", "</p>", "<!-- -->",
    "<script>", ' "title"', "#top", "//h", "\u2028", "\x00", "\x0b", "\r", "😀", "---\n", "  \n", "==", "word ",
]  # fmt: skip


def agree(html: str) -> None:
    if in_normal_form(html):
        assert text._cleaner().clean(html) == html


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_whatever_is_typed_both_ways_agree(markdown):
    agree(text._markdown_parser().render(markdown))


TAG_PIECES = [
    f"<{slash}{tag}>" for tag in sorted(TAGS | {"div", "b", "script", "math", "svg", "select"}) for slash in ("", "/")
] + [
    "a", "\n", " ", "&amp;", "&lt;", "&copy;", "&", "<", '"', "é", "<!---->", "<br/>", '<ol start="3">',
    f'<a href="https://a.b/?c&amp;d" rel="{text.REL}">', f'<a href="http://[" rel="{text.REL}">',
    f'<a href="/x" title="&quot;" rel="{text.REL}">', '<img src="/x.png" alt="y">', '<img src="//x" alt="">',
    '<code class="language-py">', '<td class="to-left">', '<a href="javascript:x">', "\x0c", "\x00", "&#65;",
]  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(st.lists(st.sampled_from(TAG_PIECES), max_size=14).map("".join))
@example("<pre>\n<code>a</code></pre>")
@example("<pre><code>\na</code></pre>")
@example("<ul>\n<li><p>a</p>\n<p>b</p></li></ul>")
@example("<table><tr><td>a</td></tr></table>")
@example("<p><p>a</p></p>")
@example("<h3><h4>a</h4></h3>")
@example("<em><p>a</p></em>")
def test_whatever_html_comes_both_ways_agree(html):
    agree(html)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(sorted(TAGS - {"br", "hr", "img"})), min_size=1, max_size=6), st.text(max_size=5)
)
def test_well_nested_tags_both_ways_agree(tags, words):
    inner = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for tag in tags:
        inner = f"<{tag}>{inner}</{tag}>"
    agree(inner)


def test_the_quick_way_is_the_usual_one():
    ordinary = [
        "Bonjour,\n\nMa box ne démarre plus. J’ai essayé :\n\n1. débrancher\n2. attendre *10 minutes*\n",
        "See [the guide](https://example.com/guide?a=1&b=2).\n\n```sh\nping 192.168.1.1\n```\n",
        '> quoted "words"\n\n| a | b |\n|---|:-:|\n| 1 | 2 |\n\n---\n\n- one\n- two\n\n  more\n',
        "![screen](/images/abc.webp)\n\n### Title\n\n~~old~~ **new** `code` & <tag>",
    ]
    assert all(in_normal_form(text._markdown_parser().render(markdown)) for markdown in ordinary)


def test_a_lie_about_the_grammar_would_be_caught():
    """The positive control: forms that bleach changes are not accepted."""
    for html in (
        "<p><p>a</p></p>",
        "<p>&copy;</p>x<",
        "<em>a",
        '<a href="http://[" rel="x">a</a>',
        "<br/>",
        "a\x00",
    ):
        assert text._cleaner().clean(html) != html or html == "<p>&copy;</p>x<"
        assert not in_normal_form(html)

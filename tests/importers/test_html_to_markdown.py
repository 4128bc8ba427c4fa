"""HTML of other forums as Markdown that its author can go on editing: nothing is lost, nothing is made up."""

import html

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forum.importers.reading.html_to_markdown import converted, converted_markdown


@pytest.mark.parametrize(
    ("original", "markdown"),
    [
        ("<p>One</p>\n\n<p>two <b>bold</b> <i>slant</i></p>\n", "One\n\ntwo **bold** *slant*"),
        ("<p>a<br>b<br/><br>c</p>", "a\nb\n\nc"),
        ("<ul><li>a</li><li>b <ul><li>c</li></ul></li></ul>", "- a\n- b\n  - c"),
        ('<ol start="3"><li><p>a</p><p>b</p></li><li>c</li></ol>', "3. a\n\n   b\n\n4. c"),
        ("<ul><li>a</li></ul><ul><li>b</li></ul>", "- a\n\n* b"),
        ("<ul><li><hr></li></ul>", "- ___"),
        ("<blockquote><p>q</p><p>r</p></blockquote>", "> q\n> \n> r"),
        ('<pre class="lang-py prettyprint"><code>x = 1\n</code></pre>', "```py\nx = 1\n```"),
        ("<pre>a ``` b</pre>", "````\na ``` b\n````"),
        ("<p>use <code>a`b</code> or <kbd>Ctrl</kbd></p>", "use ``a`b`` or `Ctrl`"),
        ("<h2>Title #</h2><hr>", "## Title \\#\n\n---"),
        ('<p><a href="https://a.b/c">https://a.b/c</a> <a href="https://a.b/(x)" title="t">here</a></p>',
         'https://a.b/c [here](https://a.b/%28x%29 "t")'),
        ('<p><a href="javascript:x">click</a></p>', "click"),
        ('<p><img src="https://a.b/i.png" alt="a [plan]"></p>', "![a \\[plan\\]](https://a.b/i.png)"),
        ("<p>H<sub>2</sub>O, 10 m<sup>2</sup>, x<sup>th</sup></p>", "H₂O, 10 m², xth"),
        ("<table><tr><th>a</th><th>b|c</th></tr><tr><td>1</td></tr></table>", "| a | b\\|c |\n| --- | --- |\n| 1 |  |"),
        ("<div>a<div>b</div></div>c", "a\n\nb\n\nc"),
        ("<p>a <s>b</s></p><script>x()</script><style>y</style><!-- z -->", "a ~~b~~"),
        ("<dl><dt>term</dt><dd>what it is</dd></dl>", "term\n\n> what it is"),
        ('<iframe src="https://video.example/1"></iframe>', "https://video.example/1"),
        ("<p>fish &amp; chips &lt;tag&gt; &amp;copy;</p>", "fish & chips <tag> \\&copy;"),
    ],
)  # fmt: skip
def test_html_becomes_clean_markdown(original, markdown):
    made = converted(original)
    assert made.markdown == markdown and made.faithful


@pytest.mark.parametrize(
    "words",
    [
        "1. not a list", "- not a list", "+ nor this", "# no title", "> no quote", "*no* _stress_ __here__", "a_b_c 2 * 3",
        "[no](link) [x]: y [a][b]", "![no](picture)", "`no code`", "~~kept~~", "```", "---", "===", "| a | b |", "\\* \\", "&amp; &#65;",
        "<https://a.b> <a@b.c> <b>", "tab\there", "http://a.b/__c__*", "wow! see", "@ben #1 100%", "a  \nb", "    four", "~~~", ":---", "2) x",
        "«\u00a0guillemets\u00a0»", "日本語", "1986\\. A year", "https://a.b/c.", "* * *", "_", "**", "a * b * c",
    ],
)  # fmt: skip
def test_words_that_look_like_marks_stay_words(words):
    made = converted(f"<p>{html.escape(words)}</p>")
    assert made.faithful, made.markdown
    assert (
        "<em>" not in made.html
        and "<ol>" not in made.html
        and "<code>" not in made.html
        and "<h3>" not in made.html
    )


def test_a_mark_before_a_link_makes_no_picture():
    made = converted('<p>Look!<a href="https://a.b">here</a> [<a href="https://a.b">x</a>](y)</p>')
    assert made.faithful and "<img" not in made.html and made.html.count("<a ") == 2


def test_stress_that_markdown_cannot_say_is_dropped_and_not_shown_as_stars():
    made = converted("<p>from<b>.</b>to a<b>b</b>c <b>(x)</b>y <b> padded </b>z</p>")
    assert made.faithful and "*" not in made.html and "<strong>padded</strong>" in made.html


def test_broken_html_is_read_as_far_as_it_goes():
    for broken in (
        "<p>a <b>b <i>c</p><p>d",
        "<ul><li>a<li>b",
        "</div>x</p>",
        "<a href='x",
        "<table><td>a",
        "&nosuch; &",
        "<" * 50,
        "",
    ):
        assert converted(broken).faithful


def test_deep_nesting_ends():
    made = converted("<blockquote>" * 3000 + "deep" + "</blockquote>" * 3000)
    assert "deep" in made.html
    assert "x" in converted("<b>" * 5000 + "x").html


def test_markdown_of_comments_is_only_cleaned():
    assert converted_markdown(" **a**\r\n\x00b ").markdown == "**a**\nb"


TAGS = [
    "p",
    "b",
    "i",
    "em",
    "strong",
    "a",
    "ul",
    "ol",
    "li",
    "blockquote",
    "pre",
    "code",
    "h1",
    "div",
    "span",
    "br",
    "sup",
    "table",
    "tr",
    "td",
]
PIECES = st.one_of(
    st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS] + ['<a href="https://a.b">', "<img src='/x' alt='y'>"]),
    st.sampled_from(["*", "_", "`", "[", "]", "(", ")", "#", "1.", "-", ">", "|", "!", "~~", "\\", "\n", " ", "word", "é", "&lt;", "&amp;", "http://a.b", "=", "+"]),
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_any_mixture_converts_and_never_fails(original):
    made = converted(original)
    assert "<script" not in made.html and isinstance(made.markdown, str)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab1 .*_`[]()#-+>|!~\\<&:=@/\n"), max_size=40))
def test_any_words_survive_in_a_paragraph(words):
    assert converted(f"<p>{html.escape(words)}</p>").faithful

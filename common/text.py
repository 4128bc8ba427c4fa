"""Text that people write: Markdown in, safe HTML out, and the small cuttings made from it.

The way of a post: ``normalise`` (once, when it is received) → ``render`` → ``sanitize`` → stored beside its
Markdown. Pages print the stored HTML as it is, so nothing else in the product may mark text as safe.
What the Markdown means, and where it differs from CommonMark, stands in ``docs/markdown.md``.
"""

import html as html_entities
import re
import threading
import unicodedata
from collections.abc import Mapping
from html.parser import HTMLParser

import bleach
from bleach.html5lib_shim import Filter
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml, unescapeAll

from common.text_addresses import bare_address, narrow_table, www_finder
from common.text_mentions import MOST, link_names, names_in
from common.text_normal_form import REL, TAGS, in_normal_form, safe_attribute

RENDER_VERSION = 2
"""Raised whenever the same Markdown would give other HTML; posts carry the version they were rendered with."""

MAX_BODY = 20_000
"""Longest Markdown text a form accepts, in characters: the cap under which rendering stays below 1 s."""

_local = threading.local()


# -- Markdown to HTML ---------------------------------------------------------------------------------------


def render(markdown: str, people: Mapping[str, str] | None = None) -> str:
    """The safe HTML of a Markdown text. Raw HTML in it is shown as text, never obeyed. ``people``: names behind an @,
    folded as :func:`mentions` gives them, and the address each becomes a link to."""
    return sanitize(_markdown_parser().render(markdown, {"people": people} if people else None))


def sanitize(html: str) -> str:
    """HTML that may stand in a page, whatever came in: allowed tags and attributes only, the rest shown as text.

    The work is done by bleach. Text that already is exactly what bleach would return (which is nearly all our
    renderer writes) is recognised by a strict grammar and handed back as it is, some 50 times faster.
    """
    if in_normal_form(html):
        return html
    return _cleaner().clean(html)


def _markdown_parser() -> MarkdownIt:
    """One parser per thread, made once."""
    parser = getattr(_local, "parser", None)
    if parser is None:
        parser = _local.parser = _new_parser()
    return parser


def _new_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True, "xhtmlOut": False})
    parser.enable(["table", "strikethrough", "linkify"])
    parser.linkify = www_finder
    parser.inline.ruler.at("linkify", bare_address)
    parser.core.ruler.push("names", link_names(fold))
    parser.block.ruler.at("table", narrow_table, {"alt": ["paragraph", "reference"]})
    parser.validateLink = _link_is_allowed  # type: ignore[method-assign]
    parser.add_render_rule("heading_open", _heading)
    parser.add_render_rule("heading_close", _heading)
    parser.add_render_rule("link_open", _link_open)
    parser.add_render_rule("link_close", _link_close)
    parser.add_render_rule("image", _image)
    parser.add_render_rule("fence", _fence)
    parser.add_render_rule("th_open", _cell)
    parser.add_render_rule("td_open", _cell)
    return parser


_SCHEME = re.compile(r"[\s\x00-\x20]*([a-zA-Z][a-zA-Z0-9+.\-]*):")
_SCHEMES = {"http", "https", "mailto"}
_OWN_PATH = re.compile(r"/(?![/\\])")
_LANGUAGE = re.compile(r"[\w+#.-]{1,30}\Z")


def _link_is_allowed(url: str) -> bool:
    """Addresses without a scheme stay inside the site or follow its own; others must be of the web or mail."""
    found = _SCHEME.match(url)
    return found is None or found[1].lower() in _SCHEMES


def _heading(self, tokens, index, options, env) -> str:
    """Headings inside a post begin at the third level: the page and its sections own the first two."""
    level = min(int(tokens[index].tag[1]) + 2, 6)
    return f"<h{level}>" if tokens[index].nesting == 1 else f"</h{level}>\n"


def _link_open(self, tokens, index, options, env) -> str:
    token = tokens[index]
    env["inside_link"] = True
    title = token.attrGet("title")
    shown = f' title="{escapeHtml(str(title))}"' if title else ""
    return f'<a href="{escapeHtml(str(token.attrGet("href") or ""))}"{shown} rel="{REL}">'


def _link_close(self, tokens, index, options, env) -> str:
    env["inside_link"] = False
    return "</a>"


def _image(self, tokens, index, options, env) -> str:
    """A picture kept here is shown; one kept elsewhere becomes a link, so that no reader is sent there unasked."""
    token = tokens[index]
    source = str(token.attrGet("src") or "")
    alt = escapeHtml(self.renderInlineAsText(token.children or [], options, env))
    title = token.attrGet("title")
    shown = f' title="{escapeHtml(str(title))}"' if title else ""
    if _OWN_PATH.match(source):
        return f'<img src="{escapeHtml(source)}" alt="{alt}"{shown}>'
    if env.get("inside_link"):
        return alt or escapeHtml(source)
    return f'<a href="{escapeHtml(source)}"{shown} rel="{REL}">{alt or escapeHtml(source)}</a>'


def _fence(self, tokens, index, options, env) -> str:
    token = tokens[index]
    words = unescapeAll(token.info).split(maxsplit=1)
    known = words and _LANGUAGE.match(words[0])
    opening = f'<code class="language-{words[0]}">' if known else "<code>"
    return f"<pre>{opening}{escapeHtml(token.content)}</code></pre>\n"


def _cell(self, tokens, index, options, env) -> str:
    """Columns are aligned by a class: the page's rules forbid styles written into the text."""
    style = str(tokens[index].attrGet("style") or "")
    side = style.partition(":")[2]
    return f'<{tokens[index].tag} class="to-{side}">' if side else f"<{tokens[index].tag}>"


class _Links(Filter):
    """Gives every link the house's ``rel``, also in HTML that our renderer did not write."""

    def __iter__(self):
        for token in super().__iter__():
            if token["type"] == "StartTag" and token["name"] == "a":
                token["data"].pop((None, "rel"), None)
                token["data"][(None, "rel")] = REL
            yield token


def _cleaner() -> bleach.Cleaner:
    """One cleaner per thread, as its documentation asks: the parser inside keeps state."""
    cleaner = getattr(_local, "cleaner", None)
    if cleaner is None:
        cleaner = _local.cleaner = bleach.Cleaner(
            tags=TAGS,
            attributes=safe_attribute,
            protocols=_SCHEMES,
            strip=False,
            strip_comments=True,
            filters=[_Links],
        )
    return cleaner


# -- Plain text ---------------------------------------------------------------------------------------------

_BREAK = re.compile(r"(?i)<(?:br|/p|/li|/h[1-6]|/pre|/blockquote|/tr|/t[dh]|hr)\s*/?>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_SPACES = re.compile(r"\s+")
_IMAGE_OR_LINK = re.compile(r"!?\[([^\[\]\n]{0,500})\]\([^()\s]{0,2000}(?:\s[^()\n]{0,300})?\)")
_LINE_MARKS = re.compile(
    r"(?m)^[ \t]{0,8}(?:>[ \t]?|#{1,6}[ \t]+|[-*+][ \t]+|\d{1,9}[.)][ \t]+|```.*$|~~~.*$)+"
)
_SPAN_MARKS = re.compile(r"\*{1,3}|~~|`+|(?<!\w)_{1,3}|_{1,3}(?!\w)|\\(?=[!-/:-@\[-`{-~])")
_LOOKS_LIKE_HTML = re.compile(r"\s*<(?:p|h[1-6]|ul|ol|pre|blockquote|table|hr)[ >]")


def plain(text: str) -> str:
    """The words of stored HTML or of Markdown on one line, without any mark-up. Not safe HTML: escape it."""
    return plain_from_html(text) if _LOOKS_LIKE_HTML.match(text) else plain_from_markdown(text)


def plain_from_html(html: str) -> str:
    """The words of HTML on one line."""
    return _SPACES.sub(" ", html_entities.unescape(_TAG.sub("", _BREAK.sub(" ", html)))).strip()


def plain_from_markdown(markdown: str) -> str:
    """The words of Markdown on one line, by pattern: quick and good enough for a search index or a teaser."""
    text = _LINE_MARKS.sub("", _IMAGE_OR_LINK.sub(r"\1", markdown))
    return _SPACES.sub(" ", _SPAN_MARKS.sub("", text)).strip()


_PARTS = frozenset(
    "p li h1 h2 h3 h4 h5 h6 pre blockquote tr div section article ul ol table br hr dt dd".split()
)
_NEVER_WORDS = frozenset("script style template head noscript svg".split())


class _Paragraphs(HTMLParser):
    """Gathers the words of HTML, a line a paragraph, those inside some tags left out."""

    def __init__(self, without: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.without = without | _NEVER_WORDS
        self.words: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        if tag in self.without:
            self.inside.append(tag)
        if tag in _PARTS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            while self.inside.pop() != tag:
                pass
        if tag in _PARTS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.words.append(_SPACES.sub(" ", data))


def paragraphs(html: str, without: frozenset[str] = frozenset()) -> str:
    """The words of HTML with one line a paragraph, also of HTML that is not ours; ``without`` leaves tags out whole."""
    reader = _Paragraphs(without)
    reader.feed(html)
    reader.close()
    lines = (_SPACES.sub(" ", line).strip() for line in "".join(reader.words).split("\n"))
    return "\n".join(line for line in lines if line)


def excerpt(text: str, length: int = 200) -> str:
    """At most ``length`` characters of stored HTML or Markdown as plain text, cut between words."""
    words = plain(text)
    if len(words) <= length:
        return words
    cut = words[: length - 1]
    at_space = cut.rfind(" ")
    if at_space > length // 2 and not words[length - 1].isspace():
        cut = cut[:at_space]
    return cut.rstrip(" ,;:.-–—") + "…"


def mentions(markdown: str) -> tuple[str, ...]:
    """The names called with an @, folded, each once, in order; not those inside code, links or quotes. At most 20."""
    if "@" not in markdown:
        return ()
    found = dict.fromkeys(fold(name) for name in names_in(_markdown_parser().parse(markdown)))
    return tuple(found)[:MOST]


# -- Characters ---------------------------------------------------------------------------------------------

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufff9-\uffff]")
_NEWLINES = re.compile("\r\n?|\x85|\u2028|\u2029")
_WITHOUT_PARTS = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "þ": "th", "’": "'", "ʼ": "'"}
)
_NOT_A_WORD = re.compile(r"[\W_]+")


def normalise(text: str) -> str:
    """What is stored of what was typed: Unicode NFC, newlines as ``\\n``, control characters dropped."""
    return unicodedata.normalize("NFC", _CONTROLS.sub("", _NEWLINES.sub("\n", text)))


def fold(text: str) -> str:
    """For comparing: case and accents off, ligatures spelt out (``Écœuré`` → ``ecoeure``)."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in apart if not unicodedata.combining(char))
    return unicodedata.normalize("NFC", bare.translate(_WITHOUT_PARTS))


def slugify(title: str, length: int = 80) -> str:
    """The readable part of an address: folded words joined by hyphens, never empty."""
    slug = _NOT_A_WORD.sub("-", fold(title)).strip("-")
    if len(slug) > length:
        slug = slug[:length].rpartition("-")[0] or slug[:length]
    return slug or "-"

"""Which HTML is already clean: the grammar of what bleach gives back unchanged.

Sanitising one post with bleach costs milliseconds; recognising that there is nothing to do costs some
microseconds. The recogniser is strict on purpose: one fixed spelling for each tag, all text escaped, only the
nesting that an HTML parser leaves as it stands. Whatever it does not know goes to bleach.
``tests/rules/test_text_normal_form.py`` holds the promise: accepted here means returned unchanged by bleach.
"""

import re

REL = "nofollow ugc noopener"
"""On every link in a post: the site vouches for none of them."""

_FLOW = {"p", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "pre", "table", "hr"}
_PHRASE = {"a", "em", "strong", "s", "code", "br", "img"}
_VOID = {"br", "hr", "img"}
_PARTS = {"li", "thead", "tbody", "tr", "th", "td"}

TAGS = frozenset(_FLOW | _PHRASE | _PARTS)
"""Every tag a post may contain."""

_SAFE = {
    ("a", "title"): re.compile(r"(?s).*"),
    ("a", "href"): re.compile(r"(?s).*"),  # the scheme is the sanitiser's own business
    ("a", "rel"): re.compile(re.escape(REL) + r"\Z"),
    ("img", "src"): re.compile(r"/(?![/\\])[^\s\\]*\Z"),
    ("img", "alt"): re.compile(r"(?s).*"),
    ("img", "title"): re.compile(r"(?s).*"),
    ("code", "class"): re.compile(r"language-[\w+#.-]{1,30}\Z"),
    ("ol", "start"): re.compile(r"\d{1,9}\Z"),
    ("th", "class"): re.compile(r"to-(?:left|center|right)\Z"),
    ("td", "class"): re.compile(r"to-(?:left|center|right)\Z"),
}


def safe_attribute(tag: str, name: str, value: str) -> bool:
    """Whether a tag may carry this attribute with this value (asked by bleach for each one)."""
    pattern = _SAFE.get((tag, name))
    return pattern is not None and pattern.match(value) is not None


_BAD = "\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
_ESCAPE = "&(?:amp|lt|gt|quot);"
_TEXT = rf"(?:[^<>&{_BAD}]|{_ESCAPE})"
_VALUE = rf'(?:[^"<>&{_BAD}]|{_ESCAPE})*+'
_ADDRESS = r"(?:[!#$%'()*+,\-./0-9;=?@A-Z_a-z~]|&amp;)"
_HREF = rf"(?:(?:https?://|mailto:)(?:{_ADDRESS}|:)++|[/#]{_ADDRESS}*+)"
_WORDS = re.compile(
    rf"(?:{_TEXT}++"
    r"|</?(?:p|h[3-6]|ul|ol|li|blockquote|pre|table|thead|tbody|tr|th|td|em|strong|s|code)>"
    r"|<(?:br|hr|/a)>"
    r'|<code class="language-[\w+#.\-]{1,30}">'
    r'|<ol start="\d{1,9}">'
    r'|<t[hd] class="to-(?:left|center|right)">'
    rf'|<a href="{_HREF}"(?: title="{_VALUE}")?+ rel="{REL}">'
    rf'|<img src="/(?!/){_ADDRESS}*+" alt="{_VALUE}"(?: title="{_VALUE}")?+>'
    r")*+\Z"
)
_TAG = re.compile(r"<(/?)([a-z0-9]+)[^>]*>([^<]*)")

_INLINE = frozenset(_PHRASE)
_INSIDE: dict[str, frozenset[str]] = {
    "": frozenset(_FLOW | _PHRASE),
    "blockquote": frozenset(_FLOW | _PHRASE),
    "li": frozenset(_FLOW | _PHRASE),
    "ul": frozenset({"li"}),
    "ol": frozenset({"li"}),
    "pre": frozenset({"code"}),
    "table": frozenset({"thead", "tbody"}),
    "thead": frozenset({"tr"}),
    "tbody": frozenset({"tr"}),
    "tr": frozenset({"th", "td"}),
    **dict.fromkeys(("p", "h3", "h4", "h5", "h6", "th", "td", "a", "em", "strong", "s"), _INLINE),
    "code": frozenset(),
}
_NO_TEXT = frozenset({"ul", "ol", "table", "thead", "tbody", "tr"})
_ONCE = frozenset({"a", "em", "strong", "s", "code"})
_DEEPEST = 60


def in_normal_form(html: str) -> bool:
    """True only when bleach, set up as in ``common.text``, would return exactly ``html``."""
    if not _WORDS.match(html):
        return False
    stack = [""]
    for closing, tag, text in _TAG.findall(html):
        if closing:
            if stack.pop() != tag:
                return False
        elif tag not in _INSIDE[stack[-1]] or (tag in _ONCE and tag in stack):
            return False
        elif tag not in _VOID:
            if len(stack) > _DEEPEST:
                return False
            stack.append(tag)
        if text and (stack[-1] == "pre" or (stack[-1] in _NO_TEXT and text.strip(" \n\t"))):
            return False
    return len(stack) == 1

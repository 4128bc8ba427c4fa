"""A forgiving reading of another forum's HTML into a small tree, for turning it into Markdown."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(
    {"br", "hr", "img", "input", "source", "wbr", "col", "embed", "area", "base", "link", "meta", "param"}
)
_BLOCK_NAMES = (
    "p div section article header footer main aside figure figcaption center address form fieldset details summary "
    "h1 h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre hr table thead tbody tfoot tr td th caption"
)
BLOCKS = frozenset(_BLOCK_NAMES.split())
_DROPPED = frozenset(
    {"script", "style", "template", "head", "title", "noscript", "select", "textarea", "object"}
)
_CLOSED_BY = {
    "p": BLOCKS,
    "li": frozenset({"li"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "tr": frozenset({"tr", "tbody", "tfoot"}),
    "td": frozenset({"td", "th", "tr", "tbody", "tfoot"}),
    "th": frozenset({"td", "th", "tr", "tbody", "tfoot"}),
}
_DEEPEST = 16
"""Elements inside each other; what is deeper stands at this depth, as our renderer stops at 20."""
_BARRIERS = frozenset({"ul", "ol", "table", "blockquote", "dl", "#root"})


@dataclass(slots=True)
class Node:
    """An element. Children are elements and strings."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    def text(self) -> str:
        """All text inside, as it stands."""
        return "".join(child if isinstance(child, str) else child.text() for child in self.children)


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("#root")
        self.stack = [self.root]
        self.dropping = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED:
            self.dropping += 1
        if self.dropping:
            return
        self._close_implied(tag)
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.stack[-1].children.append(node)
        if tag not in VOID and len(self.stack) < _DEEPEST:
            self.stack.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _DROPPED:
            self.dropping = max(0, self.dropping - 1)
            return
        for depth in range(len(self.stack) - 1, 0, -1):
            if self.stack[depth].tag == tag:
                del self.stack[depth:]
                return

    def handle_data(self, data: str) -> None:
        if not self.dropping:
            self.stack[-1].children.append(data)

    def _close_implied(self, tag: str) -> None:
        for depth in range(len(self.stack) - 1, 0, -1):
            opened = self.stack[depth].tag
            if tag in _CLOSED_BY.get(opened, ()):
                del self.stack[depth:]
                return self._close_implied(tag)
            if opened in _BARRIERS and opened != "p":
                return None
        return None


def tree(html: str) -> Node:
    """The tree of an HTML fragment; never fails."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root

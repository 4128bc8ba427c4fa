"""Pages as a browser's own parser reads them (WHATWG's rules, by lexbor)."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode


def elements(html: str) -> list[LexborNode]:
    """The elements of a page or a fragment in their order. What a template holds is not among them: it is not alive."""
    root = LexborHTMLParser(html).root
    return [node for node in root.traverse() if node.is_element_node] if root else []

"""The shapes in a tree of another forum's HTML: runs of text, blocks, rows of tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeGuard

from forum.importers.reading.html_tree import BLOCKS, Node

_EMPHASIS = ("em", "i", "strong", "b", "s", "strike", "del")


def grouped(children: list[Node | str]) -> Iterator[tuple[str, list[Any]]]:
    """Runs of inline content, and blocks one by one: ``("inline", [...])`` or ``(tag, [node])``."""
    run: list[Node | str] = []
    for child in children:
        if isinstance(child, Node) and (child.tag in BLOCKS or holds_block(child)):
            if any(isinstance(item, Node) or item.strip() for item in run):
                yield "inline", run
            run = []
            yield child.tag, [child]
        else:
            run.append(child)
    if any(isinstance(item, Node) or item.strip() for item in run):
        yield "inline", run


def holds_block(node: Node) -> bool:
    """A span or link around paragraphs is opened up: Markdown has no such thing."""
    return any(
        isinstance(child, Node) and (child.tag in BLOCKS or holds_block(child)) for child in node.children
    )


def flattened(children: list[Node | str]) -> list[Node | str]:
    """Content for one line: blocks become what is in them, with a space between."""
    flat: list[Node | str] = []
    for child in children:
        if isinstance(child, Node) and (child.tag in BLOCKS or holds_block(child)):
            flat += [" ", *flattened(child.children), " "]
        else:
            flat.append(child)
    return flat


def merged(children: list[Node | str]) -> Iterator[Node | str]:
    """Inline content with transparent elements opened and neighbouring texts joined, so that escaping sees both."""
    waiting = ""
    for child in opened(children):
        if isinstance(child, str):
            waiting += child
            continue
        if waiting:
            yield waiting
            waiting = ""
        yield child
    if waiting:
        yield waiting


_INLINE = "br code kbd samp tt img a sup sub iframe video audio source embed"
_KEPT = frozenset(_INLINE.split()) | set(_EMPHASIS)


def opened(children: list[Node | str]) -> Iterator[Node | str]:
    """Inline content without the elements that mean nothing in Markdown (spans, fonts)."""
    for child in children:
        if isinstance(child, str) or child.tag in _KEPT:
            yield child
        else:
            yield from opened(child.children)


def is_loose(item: Node) -> bool:
    """Whether the items of a list need a blank line between them."""
    paragraphs = sum(isinstance(child, Node) and child.tag == "p" for child in item.children)
    blocks = sum(
        isinstance(child, Node) and child.tag in ("pre", "blockquote", "table", "hr")
        for child in item.children
    )
    return paragraphs > 1 or blocks > 0 or (paragraphs == 1 and len(item.children) > 3)


def is_cell(node: Node | str) -> TypeGuard[Node]:
    """Whether it is a cell of a table."""
    return isinstance(node, Node) and node.tag in ("td", "th")


def rows_of(node: Node) -> Iterator[Node]:
    """The rows of a table, wherever they stand in it."""
    for child in node.children:
        if isinstance(child, Node):
            if child.tag == "tr":
                yield child
            elif child.tag in ("thead", "tbody", "tfoot"):
                yield from rows_of(child)
            elif child.tag == "caption":
                yield Node("tr", {}, [Node("td", {}, child.children)])


def classes(node: Node) -> str:
    """The class names of a block of code and of the code in it."""
    inner = next((child for child in node.children if isinstance(child, Node) and child.tag == "code"), None)
    return node.attributes.get("class", "") + " " + (inner.attributes.get("class", "") if inner else "")

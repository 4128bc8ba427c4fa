"""Names behind an @ in Markdown: which there are, and the links that stand in their place."""

import re
from collections.abc import Callable, Iterator

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

MOST = 20
"""Names of one text that count."""
_NAME = re.compile(r"(?<![\w@./:])@([^\W_][\w.-]{0,38}[^\W_]|[^\W_])")


def names_in(tokens: list[Token]) -> Iterator[str]:
    """The names as they were typed; not those inside code, links or quotes."""
    for block in _outside_quotes(tokens):
        for token, linked in _with_links(block.children or []):
            if token.type == "text" and not linked:
                yield from _NAME.findall(token.content)


def link_names(fold: Callable[[str], str]) -> Callable[[StateCore], None]:
    """The rule that makes links of names the renderer was told of (``env["people"]``: folded name → address)."""

    def rule(state: StateCore) -> None:
        people = state.env.get("people") or {}
        for block in _outside_quotes(state.tokens) if people else ():
            block.children = [
                part
                for token, linked in _with_links(block.children or [])
                for part in ([token] if linked or token.type != "text" else _parts(token, people, fold))
            ]

    return rule


def _parts(token: Token, people: dict[str, str], fold: Callable[[str], str]) -> Iterator[Token]:
    done, words = 0, token.content
    for found in _NAME.finditer(words):
        address = people.get(fold(found[1]))
        if address:
            yield _text(words[done : found.start()], token.level)
            yield Token("link_open", "a", 1, attrs={"href": address}, level=token.level)
            yield _text(found[0], token.level + 1)
            yield Token("link_close", "a", -1, level=token.level)
            done = found.end()
    yield _text(words[done:], token.level) if done else token


def _text(words: str, level: int) -> Token:
    return Token("text", "", 0, content=words, level=level)


def _outside_quotes(tokens: list[Token]) -> Iterator[Token]:
    quotes = 0
    for block in tokens:
        quotes += {"blockquote_open": 1, "blockquote_close": -1}.get(block.type, 0)
        if block.type == "inline" and not quotes:
            yield block


def _with_links(tokens: list[Token]) -> Iterator[tuple[Token, bool]]:
    """Each part of a line, and whether it stands inside a link."""
    inside = 0
    for token in tokens:
        inside += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        yield token, inside > 0

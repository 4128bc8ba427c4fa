"""What a charter is made of: sections, numbered rules, paragraphs. Pure.

Source: domain/moderation.md §B2.4 (each canned reason is linked to a clause), §B6 (article 14).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

TEXT_MAX = 60_000
CHANGE_MAX = 2_000


class Document(StrEnum):
    """What is agreed to."""

    CHARTER = "charter"
    TERMS = "terms"


class VersionState(StrEnum):
    """A draft is changed; what was published never is."""

    DRAFT = "draft"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a text: a heading of two levels with its anchor, a numbered rule, or Markdown between them."""

    kind: str
    words: str
    anchor: str = ""


_HEADING = re.compile(r"(##|###)\s+(.{1,200}?)\s*(?:\{#([a-z0-9-]{1,40})\})?\s*$")
_RULE = re.compile(r"(\d{1,2}\.\d{1,2})\s+(\S.*)$")


def blocks(markdown: str) -> list[Block]:
    """The pieces of a text in order. A line ``2.1 No insults.`` is the rule that decisions name ``2.1``."""
    found: list[Block] = []
    held: list[str] = []
    count = 0

    def let_go() -> None:
        words = "\n".join(held).strip()
        if words:
            found.append(Block("text", words))
        held.clear()

    for line in markdown.splitlines():
        if heading := _HEADING.match(line):
            let_go()
            count += 1
            found.append(Block("h2" if heading[1] == "##" else "h3", heading[2], heading[3] or f"s{count}"))
        elif rule := _RULE.match(line):
            let_go()
            found.append(Block("rule", rule[2], rule[1]))
        else:
            held.append(line)
    let_go()
    return found


def clauses(markdown: str) -> set[str]:
    """The numbers of the rules a text holds."""
    return {block.anchor for block in blocks(markdown) if block.kind == "rule"}


_wanted: set[str] = set()


def set_clauses(numbers: set[str]) -> None:
    """The rules that decisions can name: every charter holds them. Filled by the package that decides."""
    _wanted.update(numbers)


def missing_clauses(markdown: str) -> list[str]:
    """Rules that decisions can name and a charter does not hold."""
    return sorted(_wanted - clauses(markdown))

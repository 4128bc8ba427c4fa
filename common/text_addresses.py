"""Rules of our Markdown whose time is bounded: bare web addresses become links, tables stay narrow.

They stand in for the library's own, which take seconds on hostile texts of 20,000 characters (``://`` without
end, a table of 4,000 columns).
"""

import re
from dataclasses import dataclass

from markdown_it.common.utils import isStrSpace
from markdown_it.rules_block import StateBlock, table
from markdown_it.rules_inline import StateInline

WIDEST_TABLE = 60
"""Columns; a wider table is shown as the text it was typed in."""

_LONGEST = 2_000
_REST = re.compile(rf"://[^\s<>\"\x00-\x1f\x7f]{{1,{_LONGEST}}}")
_WWW = re.compile(rf"(?i)(?<![\w.@/:\-])www\.[a-z0-9](?:[^\s<>\"*\x00-\x1f\x7f]{{1,{_LONGEST}}})")
_LAST = ".,;:!?'\"*_~`|…»”’"
_PAIRS = {")": "(", "]": "[", "}": "{"}


def trimmed(address: str) -> str:
    """An address without the punctuation of the sentence around it; brackets stay when they were opened inside."""
    end = len(address)
    spare = {closing: address.count(closing) - address.count(opening) for closing, opening in _PAIRS.items()}
    while end:
        last = address[end - 1]
        if last in _LAST:
            end -= 1
        elif spare.get(last, 0) > 0:
            spare[last] -= 1
            end -= 1
        else:
            break
    return address[:end]


def bare_address(state: StateInline, silent: bool) -> bool:
    """``http://…`` and ``https://…`` in running text become links."""
    if state.src[state.pos] != ":" or state.linkLevel > 0:
        return False
    before = state.pending[-6:].lower()
    scheme = next((known for known in ("https", "http") if before.endswith(known)), None)
    if scheme is None or before[: -len(scheme)][-1:].isalnum():
        return False
    found = _REST.match(state.src, state.pos, state.posMax)
    rest = trimmed(found[0]) if found else ""
    if len(rest) < 4 or not rest[3].isalnum():
        return False
    typed = state.pending[-len(scheme) :] + rest
    target = state.md.normalizeLink(typed)
    if not state.md.validateLink(target):
        return False
    if not silent:
        state.pending = state.pending[: -len(scheme)]
        state.push("link_open", "a", 1).attrs = {"href": target}
        state.push("text", "", 0).content = state.md.normalizeLinkText(typed)
        state.push("link_close", "a", -1)
    state.pos += len(rest)
    return True


@dataclass(frozen=True)
class _Found:
    index: int
    last_index: int
    text: str
    url: str
    schema: str = "https:"


class _WwwFinder:
    """What the library asks for addresses without a scheme: only those that begin with ``www.``."""

    def pretest(self, text: str) -> bool:
        return "www." in text or "WWW." in text

    test = pretest

    def match(self, text: str) -> list[_Found]:
        found = []
        for hit in _WWW.finditer(text):
            address = trimmed(hit[0])
            if "." in address[4:]:
                start = hit.start()
                found.append(_Found(start, start + len(address), address, "https://" + address))
        return found


www_finder = _WwwFinder()


def narrow_table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """The library's tables, up to ``WIDEST_TABLE`` columns."""
    if start + 1 < end:
        first, last = state.bMarks[start + 1] + state.tShift[start + 1], state.eMarks[start + 1]
        mark = state.src[first : first + 1]
        if (
            mark not in ("|", "-", ":")
            or isStrSpace(mark)
            or state.src.count("|", first, last) > WIDEST_TABLE
        ):
            return False
    return table(state, start, end, silent)

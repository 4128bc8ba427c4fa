"""What a member wrote in a reply: the quoted letter, the line above it and the signature are cut off.

quotequail finds where the quotation begins, in French and in English; it reads only the first lines, shortened, so that no
text can keep it busy. Signatures are cut with care: rather a signature too many than a sentence lost.
"""

from __future__ import annotations

import re

import quotequail

MARK = "##-"
"""Begins and ends the line of our letters above which one writes."""
_LINES, _WIDTH, _MOST = 500, 300, 200_000
_SPACES = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "\ufeff": "", "\u200b": "", "\u200e": "", "\u200f": ""}
)
_MARKED = re.compile(r"^[> \t*\\|]{0,30}##-.{0,200}-##", re.M)
_OPENS = re.compile(r"^[> ]*(?:le|on) .{4,400}(?:a écrit|wrote) ?:$", re.I)
_SMALL = (
    r"(?:sent (?:from|with|via)|envoy[ée]e? (?:de|depuis|[àa] partir|avec|via|par)|get outlook for|obtenez? outlook pour"
    r"|t[ée]l[ée]charge[rz] outlook pour|provenance :|outlook pour (?:ios|android)|diffus[ée] par)\b"
)
_SIGNED_BY_DEVICE = re.compile(rf"^[\s*_]*{_SMALL}.{{0,90}}$", re.I)
_DASHES = re.compile(r"^(?:-- ?|—|–|_{5,}|-{5,})$")
_TAIL = 12
"""Lines a signature has at most; what is longer is text."""


def reply_of(words: str) -> str:
    """The member's own words; empty where there are none."""
    text = words[:_MOST].replace("\r\n", "\n").replace("\r", "\n").translate(_SPACES)
    marked = _MARKED.search(text)
    own = text[: marked.start()] if marked else text
    rest = text[marked.end() :] if marked else ""
    return _unsigned(_unquoted(own)) or (_unsigned(_below(rest)) if marked else "")


def _unquoted(text: str) -> str:
    lines = text.strip("\n").split("\n")
    shown = [line.replace("**", "")[:_WIDTH].rstrip() for line in lines[:_LINES]]
    found = quotequail.unwrap("\n".join(shown))
    if found is None:
        return _before_an_open_quote(text)
    top = found.get("text_top", "")
    above = lines[: _first_word(shown) + len(top.split("\n"))] if top else []
    below = found.get("text_bottom", "")
    last = len(shown) - _first_word(shown[::-1])
    under = lines[last - len(below.split("\n")) : last] if below and len(lines) <= _LINES else []
    return "\n".join([*above, "", *under] if under else above).strip("\n")


def _first_word(lines: list[str]) -> int:
    return next((number for number, line in enumerate(lines) if line.strip()), 0)


def _before_an_open_quote(text: str) -> str:
    """Without the quoted lines at the very end, and without the line above them where a program broke it in pieces."""
    lines = text.rstrip().split("\n")
    while lines and (not lines[-1].strip() or lines[-1].lstrip().startswith(">")):
        lines.pop()
    for pieces in range(1, 5):
        if _OPENS.match(" ".join(line.strip() for line in lines[-pieces:])[:500]):
            return "\n".join(lines[:-pieces]).rstrip()
    return "\n".join(lines)


def _below(text: str) -> str:
    """What somebody wrote under the quoted letter."""
    lines = text.rstrip().split("\n")
    own: list[str] = []
    for line in reversed(lines[-_LINES:]):
        if line.lstrip().startswith(">"):
            return "\n".join(reversed(own)).strip("\n")
        own.append(line)
    return ""


def _unsigned(text: str) -> str:
    lines = text.strip("\n").split("\n")
    left = sum(1 for line in lines if line.strip())
    for number, line in enumerate(lines):
        left -= 1 if line.strip() else 0
        apart = number == 0 or not lines[number - 1].strip()
        if left <= _TAIL and (line == "-- " or (apart and _DASHES.match(line))):
            return "\n".join(lines[:number]).strip()
        if left <= 2 and _SIGNED_BY_DEVICE.match(line):
            return "\n".join(lines[:number]).strip()
    return text.strip()

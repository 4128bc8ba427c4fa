"""Formulas as a person writes them: one condition a line, read into the tree that decides and written from it.

    rep_total >= 500
    strikes_active = 0
    flags_reviewed < 10 or flag_accuracy >= 0.7

Lines are all needed; ``or``, ``and``, ``not``, parentheses and ``+ - * /`` within a line. Nothing is ever executed: the
result goes through the whitelist of `rules.parse` (domain/rewards.md §A2.1). Pure.
"""

from __future__ import annotations

import re
from typing import Any

from rewards.ranks.rules import ARITHMETIC, COMPARISONS, BadFormula, parse

LONGEST = 2000
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:[.,]\d+)?)|(?P<word>[a-z_][a-z0-9_]*)|(?P<sign><=|>=|==|!=|[<>=≥≤≠+\-*/()−]))"
)
_SIGNS = {"=": "==", "≥": ">=", "≤": "<=", "≠": "!=", "−": "-"}


def read(text: str) -> dict[str, Any]:
    """The tree of a text. Raises :class:`BadFormula` with the line's number."""
    if len(text) > LONGEST:
        raise BadFormula("this formula is too large")
    parts = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            parts.append(_Line(line).whole())
        except BadFormula as error:
            raise BadFormula(error.fault, error.word, number) from None
    tree = {"all": parts}
    parse(tree)
    return tree


class _Line:
    def __init__(self, line: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        place = 0
        while line[place:].strip():
            found = _TOKEN.match(line.lower(), place)
            if found is None:
                raise BadFormula("“%(word)s” is not understood", line[place:].strip()[:20])
            kind = str(found.lastgroup)
            word = found.group(kind)
            self.tokens.append((kind, _SIGNS.get(word, word)))
            place = found.end()
        self.at = self.depth = 0

    def _next(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def _take(self, *words: str) -> str:
        if self._next() in words and self.at < len(self.tokens):
            self.at += 1
            return self.tokens[self.at - 1][1]
        return ""

    def whole(self) -> dict[str, Any]:
        tree = self.either()
        if self.at < len(self.tokens):
            raise BadFormula("“%(word)s” is not expected here", self._next())
        return tree

    def either(self) -> dict[str, Any]:
        return self._joined("or", "any", self.both)

    def both(self) -> dict[str, Any]:
        return self._joined("and", "all", self.one)

    def _joined(self, word: str, name: str, part: Any) -> dict[str, Any]:
        parts = [part()]
        while self._take(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else {name: parts}

    def one(self) -> dict[str, Any]:
        self.depth += 1
        if self.depth > 20:
            raise BadFormula("this formula is too large")
        try:
            if self._take("not"):
                return {"not": self.one()}
            start = self.at
            if self._take("("):
                try:
                    inner = self.either()
                    if self._take(")") and self._next() in ("", "and", "or", ")"):
                        return inner
                except BadFormula:
                    pass
                self.at = start  # the bracket held values, not conditions
            return self.comparison()
        finally:
            self.depth -= 1

    def comparison(self) -> dict[str, Any]:
        left = self.sum()
        sign = self._take(*COMPARISONS)
        if not sign:
            raise BadFormula("a comparison such as >= is missing")
        return {sign: [left, self.sum()]}

    def sum(self) -> Any:
        value = self.product()
        while sign := self._take("+", "-"):
            value = {sign: [value, self.product()]}
        return value

    def product(self) -> Any:
        value = self.value()
        while sign := self._take("*", "/"):
            value = {sign: [value, self.value()]}
        return value

    def value(self) -> Any:
        if self._take("("):
            value = self.sum()
            if not self._take(")"):
                raise BadFormula("a bracket is not closed")
            return value
        if self.at >= len(self.tokens):
            raise BadFormula("a value is missing")
        kind, word = self.tokens[self.at]
        if kind == "sign" or word in ("and", "or", "not"):
            raise BadFormula("a value is missing")
        self.at += 1
        if kind == "number":
            number = float(word.replace(",", "."))
            return int(number) if number.is_integer() else number
        return word


def write(tree: Any) -> str:
    """A tree as text; reading it again gives a formula that decides the same."""
    if isinstance(tree, dict) and set(tree) == {"all"}:
        return "\n".join(_condition(part) for part in tree["all"])
    return _condition(tree)


def _condition(tree: Any, inside: bool = False) -> str:
    ((name, content),) = tree.items()
    if name in ("all", "any"):
        if not content:
            return "1 = 1" if name == "all" else "1 = 0"
        words = (" and " if name == "all" else " or ").join(_condition(part, True) for part in content)
        return f"({words})" if inside and len(content) > 1 else words
    if name == "not":
        inner = _condition(content, True)
        return f"not {inner}" if inner.startswith("(") else f"not ({inner})"
    left, right = content
    return f"{_value(left)} {'=' if name == '==' else name} {_value(right)}"


def _value(value: Any, inside: bool = False) -> str:
    if not isinstance(value, dict):
        return f"{value:g}" if isinstance(value, float) else str(value)
    ((name, (left, right)),) = value.items()
    words = f"{_value(left, True)} {name} {_value(right, True)}"
    return f"({words})" if inside and name in ARITHMETIC else words

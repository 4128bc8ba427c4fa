"""The port through which the forum asks what is private in a text. The rules are those that mask when it is stored.

Whoever types hears of it while typing and again when sending, from the one function that also masks: what the notice
says and what happens cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from common.i18n import Sentence, _

Guard = Callable[[str, str], tuple[str, tuple[str, ...]]]
"""(text, language) → the text with private details masked, and which kinds there were."""

KINDS: dict[str, Sentence] = {
    "email": _("an e-mail address"),
    "phone": _("a phone number"),
    "card": _("a card number"),
    "iban": _("a bank account number (IBAN)"),
    "social_security": _("a social security number"),
    "order": _("an order or customer number"),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What is private in some fields: the kinds, in words, and the fields as they would be masked."""

    kinds: tuple[str, ...] = ()
    masked: Mapping[str, str] | None = None

    @property
    def names(self) -> tuple[Sentence, ...]:
        """The kinds in words."""
        return tuple(KINDS[kind] for kind in self.kinds if kind in KINDS)

    @property
    def order(self) -> bool:
        """Whether an order number is among them: the team asks for it in private."""
        return "order" in self.kinds


def nothing_is_private(text: str, _language: str) -> tuple[str, tuple[str, ...]]:
    """The guard of a forum that runs alone."""
    return text, ()


_guard: Guard = nothing_is_private


def set_guard(guard: Guard) -> None:
    """Fill the port. Called once by the application."""
    global _guard
    _guard = guard


def masked(text: str, language: str) -> tuple[str, tuple[str, ...]]:
    """The text without private details, and which kinds there were."""
    return _guard(text, language) if text else (text, ())


def look(fields: Mapping[str, str], language: str) -> Seen:
    """What is private in the fields of a form; only fields that would change are among the masked ones."""
    kinds: dict[str, None] = {}
    changed: dict[str, str] = {}
    for name, typed in fields.items():
        clean, found = masked(typed, language)
        if found:
            kinds.update(dict.fromkeys(found))
            changed[name] = clean
    return Seen(tuple(kinds), changed)

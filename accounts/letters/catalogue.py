"""Which letters there are, what each says by itself, and which values its words may hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.letters.rules import Text, values_in
from accounts.notifications.kinds import EVENT_LABELS, Kind, registered
from accounts.notifications.letters import BUTTON, HELLO, letter_name
from accounts.notifications.rules import Mail
from common import mail, settings
from common.i18n import Sentence, _, using_language

ACCOUNT = _("Account and replies")
_ALWAYS = ("name", "site", "brand")
_BLANK = re.compile(r"\{\w+\}")


@dataclass(frozen=True)
class Sheet:
    """One letter: its name, what staff know it by, its sentences."""

    name: str
    label: Sentence | str
    group: Sentence | str
    subject: Sentence | str
    paragraphs: tuple[Sentence | str, ...]
    button: Sentence | str | None

    def original(self, language: str) -> Text:
        """Our own words in a language, with their values in braces."""
        with using_language(language):
            body = "\n\n".join(_pattern(paragraph) for paragraph in self.paragraphs)
            return Text(_pattern(self.subject), body, _pattern(self.button) if self.button else "")

    @property
    def values(self) -> tuple[str, ...]:
        """The values that may be used, in the order of the original."""
        said = " ".join(_pattern(one) for one in (self.subject, *self.paragraphs))
        return tuple(dict.fromkeys([*values_in(said), *_ALWAYS]))


def _pattern(words: Sentence | str | None) -> str:
    return words.pattern() if isinstance(words, Sentence) else str(words or "")


def sheets() -> list[Sheet]:
    """All letters: those of the account first, then one for each kind of news that is mailed on its own."""
    own = [
        Sheet(one.name, one.label, ACCOUNT, one.subject, one.paragraphs, one.button)
        for one in mail.all_words()
    ]
    news = [_sheet_of(kind) for kind in registered() if kind.mail != Mail.OFF]
    order = {str(label): number for number, (label, _hint) in enumerate(EVENT_LABELS.values())}
    return own + sorted(news, key=lambda sheet: order.get(str(sheet.group), len(order)))


def sheet(name: str) -> Sheet | None:
    """One letter by its name."""
    return next((one for one in sheets() if one.name == name), None)


class _Sample(dict):
    """Params for a sentence's pattern: whatever is asked for is there."""

    def __missing__(self, key: str) -> int:
        return 1


def _sheet_of(kind: Kind) -> Sheet:
    sentence = _said(kind.sentence)
    subject = _said(kind.subject) if kind.subject else sentence
    return Sheet(
        name=letter_name(kind),
        label=_readable(sentence, kind),
        group=EVENT_LABELS[kind.line][0],
        subject=subject or "{subject}",
        paragraphs=(HELLO, sentence or "{news}"),
        button=kind.button or BUTTON,
    )


def _said(make: Any) -> Sentence | None:
    """The sentence of a kind of news, None where it needs the real thing."""
    try:
        said = make(_Sample({"actor": "…", "title": "…", "count": 1}))
    except Exception:
        return None
    return said if isinstance(said, Sentence) else None


def _readable(sentence: Sentence | None, kind: Kind) -> str:
    return _BLANK.sub("…", _pattern(sentence)) if sentence else kind.key


def sample_values(names: tuple[str, ...]) -> Mapping[str, str]:
    """Values for a preview, in the language in force; a value nobody described stands as its name."""
    known = {
        "name": "Camille",
        "actor": "Gérard A.",
        "site": settings.get("brand.community"),
        "brand": settings.get("brand.name"),
        "title": str(_("The drum stays full of water")),
        "count": "2",
        "points": "15",
        "number": "E-12",
        "reason": str(_("We found no words of yours in it: write them above the quoted message.")),
        "news": str(_("Somebody answered, or commented on, what I asked.")),
        "subject": str(_("Answers to my questions")),
    }
    return {name: str(known.get(name, f"[{name}]")) for name in names}

"""The words as their page shows them: the lists, what each version changed, and a text that is tried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from accounts.members.queries import MemberCard, cards
from common.db import db
from common.i18n import Sentence, _
from common.permissions import Actor, require
from moderation.escalation.priority_rules import Facts, Score, score
from moderation.lexicon import rules, versions
from moderation.lexicon.builtin_rules import BUILT_IN, BUILT_IN_NUMBER
from moderation.lexicon.models import LexiconVersion
from moderation.lexicon.permissions import can_change_words
from moderation.lexicon.rules import WordList

SHOWN = 20
NAMES: dict[str, tuple[Sentence, Sentence]] = {
    WordList.DANGER: (_("Danger"), _("The question is urgent and reaches the team at once.")),
    WordList.HARMLESS: (_("Harmless"), _("Takes words of danger back where they mean something else.")),
    WordList.LAW: (_("Law and press"), _("40 points, and high priority at least.")),
    WordList.MONEY: (_("Payment, fraud, personal data"), _("40 points, and high priority at least.")),
    WordList.URGENCY: (_("Urgency"), _("5 points for each word, 20 at most.")),
    WordList.TONE: (_("Tone"), _("3 points for each word, 15 at most with capitals and exclamation marks.")),
}


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the words, and what it changed: (list, language, added, taken out)."""

    number: int
    created_at: datetime | None
    by: MemberCard | None
    reason: str
    changes: list[tuple[Sentence, str, list[str], list[str]]]


def lists(actor: Actor) -> tuple[int, dict[str, str]]:
    """The version in force and its lists as the form shows them, one phrase a line."""
    require(can_change_words(actor))
    number, words = versions.words_of()
    return number, {
        f"{name}_{code}": "\n".join(sorted(words[name][code])) for name in words for code in words[name]
    }


def history(actor: Actor) -> list[Version]:
    """The last versions, the newest first, down to the words of the house. Two statements."""
    require(can_change_words(actor))
    query = select(LexiconVersion).order_by(LexiconVersion.number.desc()).limit(SHOWN + 1)
    rows = list(db.session.scalars(query))
    people = cards(row.created_by_id for row in rows)
    words = [*((row.number, row.words) for row in rows), (BUILT_IN_NUMBER, BUILT_IN)]
    found = [
        Version(
            row.number, row.created_at, people[row.created_by_id] if row.created_by_id else None, row.reason,
            [(NAMES[name][0], code, more, less) for name, code, more, less in rules.differences(words[n + 1][1], row.words)],
        )
        for n, row in enumerate(rows[:SHOWN])
    ]  # fmt: skip
    return [*found, Version(BUILT_IN_NUMBER, None, None, "", [])] if len(rows) <= SHOWN else found


def tried(text: str) -> Score | None:
    """What a text would score by its words alone."""
    return score(Facts("", text[:4_000]), versions.in_force()) if text.strip() else None

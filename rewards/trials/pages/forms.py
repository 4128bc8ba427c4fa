"""What members send: applications, addresses, reports. Long fields are cut a little above their limit, so that the verb can say so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rewards.trials.applying import ANSWER_MOST, QUESTIONS_MOST, Form
from rewards.trials.models import TrialApplication
from rewards.trials.reporting import CHECKED_MOST, NOTE_MOST, TEXT_MOST, Report
from rewards.trials.rules import Excuse
from rewards.trials.sending.addresses import FIELD_MOST, Address

TEXTS = ("first_days", "liked", "disliked")
PARTS = ("name", "line1", "line2", "postcode", "city", "country", "phone")


def application(form: Mapping[str, str]) -> Form:
    """An application as it was sent."""
    answers = tuple(_cut(form.get(f"answer{number}"), ANSWER_MOST) for number in range(QUESTIONS_MOST))
    return Form(
        answers=answers, adult=form.get("adult") == "1", country=_cut(form.get("country"), 2), equipment=form.get("equipment") == "1",
        outside=form.get("outside") == "1", consent=form.get("consent") == "1", rules_hash=_cut(form.get("rules_hash"), 64),
    )  # fmt: skip


def typed_before(mine: TrialApplication | None, draft: Mapping[str, str]) -> dict[str, str]:
    """What stands in the form at first: the draft, else what was sent."""
    if draft or mine is None:
        return dict(draft)
    fields = {f"answer{number}": text for number, text in enumerate(mine.answers)}
    fields |= {name: "1" for name in ("adult", "equipment", "outside") if getattr(mine, name)}
    return fields | {"country": mine.country}


def address(form: Mapping[str, str]) -> Address:
    """An address as it was typed."""
    return Address(**{name: _cut(form.get(name), FIELD_MOST) for name in PARTS})


def report(form: Any, pictures: Iterable[str]) -> Report:
    """A report as it was sent, with the pictures that are kept already."""
    rating = form.get("rating", "")
    steps = [
        one
        for one in form.getlist("checklist")[:CHECKED_MOST]
        if one.isascii() and one.isdigit() and len(one) < 3
    ]
    first_days, liked, disliked = (_cut(form.get(name), TEXT_MOST) for name in TEXTS)
    return Report(
        rating=int(rating) if rating in ("1", "2", "3", "4", "5") else 0, first_days=first_days, liked=liked, disliked=disliked,
        checklist=tuple(int(one) for one in steps), photos=tuple(dict.fromkeys(pictures)),
    )  # fmt: skip


def excuse(form: Mapping[str, str]) -> tuple[Excuse | None, str]:
    """What happened, and in which words."""
    why = form.get("why", "")
    return Excuse(why) if why in set(Excuse) else None, _cut(form.get("text"), NOTE_MOST)


def _cut(typed: str | None, most: int) -> str:
    return (typed or "").replace("\x00", "")[: most + 1]

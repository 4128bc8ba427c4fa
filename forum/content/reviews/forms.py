"""What the form of a review sends, as a frozen draft or a message per field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

from common import clock, text
from common.errors import Invalid
from common.i18n import Sentence, _, local
from common.permissions import Actor
from forum.content.reviews.models import Review
from forum.content.reviews.rules import (
    POINT_MAX,
    POINTS_MOST,
    RATINGS,
    TEXT_MAX,
    TEXT_MIN,
    TITLE_MAX,
    TITLE_MIN,
    Words,
    compose,
    is_possible_experience,
    parts_of,
    points,
)
from forum.drafts.drafting import KeptDraft
from forum.images.rules import image_keys
from forum.limits import numbers
from forum.questions.rules import readable


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it was typed."""

    rating: str = ""
    title: str = ""
    text: str = ""
    pros: str = ""
    cons: str = ""
    experienced_on: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A review that may be stored."""

    rating: int
    title: str
    body: str
    experienced_on: date


def read_typed(form: Mapping[str, str]) -> Typed:
    """The fields, cut where nobody types so much."""
    return Typed(
        form.get("rating", "")[:4], form.get("title", "")[:400], form.get("body", "")[: TEXT_MAX + 5_000],
        form.get("pros", "")[:4_000], form.get("cons", "")[:4_000], form.get("experienced_on", "")[:20],
    )  # fmt: skip


def typed_before(kept: KeptDraft) -> Typed:
    """What was typed and not sent yet."""
    fields = {"title": kept.title, "body": kept.body}
    return read_typed({name: str(value) for name, value in kept.fields.items()} | fields)


def typed_of(review: Review, title: str | None = None, body: str | None = None) -> Typed:
    """The form of a review as it stands, or of other words for it."""
    words = parts_of(body if body is not None else review.body)
    return Typed(
        str(review.rating), title or review.title, words.text, "\n".join(words.pros), "\n".join(words.cons),
        review.experienced_on.isoformat(),
    )  # fmt: skip


def fields_of(typed: Typed) -> dict[str, str]:
    """What a draft keeps of the form beside title and text."""
    return {name: value for name, value in asdict(typed).items() if name not in ("title", "text") and value}


def read_draft(actor: Actor, typed: Typed) -> Draft:
    """The review. Raises :class:`Invalid` with a sentence per field."""
    faults: dict[str, Sentence | None] = {}
    rating = int(typed.rating) if typed.rating in {str(one) for one in RATINGS} else 0
    if not rating:
        faults["rating"] = _("Choose from one to five stars.")
    title = " ".join(text.normalise(typed.title).split())
    faults["title"] = _length(title, TITLE_MIN, TITLE_MAX)
    words = text.normalise(typed.text).strip()
    faults["body"] = _length(words, TEXT_MIN, TEXT_MAX) or _pictures(actor, words)
    pros, cons = points(text.normalise(typed.pros)), points(text.normalise(typed.cons))
    faults["pros"], faults["cons"] = _points(pros), _points(cons)
    day = _day(typed.experienced_on)
    if day is None or not is_possible_experience(day, local(clock.now()).date()):
        faults["experienced_on"] = _("Give a day that is not in the future.")
    wrong = {name: fault for name, fault in faults.items() if fault is not None}
    if wrong or day is None:
        raise Invalid(fields=wrong)
    return Draft(rating, title, compose(Words(words, pros, cons)), day)


def _length(words: str, low: int, high: int) -> Sentence | None:
    if len(readable(words)) < low:
        return _("A few more words, please: at least %(low)s characters.", low=low)
    return _("Please keep to %(high)s characters.", high=high) if len(words) > high else None


def _pictures(actor: Actor, words: str) -> Sentence | None:
    allowed = numbers.images_allowed(actor.rank, actor.is_staff)
    if len(image_keys(words)) > allowed:
        return _("Please keep to %(count)s pictures in one text.", count=allowed)
    return None


def _points(listed: tuple[str, ...]) -> Sentence | None:
    if len(listed) > POINTS_MOST or any(len(one) > POINT_MAX for one in listed):
        return _(
            "At most %(most)s points of %(high)s characters, one a line.", most=POINTS_MOST, high=POINT_MAX
        )
    return None


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None

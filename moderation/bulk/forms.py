"""Forms of decisions about many: the filter, what is decided, the items in the versions that were shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from common.errors import Invalid
from common.i18n import _
from common.lists import LARGEST
from common.permissions import Actor
from moderation.bulk.choosing import Filter, filter_like
from moderation.bulk.proposing import Wish
from moderation.bulk.rules import MOST, By, Choice
from moderation.review.rules import Reason

_OLD_WORDS = {"approve": Choice.APPROVE, "reject": Choice.REFUSE, "refuse": Choice.REFUSE}


def read_filter(actor: Actor, form: Mapping[str, str]) -> Filter:
    """What the items have in common: ``by``, and an item or a site it is ``like``. Raises :class:`Invalid`."""
    try:
        by = By(form.get("by", ""))
    except ValueError:
        raise Invalid(fields={"by": _("Choose what they have in common.")}) from None
    like = form.get("like", "").strip()[:300]
    if not like:
        raise Invalid(fields={"like": _("Say like which one: an item’s number, or a site.")})
    number = like.lower().removeprefix("#").removeprefix("r-")
    known = number.isascii() and number.isdigit() and len(number) < 11 and int(number) <= LARGEST
    return filter_like(actor, by, int(number) if known else None, like)


def read_wish(form: Mapping[str, str]) -> Wish:
    """What is decided about each, and what is said. Raises :class:`Invalid`."""
    choice = _OLD_WORDS.get(form.get("decision", ""))
    if choice is None:
        raise Invalid(fields={"decision": _("Choose what to decide.")})
    written = form.get("reason", "")
    try:
        reason = Reason(written) if written else None
    except ValueError:
        raise Invalid(fields={"reason": _("Choose the reason: the member reads it.")}) from None
    return Wish(choice, reason, form.get("message", ""))


def read_stamps(values: Iterable[str]) -> dict[int, str]:
    """The items that were shown with their versions, ``12:v3``; what is not of that shape is left out."""
    found: dict[int, str] = {}
    for value in values:
        number, _colon, stamp = value.partition(":")
        if number.isascii() and number.isdigit() and len(number) < 10 and 0 < len(stamp) <= 40:
            found[int(number)] = stamp
        if len(found) > MOST:
            break
    return found

"""Forms of the queue: what a moderator sends, checked."""

from __future__ import annotations

from collections.abc import Mapping

from common.errors import Invalid
from common.i18n import _
from forum.housekeeping.forms import read_target
from forum.questions.forms import as_id
from moderation.review.deciding import Verdict
from moderation.review.rules import Decision, Reason
from moderation.sanctions.appealing import Amendment
from moderation.sanctions.strike_rules import StrikeCause


def read_verdict(form: Mapping[str, str]) -> Verdict:
    """The decision that was sent. Raises :class:`Invalid` for one that does not exist."""
    try:
        decision = Decision(form.get("decision", ""))
    except ValueError:
        raise Invalid(_("Choose what to decide.")) from None
    reason = read_reason(form) if form.get("reason") else None
    message = form.get("message", "")
    if len(message) > 4000:
        raise Invalid(fields={"message": _("Please keep to %(high)s characters.", high=4000)})
    excerpts = tuple(line for line in form.get("excerpts", "").splitlines() if line.strip())
    hours = form.get("hours", "")
    shorter = int(hours) if hours.isascii() and hours.isdigit() and len(hours) < 6 else None
    amendment = Amendment(reason, shorter) if decision == Decision.AMEND else None
    every = getattr(form, "getlist", None)  # a form sent by a browser holds each ticked part
    parts = tuple(every("part")) if every else ()
    topics = tuple(one.strip() for one in form.get("topics", "").split(",") if one.strip())[:20]
    return Verdict(
        decision, reason, message, excerpts[:50], read_strike(form), amendment, parts, topics,
        read_target(form, "target"), form.get("words", ""),
    )  # fmt: skip


def read_reason(form: Mapping[str, str]) -> Reason:
    """The reason that was chosen. Raises :class:`Invalid`."""
    try:
        return Reason(form.get("reason", ""))
    except ValueError:
        raise Invalid(fields={"reason": _("Choose the reason: the member reads it.")}) from None


def read_strike(form: Mapping[str, str]) -> StrikeCause | None:
    """The cause of strike points that was chosen with a decision, if one was. Raises :class:`Invalid`."""
    written = form.get("strike", "")
    try:
        return StrikeCause(written) if written else None
    except ValueError:
        raise Invalid(fields={"strike": _("Choose what the points are for.")}) from None


def read_ids(values: list[str]) -> list[int]:
    """The ticked items, at most 200."""
    return [number for value in dict.fromkeys(values) if (number := as_id(value)) is not None][:200]

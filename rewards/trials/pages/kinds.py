"""The news of trials: every change of a part, reminders of a report, a recall."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from accounts.notifications.kinds import Kind, register
from common.db import db
from common.freshness import Shelf
from common.i18n import Sentence, _, language
from rewards.trials.models import Trial
from rewards.trials.rules import PartMove

Params = dict[str, Any]
_titles = Shelf(64)


def title_of(trial_id: int) -> str:
    """What a campaign is called in the language in force; kept, for texts do not change once they are published."""
    key = (str(db.engine.url), trial_id, language())
    kept: str = _titles.fetch(key, lambda: _title(trial_id))
    return kept


def _title(trial_id: int) -> str:
    trial = db.session.scalar(select(Trial).where(Trial.id == trial_id))
    return trial.text("title", language()) if trial is not None else str(_("a trial"))


def _said(params: Params) -> Sentence:
    title, why = title_of(int(params.get("trial_id", 0))), params.get("why", "")
    move = params.get("move", "")
    if move == PartMove.REJECT:
        return {
            "cancelled": _("The trial “%(title)s” was called off. Nothing is expected of you.", title=title),
            "full": _(
                "All products of the trial “%(title)s” have found a tester; the waiting list is closed.",
                title=title,
            ),
            "ineligible": _(
                "You were not chosen for the trial “%(title)s”: one of its conditions is not met any more.",
                title=title,
            ),
        }.get(why, _("You were not chosen for the trial “%(title)s”.", title=title))
    if move == PartMove.EXCUSE and why == "recall":
        return _(
            "Recall: please stop using the product of the trial “%(title)s”. No report is expected.",
            title=title,
        )
    if move == PartMove.DEFAULT and why == "fraud":
        return _(
            "Your report on the trial “%(title)s” was taken back: no new trial for twelve months.",
            title=title,
        )
    return {
        PartMove.WAITLIST: _(
            "You are on the waiting list of the trial “%(title)s”. It counts as a bonus next time.",
            title=title,
        ),
        PartMove.ASK_ADDRESS: _(
            "You are chosen for the trial “%(title)s”: where shall we send the product?", title=title
        ),
        PartMove.MISS_ADDRESS: _(
            "No address came in time: your place in the trial “%(title)s” went to the next member.",
            title=title,
        ),
        PartMove.SHIP: _("The product of the trial “%(title)s” is on its way to you.", title=title),
        PartMove.DELIVER: _(
            "The product of the trial “%(title)s” was delivered. Enjoy trying it.", title=title
        ),
        PartMove.LOSE: _(
            "The product of the trial “%(title)s” did not reach you. Nothing is expected of you.", title=title
        ),
        PartMove.BREAK: _(
            "The product of the trial “%(title)s” counts as defective. No report is expected.", title=title
        ),
        PartMove.REPORT: _("Your report on the trial “%(title)s” has arrived. Thank you.", title=title),
        PartMove.ASK_MORE: _("Something is missing in your report on the trial “%(title)s”.", title=title),
        PartMove.ACCEPT: _("Your report on the trial “%(title)s” is complete. Thank you.", title=title),
        PartMove.FALL_DUE: _(
            "Your report on the trial “%(title)s” is late. You can still send it.", title=title
        ),
        PartMove.EXCUSE: _("You are excused: no report on the trial “%(title)s” is expected.", title=title),
        PartMove.DEFAULT: _(
            "Your report on the trial “%(title)s” never came: no new trial for twelve months.", title=title
        ),
        "no_excuse": _("The report on the trial “%(title)s” is still expected.", title=title),
    }.get(move, _("Something happened in the trial “%(title)s”.", title=title))  # type: ignore[call-overload, no-any-return]


def _reminder(params: Params) -> Sentence:
    title, days = title_of(int(params.get("trial_id", 0))), int(params.get("days", 0))
    if days == -7:
        return _("Your report on the trial “%(title)s” is due in a week.", title=title)
    if days == -1:
        return _("Your report on the trial “%(title)s” is due tomorrow.", title=title)
    return _("Your report on the trial “%(title)s” was due. A few sentences are enough.", title=title)


def _place(params: Params) -> str:
    return f"/{language()}/trials/{int(params.get('trial_id', 0))}"


_SEE = _("See the trial")
_KINDS = (
    Kind("trial", _said, _place, always=True, is_content=False, button=_SEE),
    Kind("trial-reminder", _reminder, _place, always=True, is_content=False, button=_("Write the report")),
    Kind("trial-recall", _said, _place, always=True, urgent=True, is_content=False, button=_SEE),
)


def register_all() -> None:
    """Make all kinds known; called once by the package."""
    for kind in _KINDS:
        register(kind)

"""The numbers of solutions that staff may change, and the shapes the rules take them in."""

from __future__ import annotations

from datetime import timedelta

from accounts.members import rights
from common import settings
from common.i18n import _
from forum.solutions.rules import Confirmation, Patience, Pinning

_PATIENCE, _TERMS, _PINNING = Patience(), Confirmation(), Pinning()

settings.define(
    "forum.needs_info_rank", 4, unit="rank", low=0, high=6,
    help=_("Rank from which a member may ask for details in a way that lets the clocks rest."),
)  # fmt: skip
settings.define(
    "forum.more_solutions", 0, unit=_("answers"), low=0, high=3,
    help=_("How many answers beside the solution the asker may mark as having solved it too (0: none); they bring no points."),
)  # fmt: skip
settings.define(
    "forum.propose_rank", 4, unit="rank", low=0, high=6,
    help=_("Rank from which a member may propose an answer as the solution."),
)  # fmt: skip
settings.define(
    "forum.info_reminder_days", _PATIENCE.first.days, unit="days", low=1, high=365,
    help=_("Days after which an asker who was asked for details is reminded."),
)  # fmt: skip
settings.define(
    "forum.info_second_reminder_days", _PATIENCE.second.days, unit="days", low=1, high=365,
    help=_("Days after which the asker is reminded a second time, and never again."),
)  # fmt: skip
settings.define(
    "forum.info_rest_days", _PATIENCE.rest.days, unit="days", low=1, high=365,
    help=_("Days after which a question whose asker gave no details rests."),
)  # fmt: skip
settings.define(
    "forum.presume_days", 14, unit="days", low=1, high=365,
    help=_("Days of silence after which a useful answer is presumed to have solved the question."),
)  # fmt: skip
settings.define(
    "forum.reopen_days", 30, unit="days", low=1, high=3_650,
    help=_("Days within which the asker may say that a settled question is still a problem."),
)  # fmt: skip
settings.define(
    "forum.close_solved_days", 0, unit="days", low=0, high=3_650,
    help=_("Solved questions take no more answers this many days after the last one; 0: never."),
)  # fmt: skip
settings.define(
    "forum.staff_accept_days", 0, unit="days", low=0, high=365,
    help=_("Days the choice of the solution is left to the asker before staff may mark one."),
)  # fmt: skip
settings.define(
    "forum.proposal_days", _TERMS.wait.days, unit="days", low=1, high=365,
    help=_("Days a proposed solution waits for its asker before it may be accepted by itself."),
)  # fmt: skip
settings.define(
    "forum.proposal_helped", _TERMS.helped, unit="people", low=1, high=1_000,
    help=_("People a proposed solution must have helped before it is accepted by itself."),
)  # fmt: skip
settings.define(
    "forum.outscored_margin", _PINNING.margin, unit="points", low=1, high=10_000,
    help=_("How far another answer must be ahead before the accepted one no longer stands first."),
)  # fmt: skip
settings.define(
    "forum.outscored_factor", _PINNING.factor, unit="times", low=1, high=100,
    help=_("How many times as useful another answer must be before the accepted one no longer stands first."),
)  # fmt: skip
settings.define(
    "forum.outscored_days", _PINNING.after.days, unit="days", low=0, high=3_650,
    help=_("Days an accepted answer stands first whatever the others score."),
)  # fmt: skip
settings.define(
    "forum.solution_excerpt", 300, unit="characters", low=80, high=2_000,
    help=_("Length of the excerpt shown under a question whose accepted answer does not stand first."),
)  # fmt: skip


rights.opens("forum.needs_info", _("ask for missing details"), "forum.needs_info_rank")
rights.opens("forum.propose", _("propose a solution to whoever asked"), "forum.propose_rank")


def _days(key: str) -> timedelta:
    return timedelta(days=settings.get(key))


def patience() -> Patience:
    """How long askers are waited for."""
    return Patience(
        _days("forum.info_reminder_days"),
        _days("forum.info_second_reminder_days"),
        _days("forum.info_rest_days"),
    )


def confirmation() -> Confirmation:
    """When a proposal is accepted by itself."""
    return Confirmation(_days("forum.proposal_days"), settings.get("forum.proposal_helped"))


def pinning() -> Pinning:
    """When the accepted answer stands first no longer."""
    return Pinning(
        settings.get("forum.outscored_margin"),
        settings.get("forum.outscored_factor"),
        _days("forum.outscored_days"),
    )


def silence() -> timedelta:
    """How long nobody writes before a useful answer is presumed to have solved it."""
    return _days("forum.presume_days")


def reopening() -> timedelta:
    """How long the asker may open a settled question again."""
    return _days("forum.reopen_days")

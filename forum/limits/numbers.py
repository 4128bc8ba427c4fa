"""The forum's numbers that staff may change, and the shapes the rules take them in."""

from datetime import timedelta

from accounts.members import rights
from common import settings
from common.i18n import _, n_
from forum.limits.rules import Rates
from forum.questions.rules import Windows

_RATES = Rates()

_SECONDS = {
    "forum.newcomer_ask_gap": (
        _RATES.newcomer_ask_gap,
        _("Shortest time between two questions of a newcomer (rank 0)."),
    ),
    "forum.newcomer_reply_gap": (
        _RATES.newcomer_reply_gap,
        _("Shortest time between two answers or comments of a newcomer (rank 0)."),
    ),
    "forum.ask_gap": (_RATES.ask_gap, _("Shortest time between two questions of a member.")),
    "forum.reply_gap": (_RATES.reply_gap, _("Shortest time between two answers or comments of a member.")),
}
_A_DAY = {
    "forum.newcomer_asks_first_day": (
        _RATES.newcomer_asks_first_day,
        _("Questions of a newcomer in the first 24 hours."),
    ),
    "forum.newcomer_replies_first_day": (
        _RATES.newcomer_replies_first_day,
        _("Answers and comments of a newcomer in the first 24 hours."),
    ),
    "forum.asks_a_day": (_RATES.asks_a_day, _("Questions of one member in 24 hours (more from rank 3).")),
    "forum.replies_a_day": (
        _RATES.replies_a_day,
        _("Answers and comments of one member in 24 hours (more from rank 3)."),
    ),
    "forum.votes_a_day": (
        _RATES.votes_a_day,
        _("Thumbs-up and me-too of one member in 24 hours (more from rank 3)."),
    ),
    "forum.edits_a_day": (_RATES.edits_a_day, _("Edits of one member in 24 hours (more from rank 3).")),
    "forum.uploads_a_day": (
        _RATES.uploads_a_day,
        _("Pictures of one member in 24 hours (more from rank 3)."),
    ),
}
for _key, (_default, _help) in _SECONDS.items():
    settings.define(_key, _default, unit="seconds", low=0, high=86_400, help=_help)
for _key, (_default, _help) in _A_DAY.items():
    settings.define(_key, _default, unit="per day", low=1, high=100_000, help=_help)

settings.define(
    "forum.edit_window_minutes", 60, unit="minutes", low=0, high=100_000,
    help=_("How long the author of a comment may still edit it."),
)  # fmt: skip
settings.define(
    "forum.edit_window_newcomer_hours", 24, unit="hours", low=0, high=100_000,
    help=_("How long members of ranks 0 and 1 may edit their questions and answers."),
)  # fmt: skip
settings.define(
    "forum.edit_window_days", 30, unit="days", low=0, high=36_500,
    help=_("How long members from rank 2 may edit their questions and answers."),
)  # fmt: skip
settings.define(
    "forum.resubmit_minutes", 5, unit="minutes", low=0, high=1_440,
    help=_("The same text sent again within this time is taken as the first one, not as a second."),
)  # fmt: skip
settings.define(
    "forum.vote_rank", 1, unit="rank", low=0, high=6, help=_("Rank from which a member may give a thumbs-up.")
)
settings.define(
    "forum.vote_age_hours", 24, unit="hours", low=0, high=8_760,
    help=_("Age an account needs before it may give a thumbs-up."),
)  # fmt: skip
settings.define(
    "forum.withdraw_accepted_days", 30, unit="days", low=0, high=36_500,
    help=_("After this time the author of a solution can no longer withdraw it."),
)  # fmt: skip
settings.define(
    "forum.staff_own_solution_hours", 48, unit="hours", low=0, high=8_760,
    help=_("How long staff wait before they may mark their own answer as the solution."),
)  # fmt: skip
settings.define("forum.images_per_post", 5, unit="pictures", low=0, high=20, help=_("Pictures in one post."))
settings.define(
    "forum.images_per_post_newcomer", 1, unit="pictures", low=0, high=20,
    help=_("Pictures in one post of a newcomer (rank 0)."),
)  # fmt: skip
settings.define(
    "forum.comments_per_post", 200, unit="comments", low=1, high=2_000,
    help=_("Comments that one question or answer may have."),
)  # fmt: skip
settings.define(
    "forum.mentions_per_post", 5, unit="members", low=0, high=20,
    help=_("How many mentioned members hear of a post."),
)  # fmt: skip
settings.define(
    "forum.mentions_per_post_newcomer", 2, unit="members", low=0, high=20,
    help=_("How many mentioned members hear of a newcomer’s post."),
)  # fmt: skip


rights.opens("forum.write", _("questions, answers, comments"), 0)
rights.opens("forum.vote", _("thumbs-up"), "forum.vote_rank")
rights.opens(
    "forum.images",
    lambda: n_(
        "%(count)s picture a message", "%(count)s pictures a message", settings.get("forum.images_per_post")
    ),
    lambda: _from_member("forum.images_per_post"),
)
rights.opens(
    "forum.mentions",
    lambda: n_(
        "%(count)s mention a message", "%(count)s mentions a message", settings.get("forum.mentions_per_post")
    ),
    lambda: _from_member("forum.mentions_per_post"),
)
rights.opens(
    "forum.editing",
    lambda: n_(
        "edit your texts for %(count)s day",
        "edit your texts for %(count)s days",
        settings.get("forum.edit_window_days"),
    ),
    Windows().trusted_rank,
)
rights.opens("forum.pace", _("one and a half times as many messages a day"), 3)
rights.opens("forum.pace_more", _("twice as many messages a day"), 4)


def _from_member(key: str) -> int:
    """The rank from which a number of newcomers is raised to that of members."""
    return 1 if settings.get(key) > settings.get(f"{key}_newcomer") else rights.NOBODY


def rates() -> Rates:
    """The rates in force."""
    return Rates(
        newcomer_ask_gap=settings.get("forum.newcomer_ask_gap"),
        newcomer_reply_gap=settings.get("forum.newcomer_reply_gap"),
        newcomer_asks_first_day=settings.get("forum.newcomer_asks_first_day"),
        newcomer_replies_first_day=settings.get("forum.newcomer_replies_first_day"),
        ask_gap=settings.get("forum.ask_gap"),
        reply_gap=settings.get("forum.reply_gap"),
        asks_a_day=settings.get("forum.asks_a_day"),
        replies_a_day=settings.get("forum.replies_a_day"),
        votes_a_day=settings.get("forum.votes_a_day"),
        edits_a_day=settings.get("forum.edits_a_day"),
        uploads_a_day=settings.get("forum.uploads_a_day"),
    )


def windows() -> Windows:
    """The edit windows in force."""
    return Windows(
        comment=timedelta(minutes=settings.get("forum.edit_window_minutes")),
        newcomer=timedelta(hours=settings.get("forum.edit_window_newcomer_hours")),
        member=timedelta(days=settings.get("forum.edit_window_days")),
    )


def images_allowed(rank: int, staff: bool) -> int:
    """How many pictures a post of a member of this rank may show."""
    newcomer = rank == 0 and not staff
    return settings.get("forum.images_per_post_newcomer" if newcomer else "forum.images_per_post")


def mentions_allowed(rank: int, staff: bool) -> int:
    """How many mentions in a post of a member of this rank are told."""
    newcomer = rank == 0 and not staff
    return settings.get("forum.mentions_per_post_newcomer" if newcomer else "forum.mentions_per_post")

"""Why somebody can or cannot do something somewhere: every rule that has a word in it, with its value.

Each line asks the very function that decides when the act is done, so that the page cannot say anything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from accounts.members import rights
from accounts.members.models import Member
from accounts.messages import numbers as message_numbers
from accounts.signin.sessions import actor_of
from common import clock, settings
from common.errors import TooMany
from common.i18n import Sentence, _, day, moment, n_
from common.permissions import Actor, may_write
from forum.categories.models import Category
from forum.limits import numbers as forum_numbers
from forum.limits import pacing
from forum.limits.rules import Act as PacedAct
from forum.limits.rules import grown, pace_of
from forum.questions.rules import PostKind, edit_window
from moderation.flags import misuse
from moderation.flags.permissions import can_flag_for
from moderation.flags.rules import FlagReason
from moderation.policies.rules import TEXTS, Act, Effect, outcome
from moderation.policies.storms import storm_of
from moderation.review import numbers
from moderation.review.wording import HOLDS, POLICIES
from moderation.screening import newcomers
from moderation.screening.policy_rules import Publication, policy_verdict

rights.opens(
    "moderation.trusted", _("texts published at once where the category trusts"), "moderation.trusted_rank"
)
rights.opens("moderation.sampled", _("texts that are seldom read again"), "moderation.sampled_rank")
rights.opens(
    "moderation.bypass",
    _("texts that are not read again where the category trusts"),
    "moderation.bypass_rank",
)
rights.opens(
    "moderation.images", _("pictures published at once"),
    lambda: settings.get("moderation.images_rank") + 1, "moderation.images_rank",
)  # fmt: skip
rights.opens("moderation.links_0", lambda: _links_of(0), 0, "moderation.links_rank_0")
rights.opens("moderation.links_1", lambda: _links_of(1), 1, "moderation.links_rank_1")
rights.opens("moderation.links_2", _("as many links as needed"), 2)


def _links_of(rank: int) -> Sentence:
    count = settings.get(f"moderation.links_rank_{rank}")
    return n_("%(count)s link a message", "%(count)s links a message", count)


@dataclass(frozen=True, slots=True)
class Line:
    """One rule: what it is about, how it stands for this person, what follows, and the settings it reads."""

    rule: Sentence
    value: Sentence | str
    effect: Effect = Effect.INFORMS
    settings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """All rules about an act, and what they come to."""

    lines: list[Line]
    effect: Effect


def explain(member: Member, category: Category, act: Act) -> Explanation:
    """What decides when this member does this in this category, now."""
    actor = actor_of(member)
    lines = _account(member, actor)
    if act in TEXTS:
        lines += _publication(actor, category)
    lines += _OF_ACT[act](actor)
    return Explanation(lines, outcome(line.effect for line in lines))


def _account(member: Member, actor: Actor) -> list[Line]:
    if member.closed_at is not None:
        return [Line(_("Account"), _("It is closed."), Effect.REFUSES)]
    writing = may_write(actor)
    if writing:
        value = _("Open, address confirmed, rank %(rank)s.", rank=actor.rank)
        return [Line(_("Account"), value, Effect.ALLOWS)]
    lines = [Line(_("Account"), writing.sentence or "", Effect.REFUSES)]
    for until in (member.silenced_until, member.suspended_until):
        if until is not None and until > clock.now():
            lines.append(
                Line(_("Measure in force"), _("Until %(moment)s.", moment=moment(until)), Effect.REFUSES)
            )
    return lines


def _publication(actor: Actor, category: Category) -> list[Line]:
    if actor.is_staff:
        return [Line(_("Team"), _("Texts of the team are published at once."), Effect.ALLOWS), _MASKED]
    watched = newcomers.is_under_watch(actor.ids)
    lines = [
        _storm(category),
        _watch(watched),
        _policy(actor, category, watched),
        _pictures(actor),
        _links(actor),
    ]
    filters = Line(
        _("What stands in the text"),
        _(
            "A watched word, an address or a copied text can make a person read it first, whoever of the members writes."
        ),
    )
    return [*(line for line in lines if line is not None), filters, _MASKED]


_MASKED = Line(
    _("Personal data"), _("Addresses, telephone, card and order numbers are masked, whoever writes.")
)


def _storm(category: Category) -> Line | None:
    storm = storm_of(category.id)
    if storm is None:
        return None
    value = _("Everything in this category is read first until %(moment)s.", moment=moment(storm.ends_at))
    return Line(_("Busy time"), value, Effect.HOLDS)


def _watch(watched: bool) -> Line:
    limit = settings.get("moderation.watch_rejections")
    if watched:
        return Line(_("Under watch"), HOLDS["author_watched"], Effect.HOLDS, ("moderation.watch_rejections",))
    value = _("No: fewer than %(limit)s refused texts in 30 days, and no measure that counts.", limit=limit)
    return Line(_("Under watch"), value, Effect.ALLOWS, ("moderation.watch_rejections",))


def _policy(actor: Actor, category: Category, watched: bool) -> Line:
    rules = numbers.policy_numbers()
    published = newcomers.has_published(actor.ids)
    verdict = policy_verdict(str(category.policy), actor.rank, False, watched, published, rules)
    name = POLICIES[str(category.policy)][0]
    read = ("moderation.trusted_rank", "moderation.sampled_rank", "moderation.bypass_rank")
    if verdict.publication == Publication.HOLD:
        value = _(
            "%(policy)s. Rank %(rank)s; without a review from rank %(trusted)s.",
            policy=name, rank=actor.rank, trusted=rules.trusted_rank,
        )  # fmt: skip
        if str(category.policy) == "pre" or watched:
            value = name
        return Line(_("Policy of the category"), value, Effect.HOLDS, read)
    if verdict.sample_share:
        value = _(
            "%(policy)s. Published at once; %(share)s %% are looked at afterwards.",
            policy=name, share=round(100 * verdict.sample_share),
        )  # fmt: skip
        return Line(_("Policy of the category"), value, Effect.LOOKS, read)
    return Line(
        _("Policy of the category"), _("%(policy)s. Published at once.", policy=name), Effect.ALLOWS, read
    )


def _pictures(actor: Actor) -> Line:
    least = settings.get("moderation.images_rank") + 1
    if actor.rank >= least:
        value = _("Published with the text.")
    else:
        value = _("A text with a new picture is read first below rank %(rank)s.", rank=least)
    return Line(_("Pictures"), value, Effect.INFORMS, ("moderation.images_rank",))


def _links(actor: Actor) -> Line:
    allowed = numbers.screen_numbers().links_by_rank
    read = ("moderation.links_rank_0", "moderation.links_rank_1")
    if actor.rank < len(allowed):
        value = _(
            "Up to %(count)s at this rank; with more, or a shortened one, the text is read first.",
            count=allowed[actor.rank],
        )
        return Line(_("Links"), value, Effect.INFORMS, read)
    return Line(_("Links"), _("Any number at this rank."), Effect.INFORMS, read)


def _pace(actor: Actor, act: PacedAct) -> Line:
    if actor.is_staff:
        return Line(_("Pace"), _("No limit for the team."), Effect.ALLOWS)
    age = clock.now() - actor.joined_at if actor.joined_at else timedelta(0)
    pace = pace_of(act, actor.rank, age, forum_numbers.rates())
    try:
        pacing.keep_pace(actor, act)
    except TooMany as wait:
        return Line(_("Pace"), wait.sentence, Effect.REFUSES)
    value = _(
        "At most %(count)s a day, %(gap)s seconds apart; not used up now.",
        count=pace.a_day, gap=int(pace.gap.total_seconds()),
    )  # fmt: skip
    return Line(_("Pace"), value, Effect.ALLOWS)


def _thread() -> Line:
    return Line(
        _("The question itself"), _("A closed or locked question takes nothing more, except from the team.")
    )


def _ask(actor: Actor) -> list[Line]:
    return [_pace(actor, PacedAct.ASK)]


def _reply(actor: Actor) -> list[Line]:
    return [_pace(actor, PacedAct.REPLY), _thread()]


def _edit(actor: Actor) -> list[Line]:
    light = round(100 * numbers.screen_numbers().light_edit_share)
    windows = forum_numbers.windows()
    own = edit_window(PostKind.ANSWER, actor.rank, windows)
    note = edit_window(PostKind.COMMENT, actor.rank, windows)
    return [
        _pace(actor, PacedAct.EDIT),
        Line(_("Size of the change"), _("If more than %(share)s %% changes, or a link or private data appears, the change follows the policy; the version before stays visible.", share=light)),
        Line(_("Time to edit"), _("Questions and answers: %(days)s days; comments: %(minutes)s minutes.", days=own.days, minutes=int(note.total_seconds() // 60))),
    ]  # fmt: skip


def _link(actor: Actor) -> list[Line]:
    allowed = numbers.screen_numbers().links_by_rank
    if actor.is_staff or actor.rank >= len(allowed) or allowed[actor.rank] >= 1:
        return [Line(_("One link"), _("Within the limit."), Effect.ALLOWS)]
    return [
        Line(_("One link"), _("One link is too many at this rank: the text is read first."), Effect.HOLDS)
    ]


def _picture(actor: Actor) -> list[Line]:
    size = settings.get("forum.image_megabytes")
    lines = [
        _pace(actor, PacedAct.UPLOAD),
        Line(_("Size"), _("Up to %(size)s MB.", size=size), Effect.INFORMS),
    ]
    if not actor.is_staff and actor.rank <= settings.get("moderation.images_rank"):
        lines.append(
            Line(_("A picture at this rank"), HOLDS["images"], Effect.HOLDS, ("moderation.images_rank",))
        )
    return lines


def _vote(actor: Actor) -> list[Line]:
    least, hours = settings.get("forum.vote_rank"), settings.get("forum.vote_age_hours")
    age = clock.now() - actor.joined_at if actor.joined_at else timedelta(0)
    ranked = actor.is_staff or actor.rank >= least
    old = actor.is_staff or age >= timedelta(hours=hours)
    lines = [
        Line(_("Rank"), _("Rank %(rank)s; needed: %(least)s.", rank=actor.rank, least=least), Effect.ALLOWS if ranked else Effect.REFUSES, ("forum.vote_rank",)),
        Line(_("Age of the account"), _("Since %(day)s; needed: %(hours)s hours.", day=day(actor.joined_at), hours=hours), Effect.ALLOWS if old else Effect.REFUSES, ("forum.vote_age_hours",)),
        Line(_("Own texts"), _("Nobody votes for an own text, nor for a comment.")),
    ]  # fmt: skip
    return [*lines, _pace(actor, PacedAct.VOTE)]


def _report(actor: Actor) -> list[Line]:
    heard = can_flag_for(actor, FlagReason.OTHER)
    any_reason = Line(
        _("For any reason"), _("Yes.") if heard else heard.sentence or "",
        Effect.ALLOWS if heard else Effect.INFORMS, ("moderation.flag_rank",),
    )  # fmt: skip
    most = grown(settings.get("moderation.flags_a_day"), actor.rank)
    lines = [
        any_reason,
        Line(
            _("Number"),
            _("At most %(count)s a day.", count=most),
            Effect.INFORMS,
            ("moderation.flags_a_day",),
        ),
    ]
    if misuse.muted([actor.person_id or 0]):
        value = _("They are read, but not counted at the moment.")
        lines.append(
            Line(_("Reports without reason"), value, Effect.INFORMS, ("moderation.misuse_muted_days",))
        )
    return lines


def _message(actor: Actor) -> list[Line]:
    ranks = message_numbers.ranks()
    members = actor.is_staff or actor.rank >= ranks.to_members
    team = actor.is_staff or actor.rank >= ranks.to_staff
    return [
        Line(_("Begin with other members"), _("Rank %(rank)s; needed: %(least)s.", rank=actor.rank, least=ranks.to_members), Effect.ALLOWS if members else Effect.REFUSES),
        Line(_("Begin with the team"), _("Rank %(rank)s; needed: %(least)s.", rank=actor.rank, least=ranks.to_staff), Effect.ALLOWS if team else Effect.INFORMS),
        Line(_("Answer"), _("Whoever wrote to you can be answered at any rank.")),
    ]  # fmt: skip


def _profile(actor: Actor) -> list[Line]:
    young = not actor.is_staff and actor.rank < len(numbers.screen_numbers().links_by_rank)
    value = (
        _(
            "Shown at once; at this rank a link or a watched word in presentation or town is looked at afterwards."
        )
        if young
        else _("Shown at once.")
    )
    return [Line(_("Presentation and town"), value, Effect.LOOKS if young else Effect.ALLOWS), _MASKED]


_OF_ACT = {
    Act.ASK: _ask, Act.ANSWER: _reply, Act.COMMENT: _reply, Act.EDIT: _edit, Act.LINK: _link, Act.PICTURE: _picture,
    Act.VOTE: _vote, Act.REPORT: _report, Act.MESSAGE: _message,
    Act.PROFILE: _profile,
}  # fmt: skip

"""Reads for the pages of trials: the list, one campaign with one's own part and eligibility, the draw."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from accounts.members.queries import MemberCard
from common import clock, i18n
from common.db import db
from common.errors import NotFound
from common.i18n import Sentence, _
from common.lists import Page, keyset, page_of
from common.permissions import Actor
from forum.products.queries import ProductCard
from forum.products.queries import by_ids as products_by_ids
from forum.questions.models import Post, Question
from forum.questions.rules import PostState
from rewards.trials import eligibility, lottery, rules, wording
from rewards.trials.models import Trial, TrialApplication, TrialReport
from rewards.trials.rules import Campaign, Check, Line, Method, Part

A_PAGE = 12
CENTRE = 3
SHOWN = 500
PUBLIC = tuple(state for state in Campaign if state is not Campaign.DRAFT)
TABS: dict[str, tuple[Campaign, ...]] = {
    "open": (Campaign.OPEN,),
    "running": (Campaign.SELECTING, Campaign.SHIPPING, Campaign.REPORTING, Campaign.CLOSING),
    "over": (Campaign.CLOSED, Campaign.CANCELLED, Campaign.SUSPENDED),
}
FACES = 4


@dataclass(frozen=True, slots=True)
class TrialCard:
    """A campaign in a list. ``mine`` is where the reader's own part stands."""

    id: int
    slug: str
    title: str
    summary: str
    state: Campaign
    state_words: Sentence
    stock: int
    value_minor: int
    currency: str
    is_kept: bool
    ends_at: datetime | None
    product: ProductCard | None
    mine: Part | None
    mine_words: Sentence | None
    from_rank: Sentence | None
    """What rank it needs, where the reader has not got there."""


def page(reader: Actor, tab: str, after: str = "") -> Page[TrialCard]:
    """Campaigns of a tab, the newest first; ``mine``: those the reader applied to. Three queries."""
    query = select(Trial).where(Trial.state.in_(PUBLIC))
    if tab == "mine":
        a = TrialApplication
        own = select(a.trial_id).where(a.member_id == (reader.person_id or 0), a.state != Part.WITHDRAWN)
        query = query.where(Trial.id.in_(own))
    else:
        query = query.where(Trial.state.in_(TABS.get(tab, TABS["open"])))
    rows = list(db.session.scalars(keyset(query, Trial.created_at, Trial.id, after, A_PAGE)))
    found = page_of(rows, A_PAGE, lambda one: (one.created_at, one.id))
    return Page(_cards(found.items, reader), found.next)


def _cards(trials: list[Trial], reader: Actor) -> list[TrialCard]:
    products = products_by_ids(one.product_id for one in trials if one.product_id)
    a, mine = TrialApplication, {}
    if reader.person_id is not None and trials:
        ids = [one.id for one in trials]
        rows = db.session.execute(
            select(a.trial_id, a.state).where(a.member_id == reader.person_id, a.trial_id.in_(ids))
        )
        mine = {row.trial_id: row.state for row in rows if row.state != Part.WITHDRAWN}
    language = i18n.language()
    return [
        TrialCard(
            one.id, one.slug, one.text("title", language), one.text("summary", language), one.state, wording.CAMPAIGNS[one.state],
            one.stock, one.value_minor, one.currency, one.is_kept, one.ends_at, products.get(one.product_id or 0),
            mine.get(one.id), wording.PARTS[mine[one.id]] if one.id in mine else None,
            wording.condition(Line.RANK, one) if reader.person_id is not None and reader.rank < one.min_rank else None,
        )
        for one in trials
    ]  # fmt: skip


_OVER = (
    Part.WITHDRAWN, Part.REJECTED, Part.ACCEPTED, Part.DECLINED, Part.ADDRESS_TIMEOUT, Part.EXCUSED, Part.DEFAULTED,
    Part.UNDELIVERED, Part.DEFECTIVE,
)  # fmt: skip
"""A participation in which nothing is to come."""


def for_centre(reader: Actor) -> list[TrialCard]:
    """What the rewards centre shows: the reader's own parts that are under way, then what takes applications, the one that
    ends first before the others. Three queries, one where there is nothing."""
    a = TrialApplication
    own = select(a.trial_id).where(a.member_id == (reader.person_id or 0), a.state.not_in(_OVER))
    mine = Trial.id.in_(own)
    still = (Trial.state == Campaign.OPEN) & (Trial.ends_at > clock.now())
    shown = select(Trial).where(Trial.state.in_(PUBLIC), mine | still)
    rows = list(db.session.scalars(shown.order_by(mine.desc(), Trial.ends_at, Trial.id).limit(CENTRE)))
    return _cards(rows, reader) if rows else []


def has_any() -> bool:
    """Whether a campaign was ever published; where none was, nothing points to trials."""
    return db.session.scalar(select(Trial.id).where(Trial.state.in_(PUBLIC)).limit(1)) is not None


def newest_open() -> TrialCard | None:
    """The open campaign to show beside other things."""
    found = db.session.scalar(
        select(Trial).where(Trial.state == Campaign.OPEN).order_by(Trial.ends_at).limit(1)
    )
    return _cards([found], Actor())[0] if found is not None else None


# --- one campaign -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Condition:
    """A line of eligibility: what it asks, whether it is met, and when it will be."""

    words: Sentence
    met: bool | None
    note: Sentence | None


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question about the trial, or about its product."""

    id: int
    slug: str
    title: str
    language: str
    answers: int
    solved: bool


@dataclass(frozen=True, slots=True)
class View:
    """Everything the page of a campaign shows."""

    trial: Trial
    card: TrialCard
    title: str
    summary: str
    legal: str
    steps: list[str]
    questions: list[str]
    applied: int
    faces: list[MemberCard]
    conditions: list[Condition]
    may_apply: bool
    mine: TrialApplication | None
    trail: list[dict[str, Any]]
    shares: list[tuple[Sentence, int]]
    method_words: Sentence
    asked: list[QuestionLine]
    team_note: str
    report: dict[str, str]
    """What the reader reported, once it cannot be changed any more."""


def published(trial_id: int) -> Trial:
    """A campaign that may be seen by everybody. Raises NotFound: drafts are the team's."""
    found = db.session.scalar(select(Trial).where(Trial.id == trial_id, Trial.state.in_(PUBLIC)))
    if found is None:
        raise NotFound()
    return found


def view(reader: Actor, trial_id: int) -> View:
    """A campaign as this reader sees it."""
    trial = published(trial_id)
    language = i18n.language()
    mine = part_of(reader, trial_id)
    checks = _checks(reader, trial, mine)
    a = TrialApplication
    applied = (
        db.session.scalar(select(func.count()).where(a.trial_id == trial_id, a.state != Part.WITHDRAWN)) or 0
    )
    note = ""
    if mine is not None and mine.state == Part.REPORT_DUE:
        note = (
            db.session.scalar(select(TrialReport.team_note).where(TrialReport.application_id == mine.id))
            or ""
        )
    is_open = trial.state == Campaign.OPEN and (trial.ends_at is None or clock.now() < trial.ends_at)
    return View(
        trial=trial, card=_cards([trial], reader)[0], title=trial.text("title", language), summary=trial.text("summary", language),
        legal=trial.text("legal", language), steps=texts(trial.steps), questions=texts(trial.questions), applied=applied,
        faces=[], conditions=[Condition(wording.condition(one.line, trial), one.met, wording.when(one)) for one in checks],
        may_apply=is_open and not reader.is_staff and not rules.failing(checks), mine=mine, trail=trail(trial, mine),
        shares=_shares(trial), method_words=wording.METHODS[trial.method], asked=_asked(trial), team_note=note,
        report=report_before(reader, trial_id) if mine is not None and mine.state in _READ else {},
    )  # fmt: skip


_READ = (Part.ACCEPTED, Part.DEFAULTED)
"""Where a report that was sent is not changed any more."""


def _checks(reader: Actor, trial: Trial, mine: TrialApplication | None) -> list[Check]:
    if reader.person_id is None:
        known = rules.Standing(rank=0, email_verified=False)
        lines = rules.checks(known, trial.wanted, clock.now(), rules.Limits())
        return [Check(one.line, None) for one in lines]
    declared = eligibility.declared_in(mine) if mine is not None and mine.state != Part.WITHDRAWN else None
    return eligibility.checks_for(reader.person_id, trial, declared)


def texts(pairs: list[dict[str, str]]) -> list[str]:
    """Questions or steps in the language in force, else in the other one."""
    language = i18n.language()
    other = "fr" if language == "en" else "en"
    return [str(one.get(language) or one.get(other) or "") for one in pairs]


def part_of(reader: Actor, trial_id: int) -> TrialApplication | None:
    """The reader's own participation."""
    if reader.person_id is None:
        return None
    a = TrialApplication
    found: TrialApplication | None = db.session.scalar(
        select(a).where(a.trial_id == trial_id, a.member_id == reader.person_id)
    )
    return found


def _shares(trial: Trial) -> list[tuple[Sentence, int]]:
    """How places are shared out, in percent."""
    if trial.method is Method.MERIT:
        return [(_("Merit"), 100)]
    if trial.method is not Method.MIXED:
        return [(_("Draw"), 100)]
    left = 100 - trial.merit_percent - trial.newcomers_percent
    return [
        (_("Merit"), trial.merit_percent), (_("Draw"), max(0, left)),
        (_("Members never chosen before"), trial.newcomers_percent),
    ]  # fmt: skip


def _asked(trial: Trial) -> list[QuestionLine]:
    """The thread of the trial first, then what is asked about its product."""
    post, question = Post.__table__, Question.__table__
    about = question.c.product_id == trial.product_id
    if trial.question_id is not None:
        about = about | (question.c.id == trial.question_id)
    query = (
        select(question.c.id, question.c.slug, question.c.title, post.c.language, question.c.answer_count, question.c.accepted_answer_id)
        .join(post, post.c.id == question.c.id)
        .where(about, post.c.state == PostState.PUBLISHED)
        .order_by((question.c.id == trial.question_id).desc(), question.c.id.desc())
        .limit(3)
    )  # fmt: skip
    return [
        QuestionLine(
            row.id, row.slug, row.title, row.language, row.answer_count, row.accepted_answer_id is not None
        )
        for row in db.session.execute(query)
    ]


# --- the trail --------------------------------------------------------------------------------------------------

_AT: dict[Part, int] = {
    Part.APPLIED: 1, Part.WAITLISTED: 2, Part.SELECTED: 2, Part.ADDRESS_PENDING: 2, Part.READY: 3, Part.SHIPPED: 3,
    Part.DELIVERED: 4, Part.REPORT_DUE: 4, Part.OVERDUE: 4, Part.REPORTED: 4, Part.DEFAULTED: 4, Part.ACCEPTED: 5,
}  # fmt: skip


def trail(trial: Trial, mine: TrialApplication | None) -> list[dict[str, Any]]:
    """The way of an application, for the reader; empty where it ended before its end."""
    if mine is None or mine.state not in _AT:
        return []
    here = _AT[mine.state]
    days = wording.day_words
    due = mine.due_at
    chosen_at = mine.selected_at or trial.selected_at or trial.answer_at
    stops: list[tuple[str, Sentence, Sentence | str]] = [
        ("check", _("Application"), days(mine.applied_at)),
        (
            "eye",
            _("Examination"),
            _("in progress") if here == 1 else days(trial.selected_at or mine.updated_at),
        ),
        ("users", _("Selection"), days(chosen_at) if chosen_at else ""),
        ("truck", _("Dispatch"), days(mine.shipped_at) if mine.shipped_at else ""),
        ("edit", _("Test report"), _("before %(day)s", day=days(due)) if due and here < 5 else ""),
    ]
    return [
        {"state": "past" if number < here else "now" if number == here else "next", "icon": "check" if number < here else icon, "title": title, "text": text}
        for number, (icon, title, text) in enumerate(stops)
    ]  # fmt: skip


# --- the draw ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line of the public draw: an application's number, its key; nobody's name."""

    label: str
    key: str
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Draw:
    """What anybody needs to recheck a draw."""

    trial: Trial
    title: str
    count: int
    lines: list[Drawn]
    more: int


def draw(reader: Actor, trial_id: int, limit: int = SHOWN) -> Draw:
    """The draw of a campaign: the hash of its seed from the first day, the rest when the result is out."""
    trial = published(trial_id)
    mine = part_of(reader, trial_id)
    labels = [lottery.label(one) for one in trial.frozen]
    ordered = lottery.order(trial.seed, labels) if trial.seed else sorted(labels)
    lines = [
        Drawn(
            one,
            lottery.draw_key(trial.seed, one) if trial.seed else "",
            mine is not None and one == lottery.label(mine.id),
        )
        for one in ordered[:limit]
    ]
    return Draw(trial, trial.text("title", i18n.language()), len(labels), lines, max(0, len(labels) - limit))


def titles_of(application_ids: list[int]) -> dict[int, str]:
    """Which campaigns some participations are of, for the statement of points. One query."""
    a, language = TrialApplication, i18n.language()
    rows = db.session.execute(
        select(a.id, Trial).join(Trial, Trial.id == a.trial_id).where(a.id.in_(application_ids))
    )
    return {row_id: trial.text("title", language) for row_id, trial in rows}


def report_before(reader: Actor, trial_id: int) -> dict[str, str]:
    """One's own report as a form shows it; empty where none was sent."""
    mine = part_of(reader, trial_id)
    sent = None
    if mine is not None:
        sent = db.session.scalar(select(TrialReport).where(TrialReport.application_id == mine.id))
    if sent is None:
        return {}
    return {
        "rating": str(sent.rating), "first_days": sent.first_days, "liked": sent.liked, "disliked": sent.disliked,
        "photos": " ".join(sent.photos), "checklist": " ".join(str(one) for one in sent.checklist),
    }  # fmt: skip

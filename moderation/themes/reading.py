"""Verbatims as they are counted: what customers say in public, what they say when they are asked how it was, what testers report.

Left out: what everybody may not read, what the team wrote, and quotes (domain/escalation.md §C6: staff and removed excluded).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from accounts.masks.queries import person_of
from accounts.members.models import Member
from accounts.members.rules import STAFF
from common import jobs
from common.db import db
from forum.questions.models import Post
from forum.questions.rules import PostKind, PostState
from moderation.listening import texts
from moderation.satisfaction.models import Satisfaction
from moderation.themes.rules import Source
from moderation.themes.terms import is_in
from rewards.trials.models import TrialApplication, TrialReport

PIECE = 500
NEVER_QUOTED = (Source.TRIAL,)
"""What is told the programme in private: its words count, no passage of it is shown."""
POSTS = (PostKind.QUESTION, PostKind.ANSWER, PostKind.REVIEW)


@dataclass(frozen=True, slots=True)
class Verbatim:
    """What somebody said; ``person_id`` is nobody where they left."""

    source: Source
    id: int
    person_id: int | None
    language: str
    text: str
    said_at: datetime


def said_between(begin: datetime, end: datetime) -> Iterator[Verbatim]:
    """Everything customers said in a span in the language it is filed under, a piece at a time: in memory there are never
    more than some hundred texts."""
    for part in (_posts, _answers_to_us, _trial_reports):
        yield from (one for one in part(begin, end) if is_in(one.text, one.language))


def _posts(begin: datetime, end: datetime) -> Iterator[Verbatim]:
    post, after = texts.post.c, (begin, 0)
    while True:
        columns = (
            post.id,
            post.kind,
            post.language,
            post.body_html,
            post.published_at,
            texts.TITLE.label("title"),
        )
        further = or_(post.published_at > after[0], (post.published_at == after[0]) & (post.id > after[1]))
        query = (
            texts.read(*columns, person_of(post.author_id).label("person_id"))
            .outerjoin(Member, Member.id == post.author_id)
            .where(post.kind.in_(POSTS), post.is_official.is_(False), or_(Member.id.is_(None), Member.role.not_in(STAFF)))
            .where(further, post.published_at < end)
            .order_by(post.published_at, post.id)
            .limit(PIECE)
        )  # fmt: skip
        rows = db.session.execute(query).all()
        for row in rows:
            title = row.title if row.kind != PostKind.ANSWER else None
            yield Verbatim(
                Source(row.kind), row.id, row.person_id, row.language, texts.words_of(row.body_html, title), row.published_at
            )  # fmt: skip
        if len(rows) < PIECE:
            return
        jobs.give_way()
        after = (rows[-1].published_at, rows[-1].id)


def _answers_to_us(begin: datetime, end: datetime) -> Iterator[Verbatim]:
    query = (
        _said_about_us()
        .where(Satisfaction.answered_at >= begin, Satisfaction.answered_at < end)
        .order_by(Satisfaction.id)
    )
    for row in db.session.execute(query):
        yield _about_us(row)


def _trial_reports(begin: datetime, end: datetime) -> Iterator[Verbatim]:
    """What testers report, in the language they read; those of the team and of who left are not there."""
    query = (
        select(TrialReport, Member.id.label("person_id"), Member.language)
        .join(TrialApplication, TrialApplication.id == TrialReport.application_id)
        .join(Member, Member.id == TrialApplication.member_id)
        .where(TrialReport.written_at >= begin, TrialReport.written_at < end)
        .where(Member.role.not_in(STAFF), Member.closed_at.is_(None))
        .order_by(TrialReport.id)
    )
    for row in db.session.execute(query):
        report = row.TrialReport
        said = ".\n".join(part for part in (report.first_days, report.liked, report.disliked) if part)
        yield Verbatim(Source.TRIAL, report.id, row.person_id, row.language, said, report.written_at)


def _said_about_us() -> Any:
    return (
        select(Satisfaction.id, Satisfaction.asker_id, Satisfaction.comment, Satisfaction.answered_at, Post.__table__.c.language)
        .join(Post.__table__, Post.__table__.c.id == Satisfaction.question_id)
        .where(Satisfaction.comment != "", Post.__table__.c.state == PostState.PUBLISHED)
    )  # fmt: skip


def _about_us(row: Any) -> Verbatim:
    return Verbatim(Source.SATISFACTION, row.id, row.asker_id, row.language, row.comment, row.answered_at)


@dataclass(frozen=True, slots=True)
class Passage:
    """An example, masked; ``place`` where it can be opened."""

    source: Source
    place: tuple[str, int] | None
    language: str
    text: str
    said_at: datetime


def passages(examples: list[list[Any]]) -> list[Passage]:
    """The texts that are still there of those that were noted, with personal data masked. Two statements."""
    post = texts.post.c
    posts = [key for source, key in examples if source not in (Source.SATISFACTION, *NEVER_QUOTED)]
    others = [key for source, key in examples if source == Source.SATISFACTION]
    query = texts.read(
        post.id, post.kind, post.language, post.body_html, post.published_at, texts.TITLE.label("title")
    )
    found = []
    for row in db.session.execute(query.where(post.id.in_(posts))):
        title = row.title if row.kind != PostKind.ANSWER else None
        said = texts.masked(texts.words_of(row.body_html, title), row.language)
        found.append(
            Passage(
                Source(row.kind), texts.place_of(row.kind, row.id, None), row.language, said, row.published_at
            )
        )
    for row in db.session.execute(_said_about_us().where(Satisfaction.id.in_(others))):
        said = texts.masked(row.comment, row.language)
        found.append(Passage(Source.SATISFACTION, None, row.language, said, row.answered_at))
    return sorted(found, key=lambda one: one.said_at, reverse=True)

"""The letter that gathers: news that waited for the morning, and what was suggested. At most one a morning.

It is decided when it is sent: what was read, withdrawn, removed or answered meanwhile is not in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select

from accounts.digests import sections
from accounts.digests.models import Digest
from accounts.members.models import Member
from accounts.members.queries import cards
from accounts.notifications import unsubscribing
from accounts.notifications.kinds import kind_of, titles_of, topics_of
from accounts.notifications.letters import (
    BUTTON,
    HELLO,
    REASON,
    absolute,
    gather_later,
    is_suspended,
    still_holds,
    take,
    unsent,
)
from accounts.notifications.listening import hours_of
from accounts.notifications.models import Notification
from accounts.notifications.queries import line_of, lines_of
from accounts.notifications.rules import is_quiet, out_of_the_night
from common import settings
from common.clock import now
from common.db import db, update_where
from common.i18n import _, n_, using_language
from common.mail import Letter, Line, Part, link, renderer, words
from common.unit_of_work import unit_of_work

MOST_NEWS = 200
"""Pieces of news that are read for one letter; of their lines, so many are shown:"""
MOST_LINES = 20
MOST_IN_TOPICS = 10

DIGEST = words("digest", _("The digest, with news"), _("Your news from %(site)s"), (HELLO,), _("Read all"))
SUGGESTIONS = words(
    "digest-suggestions", _("The digest, with questions only"), _("Questions for you on %(site)s"), (HELLO,), BUTTON
)  # fmt: skip
NEWS = _("Your news")
TOPICS = _("New in what you follow")


@renderer("notification-digest")
def write_digest(ids: dict[str, Any]) -> Letter | None:
    """Everything that waits for a member's morning, in one mail; None when nothing waits any more."""
    batch = ids["batch"]
    with unit_of_work():
        member = db.session.get(Member, ids["member_id"])
        if member is None or member.closed_at is not None or not member.email or is_suspended(member):
            return None
        hours = hours_of(member.id)
        if is_quiet(now(), hours.zone, hours.night):
            gather_later(member.id, out_of_the_night(now(), hours.zone, hours.night))
            return None
        news = take(waiting_news(member.id, due_only=True, batch=batch), batch)
        with using_language(member.language):
            parts = parts_of(news, _suggestions(member.id, batch), member.language)
            return _letter(member, parts, has_news=bool(news)) if parts else None


def waiting_news(member_id: int, due_only: bool, batch: str = "") -> list[Notification]:
    """News that waits for the member's next gathered letter, newest first."""
    query = select(Notification).where(
        Notification.member_id == member_id, Notification.mail_is_digest.is_(True), *unsent(batch)
    )
    if due_only:
        query = query.where(Notification.mail_due_at <= now())
    found = db.session.scalars(query.order_by(Notification.id.desc()).limit(MOST_NEWS))
    return [row for row in found if still_holds(row)]


def _suggestions(member_id: int, batch: str) -> dict[str, list[int]]:
    """What was chosen for the member and has not been mailed (or is part of this very letter, written again)."""
    mine = (
        Digest.member_id == member_id,
        Digest.due_at <= now(),
        or_(Digest.mail_batch.is_(None), Digest.mail_batch == batch),
    )
    update_where(Digest, *mine, Digest.mail_batch.is_(None), mail_batch=batch, mailed_at=now())
    found: dict[str, list[int]] = {}
    for chosen in db.session.scalars(select(Digest.chosen).where(*mine).order_by(Digest.id)):
        for key, ids in chosen.items():
            found[key] = list(dict.fromkeys([*found.get(key, []), *ids]))
    return found


def parts_of(
    news: Sequence[Notification], chosen: Mapping[str, Sequence[int]], language: str
) -> tuple[Part, ...]:
    """The headed lists of a letter, for the mail and for the preview alike. Empty ones are left out."""
    by_topic = [row for row in news if (kind := kind_of(row.kind)) is not None and kind.by_topic]
    plain = [row for row in news if row not in by_topic]
    made = [_news(plain, language), _topics(by_topic, language)]
    for section in sections.registered():
        entries = section.entries(chosen.get(section.key, ()))
        lines = (
            Line(
                one.title,
                absolute(one.place, language),
                one.note,
                one.language if one.language != language else "",
            )
            for one in entries
        )
        made.append(Part(section.heading, tuple(lines)))
    return tuple(part for part in made if part.lines)


def _news(rows: Sequence[Notification], language: str) -> Part:
    lines = lines_of(rows, folded=True)
    told = [Line(line.sentence, absolute(line.place, language)) for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        more = len(lines) - MOST_LINES
        words = n_("And %(count)s more piece of news.", "And %(count)s more pieces of news.", more)
        told.append(Line(words, link("notifications.index", language)))
    return Part(NEWS, tuple(told))


def _topics(rows: Sequence[Notification], language: str) -> Part:
    """Every new question on a line of its own, with what it belongs to."""
    shown = rows[:MOST_IN_TOPICS]
    named = cards(row.params.get("actor_id") for row in shown)
    titles = titles_of({row.question_id for row in shown if row.question_id is not None})
    topics = topics_of({row.params["topic"] for row in shown if "topic" in row.params})
    told = []
    for row in shown:
        if row.question_id not in titles:
            continue
        topic = topics.get(row.params.get("topic", ""))
        place = line_of([row], named, titles, topics).place
        told.append(Line(titles[row.question_id], absolute(place, language), topic.name if topic else ""))
    if len(rows) > MOST_IN_TOPICS:
        more = len(rows) - MOST_IN_TOPICS
        words = n_("And %(count)s more question.", "And %(count)s more questions.", more)
        told.append(Line(words, link("notifications.index", language)))
    return Part(TOPICS, tuple(told))


def _letter(member: Member, parts: tuple[Part, ...], has_news: bool) -> Letter:
    said = DIGEST if has_news else SUGGESTIONS
    site, brand = settings.get("brand.community"), settings.get("brand.name")
    return said.letter(
        member.email or "",
        {"name": member.display_name, "site": site, "brand": brand},
        link("notifications.index", member.language) if has_news else parts[0].lines[0].url,
        to_name=member.display_name,
        parts=parts,
        language=member.language,
        unsubscribe_url=unsubscribing.url(member, unsubscribing.GATHERED),
        reason=REASON,
    )

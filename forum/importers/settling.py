"""After the posts: which questions belong together, which answers solved, and what is counted about each question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from common import clock
from common.db import db, insert_many
from common.unit_of_work import unit_of_work
from forum.importers.booking import Fact, FactKind
from forum.importers.intake import Intake, chunks, post_ids
from forum.questions.models import Post, PostLink, Question
from forum.questions.rules import (
    AcceptedHow,
    AnswerFacts,
    CloseReason,
    LinkKind,
    PostKind,
    PostState,
    ReplyKind,
    is_valid_answer,
)
from forum.reactions.helpfulness import members_who_said
from forum.solutions import numbers
from forum.solutions.rules import Facts, checks_due, help_state, still_holds

_READ = 1_000
"""Characters of an answer that are read to tell help from a thank-you (as in forum.solutions.counting)."""
_post, _question = Post.__table__, Question.__table__
_DERIVED = (
    "accepted_answer_id", "accepted_at", "duplicate_of_id", "help_state", "answer_count", "comment_count",
    "first_answer_at", "check_count", "resolved_at", "active_at", "accepted_how", "presumed_at",
)  # fmt: skip


_STORED = (
    "self_solved_at", "unsolved_at", "info_asked_at", "left_at", "private_at", "incident_at", "incident_over_at",
    "merged_into_id",
)  # fmt: skip
"""Facts that only this community writes."""


# --- links --------------------------------------------------------------------------------------------------------


def bring_links(intake: Intake) -> None:
    """All links between questions; what the export no longer knows goes, unless it was made here."""
    wanted: set[tuple[int, int, str]] = set()
    tally = intake.report["links"]
    for rows in chunks(intake.rows("links", "Links")):
        with unit_of_work():
            ids = post_ids(intake.key("q", key) for row in rows for key in (row.question, row.linked))
            fresh: dict[tuple[int, int, str], datetime] = {}
            for row in rows:
                ends = (ids.get(intake.key("q", row.question)), ids.get(intake.key("q", row.linked)))
                kind = LinkKind.DUPLICATE if row.duplicate else LinkKind.RELATED
                link = (*ends, kind.value)
                if None in ends or ends[0] == ends[1]:
                    tally.skip("one of its questions is not in the export")
                elif link in wanted:
                    tally.skip("the link was there before")
                else:
                    wanted.add(link)  # type: ignore[arg-type]
                    fresh[link] = row.created_at  # type: ignore[index]
                    if row.duplicate:
                        intake.duplicates[ends[0]] = ends[1]  # type: ignore[index,assignment]
            there = _there([link[0] for link in fresh])
            new = [link for link in fresh if link not in there]
            insert_many(
                PostLink,
                [
                    {"question_id": a, "linked_id": b, "kind": kind, "created_at": fresh[a, b, kind]}
                    for a, b, kind in new
                ],
            )
            tally.created += len(new)
            tally.skip(count=len(fresh) - len(new))
    if intake.source.size("links"):
        _drop_links(intake, wanted)


def _there(question_ids: Iterable[int]) -> set[tuple[int, int, str]]:
    query = select(PostLink.question_id, PostLink.linked_id, PostLink.kind)
    return set(db.session.execute(query.where(PostLink.question_id.in_(list(question_ids)))).tuples().all())


def _drop_links(intake: Intake, wanted: set[tuple[int, int, str]]) -> None:
    for ids in chunks(sorted(intake.seen["q"])):
        with unit_of_work():
            query = select(PostLink).where(PostLink.question_id.in_(ids))
            for link in db.session.scalars(query):
                made_here = intake.began_at is not None and link.created_at >= intake.began_at
                theirs = link.linked_id in intake.seen["q"]
                if theirs and not made_here and (link.question_id, link.linked_id, link.kind) not in wanted:
                    db.session.execute(delete(PostLink).where(PostLink.id == link.id))
                    intake.report["links"].removed += 1


# --- what is derived ----------------------------------------------------------------------------------------------


def settle(intake: Intake) -> None:
    """Acceptances, counts, times and help states of every question of the export."""
    ids = sorted(intake.seen["q"])
    with intake.watch("Counts", len(ids)) as tick:
        for part in chunks(ids):
            with unit_of_work():
                _settle(intake, part)
            tick(len(part))


def _settle(intake: Intake, ids: list[int]) -> None:
    answers, comments = _answers(ids), _comments(ids)
    accepted = _accepted(intake, ids)
    columns = [
        _question.c.id,
        _post.c.author_id,
        _post.c.created_at,
        _question.c.closed_at,
        _question.c.closed_reason,
        _post.c.state,
    ]
    columns += [_question.c[name] for name in _STORED]
    columns += [_question.c[name] for name in _DERIVED]
    query = select(*columns).join(_post, _post.c.id == _question.c.id).where(_question.c.id.in_(ids))
    for row in db.session.execute(query).all():
        values = _solution(intake, row, answers[row.id], accepted)
        closed_as_duplicate = row.closed_at is not None and row.closed_reason == LinkKind.DUPLICATE
        made_here = row.duplicate_of_id is not None and row.duplicate_of_id not in intake.seen["q"]
        if not made_here:
            values["duplicate_of_id"] = intake.duplicates.get(row.id) if closed_as_duplicate else None
        values |= _derived(row, values, answers[row.id], comments.get(row.id, (0, None)))
        changes = {name: value for name, value in values.items() if getattr(row, name) != value}
        if changes:
            db.session.execute(update(_question).where(_question.c.id == row.id).values(**changes))


def _answers(ids: list[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    query = (
        select(
            _post.c.id, _post.c.question_id, _post.c.author_id, func.substr(_post.c.body, 1, _READ).label("body"),
            _post.c.published_at, _post.c.endorsed_at, _post.c.reply_kind, _post.c.kudos_count,
            members_who_said(_post.c, True).label("helped"),
        )
        .where(_post.c.question_id.in_(ids), _post.c.kind == PostKind.ANSWER, _post.c.state == PostState.PUBLISHED)
        .order_by(_post.c.published_at, _post.c.id)
    )  # fmt: skip
    for row in db.session.execute(query):
        found[row.question_id].append(row)
    return found


def _comments(ids: list[int]) -> dict[int, tuple[int, datetime | None]]:
    query = select(_post.c.question_id, func.count(), func.max(_post.c.published_at)).where(
        _post.c.question_id.in_(ids), _post.c.kind == PostKind.COMMENT, _post.c.state == PostState.PUBLISHED
    )
    rows = db.session.execute(query.group_by(_post.c.question_id))
    return {question_id: (count, last) for question_id, count, last in rows}


def _accepted(intake: Intake, ids: list[int]) -> dict[int, tuple[int, datetime]]:
    """Question → (its accepted answer, when it was accepted)."""
    keys = {
        question_id: intake.accepted[question_id] for question_id in ids if question_id in intake.accepted
    }
    stored = post_ids(intake.key("a", key) for key in keys.values())
    dates: dict[int, datetime] = dict(
        db.session.execute(
            select(_post.c.id, _post.c.created_at).where(_post.c.id.in_(list(stored.values())))
        )
        .tuples()
        .all()
    )
    found = {}
    for question_id, key in keys.items():
        answer_id = stored.get(intake.key("a", key))
        if answer_id is None:
            continue
        voted = intake.votes.accepted.get(key)
        written = dates[answer_id]
        found[question_id] = (
            answer_id,
            max(written, datetime.fromtimestamp(voted, UTC)) if voted else written,
        )
    return found


def _solution(
    intake: Intake, row: Any, answers: list[Any], accepted: dict[int, tuple[int, datetime]]
) -> dict[str, Any]:
    """The export decides, unless the question was solved in this community."""
    if row.accepted_at and intake.began_at and row.accepted_at >= intake.began_at:
        return {}
    answer_id, moment = accepted.get(row.id, (None, None))
    if row.accepted_answer_id is not None and row.accepted_answer_id != answer_id:
        author = next((one.author_id for one in answers if one.id == row.accepted_answer_id), None)
        intake.gone.append(
            acceptance(row, row.accepted_answer_id, author, row.accepted_at or row.created_at, holds=False)
        )
    how = AcceptedHow.ASKER if answer_id is not None else None
    return {"accepted_answer_id": answer_id, "accepted_at": moment, "accepted_how": how}


def acceptance(row: Any, answer_id: int, author_id: int | None, moment: datetime, holds: bool = True) -> Fact:
    """An acceptance as a fact; ``row`` is the question's."""
    cause = f"imported-accept:{row.id}:{answer_id}"
    return Fact(FactKind.ACCEPTED, answer_id, row.id, author_id, row.author_id, moment, cause, holds)


def _derived(
    row: Any, solution: dict[str, Any], answers: list[Any], comments: tuple[int, datetime | None]
) -> dict[str, Any]:
    """The same as forum.solutions.counting makes for one question."""
    accepted_id = solution.get("accepted_answer_id", row.accepted_answer_id)
    accepted_at = solution.get("accepted_at", row.accepted_at)
    since = row.unsolved_at
    valid = [one for one in answers if (since is None or one.published_at > since) and _helps(one, row)]
    accepted = any(one.id == accepted_id for one in answers)
    endorsed = [
        one.endorsed_at for one in answers if one.endorsed_at and (since is None or one.endorsed_at > since)
    ]
    resolved = [accepted_at] if accepted and accepted_at else endorsed
    if row.self_solved_at and not accepted:
        resolved = [*resolved, row.self_solved_at]
    moments = [row.created_at, comments[1], *(one.published_at for one in answers)]
    active_at = max(moment for moment in moments if moment is not None)
    presumed_at = _presumed_at(row, valid, active_at)
    state = help_state(
        Facts(
            published=row.state == PostState.PUBLISHED,
            accepted=accepted or row.self_solved_at is not None,
            endorsed=bool(endorsed),
            private=row.private_at is not None or row.closed_reason == CloseReason.PRIVATE,
            linked=any(
                (solution.get("duplicate_of_id", row.duplicate_of_id), row.merged_into_id, row.incident_at)
            ),
            closed=row.closed_at is not None,
            waiting=row.info_asked_at is not None,
            left=row.left_at is not None,
            presumed=presumed_at is not None,
            answered=bool(valid) or still_holds(row.incident_over_at, since),
        )
    )
    return {
        "help_state": state,
        "presumed_at": presumed_at,
        "answer_count": len(answers),
        "comment_count": comments[0],
        "first_answer_at": valid[0].published_at if valid else None,
        "check_count": checks_due(valid[0].published_at if valid else None, clock.now()),
        "resolved_at": min(resolved) if resolved else None,
        "active_at": active_at,
    }


def _helps(answer: Any, question: Any) -> bool:
    facts = AnswerFacts(
        answer.author_id, PostState.PUBLISHED, answer.body, reply=ReplyKind(answer.reply_kind)
    )
    return is_valid_answer(facts, question.author_id)


def _presumed_at(row: Any, valid: list[Any], active_at: datetime) -> datetime | None:
    """A thread that went quiet long ago after a useful answer is presumed solved at once, as the sweep would do."""
    if row.unsolved_at is not None:
        return row.presumed_at if valid else None
    quiet = active_at <= clock.now() - numbers.silence()
    useful = any(one.kudos_count + one.helped > 0 for one in valid)
    return active_at + numbers.silence() if quiet and useful else None

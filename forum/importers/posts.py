"""Questions, answers and comments of another forum into the tables, many at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from common.db import db
from common.text import RENDER_VERSION, normalise, slugify
from common.unit_of_work import unit_of_work
from forum.importers.booking import Fact, FactKind
from forum.importers.filing import category_id_for, file_under
from forum.importers.intake import Intake, chunks, member_ids, post_ids
from forum.importers.reading.html_to_markdown import Converted, converted, converted_markdown
from forum.importers.reading.rows import AnswerRow, CommentRow, QuestionRow
from forum.questions.models import Post, Question, Revision
from forum.questions.rules import HelpState, PostKind, imported_state, imported_state_change

_TITLE_MAX = 200
_TEXT = ("body", "body_html", "edited_at")
_POST = (
    *_TEXT,
    "author_id",
    "created_at",
    "language",
    "imported_kudos_count",
    "downvote_count",
    "question_id",
    "parent_id",
)
_QUESTION = ("title", "slug", "closed_at", "closed_reason", "imported_me_too_count", "view_count")
_post, _question = Post.__table__, Question.__table__


@dataclass(slots=True)
class Wanted:
    """A post as it should be stored."""

    row: Any
    key: str
    post: dict[str, Any]
    hidden: bool = False
    question: dict[str, Any] = field(default_factory=dict)
    id: int = 0


def bring_questions(intake: Intake) -> None:
    """All questions, with their tags and categories."""
    for rows in chunks(intake.rows("questions", "Questions")):
        with unit_of_work():
            authors = member_ids(intake, (row.author for row in rows))
            wanted = [_question_wanted(intake, row, authors) for row in rows]
            _store(intake, "questions", PostKind.QUESTION, wanted)
            file_under(intake, {one.id: one.row.tags for one in wanted})
        for one in wanted:
            intake.seen["q"].add(one.id)
            intake.window = _wider(intake.window, one.row.created_at)
            if one.row.accepted:
                intake.accepted[one.id] = one.row.accepted


def bring_answers(intake: Intake) -> None:
    """All answers whose question is there."""
    for rows in chunks(intake.rows("answers", "Answers")):
        with unit_of_work():
            authors = member_ids(intake, (row.author for row in rows))
            questions = post_ids(intake.key("q", row.question) for row in rows)
            wanted = []
            for row in rows:
                question_id = questions.get(intake.key("q", row.question))
                if question_id is None:
                    intake.report["answers"].skip("its question is not in the export")
                    continue
                wanted.append(_answer_wanted(intake, row, question_id, authors))
            _store(intake, "answers", PostKind.ANSWER, wanted)
        intake.seen["a"].update(one.id for one in wanted)


def bring_comments(intake: Intake) -> None:
    """All comments whose post is there."""
    for rows in chunks(intake.rows("comments", "Comments")):
        with unit_of_work():
            authors = member_ids(intake, (row.author for row in rows))
            threads = _threads(intake, (row.parent for row in rows))
            wanted = []
            for row in rows:
                place = threads.get(row.parent)
                if place is None:
                    intake.report["comments"].skip("its post is not in the export")
                    continue
                wanted.append(_comment_wanted(intake, row, place, authors))
            _store(intake, "comments", PostKind.COMMENT, wanted)
        intake.seen["c"].update(one.id for one in wanted)


def _threads(intake: Intake, parents: Any) -> dict[str, tuple[int, int, str]]:
    """The other forum's post key → (its id, its thread's id, its language)."""
    keys = {intake.key(kind, parent): parent for parent in parents for kind in "qa"}
    found = {}
    for part in chunks(sorted(keys), 900):
        query = select(Post.imported_key, Post.id, Post.question_id, Post.language)
        for key, post_id, question_id, language in db.session.execute(
            query.where(Post.imported_key.in_(part))
        ):
            assert key is not None, "chosen by its key"
            found[keys[key]] = (post_id, question_id or post_id, language)
    return found


# --- rows as they should be stored --------------------------------------------------------------------------------


def _question_wanted(intake: Intake, row: QuestionRow, authors: dict[str, int]) -> Wanted:
    made = converted(row.body)
    title = " ".join(normalise(row.title).split()) or "—"
    if len(title) > _TITLE_MAX:
        made = _with_whole_title(title, made)
        title = title[: _TITLE_MAX - 1].rstrip() + "…"
    return Wanted(
        row=row,
        key=intake.key("q", row.key),
        post=_post_values(intake, row, made, authors) | {"question_id": None, "parent_id": None},
        hidden=row.hidden,
        question={
            "title": title,
            "slug": slugify(title),
            "category_id": category_id_for(intake, row.topic),
            "closed_at": row.closed_at,
            "closed_reason": row.closed_reason,
            "imported_me_too_count": row.me_too,
            "view_count": row.views,
        },
    )


def _with_whole_title(title: str, made: Converted) -> Converted:
    whole = converted_markdown(f"**{title.replace('*', chr(92) + '*')}**\n\n{made.markdown}")
    return Converted(whole.markdown, whole.html, made.faithful)


def _answer_wanted(intake: Intake, row: AnswerRow, question_id: int, authors: dict[str, int]) -> Wanted:
    values = _post_values(intake, row, converted(row.body), authors)
    return Wanted(
        row, intake.key("a", row.key), values | {"question_id": question_id, "parent_id": None}, row.hidden
    )


def _comment_wanted(
    intake: Intake, row: CommentRow, place: tuple[int, int, str], authors: dict[str, int]
) -> Wanted:
    made = converted_markdown(row.body)
    post_id, question_id, language = place
    values = {
        "author_id": authors.get(row.author or ""),
        "body": made.markdown,
        "body_html": made.html,
        "created_at": row.created_at,
        "edited_at": None,
        "language": language,
        "imported_kudos_count": row.ups,
        "downvote_count": 0,
        "question_id": question_id,
        "parent_id": post_id,
    }
    return Wanted(row, intake.key("c", row.key), values)


def _post_values(
    intake: Intake, row: QuestionRow | AnswerRow, made: Converted, authors: dict[str, int]
) -> dict[str, Any]:
    ups, downs = intake.votes.of(row.key, row.ups, row.downs)
    intake.report.approximate += not made.faithful
    return {
        "author_id": authors.get(row.author or ""),
        "body": made.markdown,
        "body_html": made.html,
        "created_at": row.created_at,
        "edited_at": row.edited_at,
        "language": row.language or intake.language,
        "imported_kudos_count": ups,
        "downvote_count": downs,
    }


def _wider(window: list[Any], moment: Any) -> list[Any]:
    return [min(window[0], moment), max(window[1], moment)] if window else [moment, moment]


# --- writing --------------------------------------------------------------------------------------------------------


def _store(intake: Intake, part: str, kind: PostKind, wanted: list[Wanted]) -> None:
    """Create what is new, change what differs; every ``Wanted`` has its id afterwards."""
    wanted[:] = _without_repeats(intake, part, wanted)
    known = _known(wanted, kind)
    fresh = [one for one in wanted if one.key not in known]
    tally = intake.report[part]
    if fresh:
        _create(kind, fresh)
        tally.created += len(fresh)
        if kind != PostKind.COMMENT:
            _first_versions(intake, fresh)
    if kind != PostKind.COMMENT:
        for one in wanted:
            _count_votes(intake, one, known.get(one.key))
    _change(intake, part, [(one, known[one.key]) for one in wanted if one.key in known])


def _without_repeats(intake: Intake, part: str, wanted: list[Wanted]) -> list[Wanted]:
    seen: dict[str, Wanted] = {}
    for one in wanted:
        if one.key in seen:
            intake.fail(part, one.row, "the id was there before")
        else:
            seen[one.key] = one
    return list(seen.values())


def _known(wanted: Sequence[Wanted], kind: PostKind) -> dict[str, Any]:
    columns = [_post.c.id, _post.c.imported_key, _post.c.state, _post.c.held_reasons, _post.c.kudos_count]
    columns += [_post.c.render_version]
    columns += [_post.c[name] for name in _POST]
    tables: Any = _post
    if kind == PostKind.QUESTION:
        columns += [_question.c[name] for name in _QUESTION] + [
            _question.c.me_too_count,
            _question.c.category_id,
        ]
        tables = _post.join(_question, _question.c.id == _post.c.id)
    query = select(*columns).select_from(tables).where(_post.c.imported_key.in_([one.key for one in wanted]))
    return {row.imported_key: row for row in db.session.execute(query)}


def _create(kind: PostKind, fresh: list[Wanted]) -> None:
    rows = [
        one.post
        | imported_state(one.post["created_at"], one.hidden)
        | {
            "kind": kind,
            "render_version": RENDER_VERSION,
            "kudos_count": one.post["imported_kudos_count"],
            "imported_key": one.key,
        }
        for one in fresh
    ]
    made = db.session.execute(insert(_post).returning(_post.c.id, _post.c.imported_key), rows)
    ids = {key: post_id for post_id, key in made}
    for one in fresh:
        one.id = ids[one.key]
    if kind == PostKind.QUESTION:
        questions = [
            one.question
            | {
                "id": one.id,
                "help_state": HelpState.OPEN,
                "me_too_count": one.question["imported_me_too_count"],
                "active_at": one.post["created_at"],
            }
            for one in fresh
        ]
        db.session.execute(insert(_question), questions)


def _first_versions(intake: Intake, fresh: list[Wanted]) -> None:
    """A post without a history of its own begins one here."""
    rows = [
        _first_version(one) | {"post_id": one.id, "version": 1, "reason": "", "imported_key": f"{one.key}:v1"}
        for one in fresh
        if one.row.key not in intake.versioned
    ]
    if rows:
        db.session.execute(insert(Revision), rows)


def _first_version(one: Wanted) -> dict[str, Any]:
    return {
        "title": one.question.get("title"),
        "body": one.post["body"],
        "editor_id": one.post["author_id"],
        "created_at": one.post["created_at"],
    }


def _change(intake: Intake, part: str, pairs: list[tuple[Wanted, Any]]) -> None:
    for one, row in pairs:
        one.id = row.id
    differing = [(one, row, _differences(intake, one, row)) for one, row in pairs]
    protected = _edited_here(
        [one.id for one, _row, changes in differing if changes.keys() & {"body", "title"}]
    )
    changed = 0
    for one, row, found in differing:
        kept = {name: value for name, value in found.items() if name not in (*_TEXT, "title", "slug")}
        changes = kept if one.id in protected else found
        if changes:
            changed += 1
            _apply(intake, part, one, row, changes)
    tally = intake.report[part]
    tally.updated += changed
    tally.skip(count=len(pairs) - changed)


def _differences(intake: Intake, one: Wanted, row: Any) -> dict[str, Any]:
    changes = {name: value for name, value in one.post.items() if getattr(row, name) != value}
    for name in _QUESTION if one.question else ():
        if getattr(row, name) != one.question[name]:
            changes[name] = one.question[name]
    if "view_count" in changes and changes["view_count"] < row.view_count:
        del changes["view_count"]
    closed_here = one.question and row.closed_at and intake.began_at and row.closed_at >= intake.began_at
    if closed_here:
        changes.pop("closed_at", None)
        changes.pop("closed_reason", None)
    if "body_html" in changes and "body" not in changes and one.post["body"] == row.body:
        if row.render_version == RENDER_VERSION:
            del changes["body_html"]  # it was rendered here since, with links to the members it names
        else:
            changes["render_version"] = RENDER_VERSION
    return changes | imported_state_change(row.state, row.held_reasons, one.post["created_at"], one.hidden)


def _edited_here(ids: list[int]) -> set[int]:
    """Posts whose members went on writing in this community: their text is not overwritten."""
    found: set[int] = set()
    for part in chunks(ids, 900):
        query = select(Revision.post_id).where(Revision.post_id.in_(part), Revision.imported_key.is_(None))
        found.update(db.session.scalars(query))
    return found


def _apply(intake: Intake, part: str, one: Wanted, row: Any, changes: dict[str, Any]) -> None:
    if "imported_kudos_count" in changes:
        more = changes["imported_kudos_count"] - row.imported_kudos_count
        changes["kudos_count"] = row.kudos_count + more
        if more < 0 and part != "comments":
            intake.gone += _lost_votes(one, row, row.imported_kudos_count, changes["imported_kudos_count"])
    if "imported_me_too_count" in changes:
        more = changes["imported_me_too_count"] - row.imported_me_too_count
        changes["me_too_count"] = row.me_too_count + more
    on_question = {name: value for name, value in changes.items() if name in (*_QUESTION, "me_too_count")}
    on_post = {name: value for name, value in changes.items() if name not in on_question}
    _write(_post, one.id, on_post)
    _write(_question, one.id, on_question)
    if changes.keys() & {"body", "title", "author_id", "created_at"}:
        first = Revision.imported_key == f"{one.key}:v1"
        db.session.execute(update(Revision).where(first).values(**_first_version(one)))


def _lost_votes(one: Wanted, row: Any, before: int, now: int) -> list[Fact]:
    return [
        Fact(
            FactKind.UPVOTE, one.id, row.question_id or one.id, row.author_id, None, row.created_at,
            f"imported-upvote:{one.id}:{number}", holds=False,
        )
        for number in range(now + 1, before + 1)
    ]  # fmt: skip


def _count_votes(intake: Intake, one: Wanted, row: Any | None) -> None:
    """Votes read from a file of their own: how many are new, how many were there."""
    if one.row.key not in intake.votes.ups and one.row.key not in intake.votes.downs:
        return
    now = one.post["imported_kudos_count"] + one.post["downvote_count"]
    before = row.imported_kudos_count + row.downvote_count if row is not None else 0
    intake.brought_votes[0] += max(0, now - before)
    intake.brought_votes[1] += min(now, before)


def _write(table: Any, row_id: int, values: dict[str, Any]) -> None:
    if values:
        db.session.execute(
            update(table).where(table.c.id == bindparam("row_id")).values(**values), {"row_id": row_id}
        )

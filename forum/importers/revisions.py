"""The history of imported posts: every version with its author and date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import delete, insert, select, update

from common.db import db
from common.text import normalise
from common.unit_of_work import unit_of_work
from forum.importers.counting import Tally
from forum.importers.intake import Intake, chunks, member_ids
from forum.importers.reading.rows import RevisionRow
from forum.questions.models import Post, Question, Revision

_REASON_MAX, _TITLE_MAX = 300, 200


def note_histories(intake: Intake) -> None:
    """Remember of every post with a history which version is the last: that one holds the post as it is stored."""
    for row in intake.source.read("revisions"):
        if isinstance(row, RevisionRow):
            intake.versioned[row.post] = row.key


def bring_revisions(intake: Intake) -> None:
    """All versions; those of posts that members went on editing here are left alone."""
    for rows in chunks(_joined(intake.rows("revisions", "History"), intake)):
        with unit_of_work():
            _bring(intake, rows)


def _joined(rows: Iterator[RevisionRow], intake: Intake) -> Iterator[RevisionRow]:
    """Title and text that were changed in one go stand in two rows of the same key: one version."""
    last: RevisionRow | None = None
    for row in rows:
        if last is not None and (last.post, last.key) == (row.post, row.key):
            intake.report["revisions"].read -= 1
            last = RevisionRow(
                last.where, last.key, last.post, last.author or row.author, last.created_at,
                row.title if row.title is not None else last.title, row.body if row.body is not None else last.body,
                last.reason or row.reason,
            )  # fmt: skip
            continue
        if last is not None:
            yield last
        last = row
    if last is not None:
        yield last


def _bring(intake: Intake, rows: list[RevisionRow]) -> None:
    tally = intake.report["revisions"]
    posts = _posts(intake, {row.post for row in rows})
    authors = member_ids(intake, (row.author for row in rows))
    histories = _histories([post.id for post in posts.values()])
    fresh: list[dict[str, Any]] = []
    for row in rows:
        post = posts.get(row.post)
        if post is None:
            tally.skip("its post is not in the export")
            continue
        history = histories.setdefault(post.id, [])
        if history and history[-1]["imported_key"] is None:
            tally.skip("the post was edited here since")
            continue
        if history and history[0]["imported_key"] == f"{post.imported_key}:v1":
            db.session.execute(
                delete(Revision).where(Revision.imported_key == history.pop(0)["imported_key"])
            )
        key = _key(intake, row)
        place = next(
            (place for place, version in enumerate(history) if version["imported_key"] == key), len(history)
        )
        values = _values(intake, row, post, authors, history[place - 1] if place else None) | {
            "imported_key": key
        }
        if place < len(history):
            _update(tally, history[place], values)
        else:
            values["version"] = history[-1]["version"] + 1 if history else 1
            history.append(values)
            fresh.append(values)
            tally.created += 1
    if fresh:
        db.session.execute(insert(Revision), fresh)
    _align(posts.values(), histories)


def _key(intake: Intake, row: RevisionRow) -> str:
    return intake.key("r", f"{row.post}:{row.key}")[:120]


def _posts(intake: Intake, keys: set[str]) -> dict[str, Any]:
    stored = {intake.key(kind, key): key for key in keys for kind in "qa"}
    found = {}
    for part in chunks(sorted(stored), 900):
        query = (
            select(
                Post.__table__.c.id, Post.imported_key, Post.body, Post.version, Question.__table__.c.title
            )
            .outerjoin(Question.__table__, Question.__table__.c.id == Post.__table__.c.id)
            .where(Post.imported_key.in_(part))
        )
        found.update({stored[row.imported_key]: row for row in db.session.execute(query)})
    return found


def _histories(post_ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    """All versions of posts, oldest first."""
    found: dict[int, list[dict[str, Any]]] = {}
    query = select(Revision.__table__).where(Revision.post_id.in_(post_ids)).order_by(Revision.version)
    for row in db.session.execute(query):
        found.setdefault(row.post_id, []).append(dict(row._mapping))
    return found


def _values(
    intake: Intake, row: RevisionRow, post: Any, authors: dict[str, int], before: dict[str, Any] | None
) -> dict[str, Any]:
    is_last = intake.versioned.get(row.post) == row.key
    title = row.title if row.title is not None else (before["title"] if before else post.title)
    body = row.body if row.body is not None else (before["body"] if before else post.body)
    return {
        "post_id": post.id,
        "title": post.title if is_last else (normalise(title)[:_TITLE_MAX] if title and post.title else None),
        "body": post.body if is_last else normalise(body).strip(),
        "editor_id": authors.get(row.author or ""),
        "reason": " ".join(normalise(row.reason).split())[:_REASON_MAX],
        "created_at": row.created_at,
    }


def _update(tally: Tally, there: dict[str, Any], values: dict[str, Any]) -> None:
    changes = {name: value for name, value in values.items() if there[name] != value}
    if changes:
        db.session.execute(update(Revision).where(Revision.id == there["id"]).values(**changes))
        there.update(changes)
        tally.updated += 1
    else:
        tally.skip()


def _align(posts: Iterable[Any], histories: dict[int, list[dict[str, Any]]]) -> None:
    """A post's version is that of its newest revision."""
    for post in posts:
        history = histories.get(post.id)
        if history and history[-1]["version"] != post.version:
            version = history[-1]["version"]
            db.session.execute(
                update(Post.__table__).where(Post.__table__.c.id == post.id).values(version=version)
            )

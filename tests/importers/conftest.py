"""Small dumps of an invented forum, and everything an import left, with the other forum's keys instead of ids."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from sqlalchemy import select
from sqlalchemy.orm import aliased

from accounts.members.models import Member
from common.db import db
from forum.importers import booking
from forum.importers.counting import Report
from forum.importers.intake import Intake
from forum.importers.reading.forum_csv import ForumCsv
from forum.importers.reading.stackexchange import StackExchangeDump
from forum.importers.taking_in import take_in
from forum.questions.models import Post, PostLink, Question, QuestionTag, Revision, Tag


def write_dump(folder: Path, **files: list[dict[str, object]]) -> Path:
    """``Posts=[{"Id": 1, …}]`` as ``Posts.xml``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in files.items():
        lines = ['<?xml version="1.0" encoding="utf-8"?>', f"<{name.lower()}>"]
        for row in rows:
            lines.append(
                "  <row " + " ".join(f"{key}={quoteattr(str(value))}" for key, value in row.items()) + " />"
            )
        (folder / f"{name}.xml").write_text("\n".join([*lines, f"</{name.lower()}>"]), "utf-8")
    return folder


POSTS = [
    {"Id": 1, "PostTypeId": 1, "AcceptedAnswerId": 2, "CreationDate": "2020-01-01T10:00:00.000", "Score": 2, "ViewCount": 70,
     "Body": "<p>The <b>drum</b> stays full.</p>", "OwnerUserId": 7, "Title": "Drum full of water", "Tags": "<drum><water>",
     "LastActivityDate": "2020-01-02T10:00:00.000"},
    {"Id": 2, "PostTypeId": 2, "ParentId": 1, "CreationDate": "2020-01-01T12:00:00.000", "Score": 1,
     "Body": "<p>Clean the filter behind the small hatch.</p>", "OwnerUserId": 8},
    {"Id": 3, "PostTypeId": 1, "CreationDate": "2020-01-05T10:00:00.000", "Score": -1, "Body": "<p>Same here, water everywhere?</p>",
     "Title": "Water in the drum", "Tags": "|drum|", "ClosedDate": "2020-01-06T10:00:00.000"},
    {"Id": 4, "PostTypeId": 5, "CreationDate": "2020-01-05T10:00:00.000", "Score": 0, "Body": "<p>A wiki.</p>"},
]  # fmt: skip
USERS = [
    {"Id": 7, "DisplayName": "Grace", "CreationDate": "2019-01-01T00:00:00.000", "AboutMe": "<p>I like <b>water</b></p>", "Location": "Lyon"},
    {"Id": 8, "DisplayName": "Grace", "CreationDate": "2019-02-01T00:00:00.000", "Reputation": 1},
]  # fmt: skip
VOTES = [
    {"Id": 1, "PostId": 1, "VoteTypeId": 2, "CreationDate": "2020-01-02T00:00:00.000"},
    {"Id": 2, "PostId": 1, "VoteTypeId": 2, "CreationDate": "2020-01-03T00:00:00.000"},
    {"Id": 3, "PostId": 2, "VoteTypeId": 1, "CreationDate": "2020-01-02T00:00:00.000"},
    {"Id": 4, "PostId": 2, "VoteTypeId": 2, "CreationDate": "2020-01-02T00:00:00.000"},
    {"Id": 5, "PostId": 3, "VoteTypeId": 3, "CreationDate": "2020-01-06T00:00:00.000"},
    {"Id": 6, "PostId": 99, "VoteTypeId": 2, "CreationDate": "2020-01-06T00:00:00.000"},
]
COMMENTS = [
    {
        "Id": 1,
        "PostId": 2,
        "Score": 3,
        "Text": "That *helped*, thanks!",
        "CreationDate": "2020-01-01T13:00:00.000",
        "UserId": 7,
    },
    {
        "Id": 2,
        "PostId": 1,
        "Text": "Which model?",
        "CreationDate": "2020-01-01T11:00:00.000",
        "UserDisplayName": "gone",
    },
]
LINKS = [
    {"Id": 1, "CreationDate": "2020-01-06T09:00:00.000", "PostId": 3, "RelatedPostId": 1, "LinkTypeId": 3}
]
HISTORY = [
    {"Id": 1, "PostHistoryTypeId": 1, "PostId": 1, "RevisionGUID": "g1", "CreationDate": "2020-01-01T10:00:00.000", "UserId": 7, "Text": "drum"},
    {"Id": 2, "PostHistoryTypeId": 2, "PostId": 1, "RevisionGUID": "g1", "CreationDate": "2020-01-01T10:00:00.000", "UserId": 7, "Text": "The drum stays."},
    {"Id": 3, "PostHistoryTypeId": 3, "PostId": 1, "RevisionGUID": "g1", "CreationDate": "2020-01-01T10:00:00.000", "UserId": 7, "Text": "<drum>"},
    {"Id": 4, "PostHistoryTypeId": 5, "PostId": 1, "RevisionGUID": "g2", "CreationDate": "2020-01-01T11:00:00.000", "UserId": 8, "Text": "The **drum** stays full.", "Comment": "clearer"},
    {"Id": 5, "PostHistoryTypeId": 4, "PostId": 1, "RevisionGUID": "g3", "CreationDate": "2020-01-01T11:30:00.000", "UserId": 8, "Text": "Drum full of water"},
]  # fmt: skip


@pytest.fixture
def dump(tmp_path):
    """A whole small dump."""
    return write_dump(
        tmp_path / "dump",
        Posts=POSTS,
        Users=USERS,
        Votes=VOTES,
        Comments=COMMENTS,
        PostLinks=LINKS,
        PostHistory=HISTORY,
    )


@pytest.fixture
def bring(app):
    """Import a folder; returns the report. ``said`` collects what was told of broken rows."""

    def run(folder, source=StackExchangeDump, site="site", said=None, **options):
        opened = source(Path(folder))
        report = Report(dry_run=options.pop("dry_run", False))
        take_in(Intake(opened, site, report, say=(said if said is not None else []).append, **options))
        db.session.rollback()
        return report

    return run


@pytest.fixture
def bring_csv(bring):
    """The same for CSV."""
    return lambda folder, **options: bring(folder, source=ForumCsv, **options)


@pytest.fixture
def booked():
    """Facts that reach the ledger, instead of it."""
    facts = []
    before = booking._booker
    booking.set_booker(facts.extend)
    yield facts
    booking.set_booker(before)


@pytest.fixture
def left():
    """Everything the import of a site left, without ids."""

    def canonical(site):
        start = len(site) + 1
        author, thread, parent = aliased(Member), aliased(Post.__table__), aliased(Post.__table__)
        post, question = Post.__table__, Question.__table__
        cut = lambda key: key[start:] if key else None  # noqa: E731
        names = {
            i: cut(k)
            for i, k in db.session.execute(
                select(post.c.id, post.c.imported_key).where(post.c.state != "removed")
            ).all()
            if k and k.startswith(site + ":")
        }
        posts = {}
        query = (
            select(
                post,
                author.imported_key.label("author"),
                thread.c.imported_key.label("thread"),
                parent.c.imported_key.label("parent"),
            )
            .outerjoin(author, author.id == post.c.author_id)
            .outerjoin(thread, thread.c.id == post.c.question_id)
            .outerjoin(parent, parent.c.id == post.c.parent_id)
            .where(post.c.imported_key.startswith(site + ":"), post.c.state != "removed")
        )
        for row in db.session.execute(query):
            values = {
                k: v
                for k, v in row._mapping.items()
                if k not in ("id", "author_id", "question_id", "parent_id", "imported_key", "endorsed_by_id")
            }
            posts[cut(row.imported_key)] = values | {
                "author": cut(row.author),
                "thread": cut(row.thread),
                "parent": cut(row.parent),
            }
        for row in db.session.execute(select(question).where(question.c.id.in_(list(names)))):
            values = dict(row._mapping)
            for column in ("accepted_answer_id", "official_answer_id", "duplicate_of_id"):
                values[column] = names.get(values[column])
            posts[names[values.pop("id")]]["question"] = values
        tags = sorted(
            (names[q], key)
            for q, key in db.session.execute(
                select(QuestionTag.question_id, Tag.key).join(Tag, Tag.id == QuestionTag.tag_id)
            )
            if q in names
        )
        links = sorted(
            (names[a], names[b], kind, at)
            for a, b, kind, at in db.session.execute(
                select(PostLink.question_id, PostLink.linked_id, PostLink.kind, PostLink.created_at)
            )
            if a in names and b in names
        )
        members = {}
        for row in db.session.execute(
            select(Member.__table__).where(
                Member.imported_key.startswith(site + ":"), Member.closed_at.is_(None)
            )
        ):
            members[cut(row.imported_key)] = (
                row.display_name,
                row.slug,
                row.bio,
                row.city,
                row.joined_at,
                row.last_seen_at,
                row.language,
            )
        keys = {
            i: cut(k)
            for i, k in db.session.execute(select(Member.id, Member.imported_key)).all()
            if k and k.startswith(site + ":")
        }
        revisions = sorted(
            (names[r.post_id], r.version, cut(r.imported_key), r.title or "", r.body, keys.get(r.editor_id) or "", r.reason, r.created_at)
            for r in db.session.execute(select(Revision.__table__)) if r.post_id in names
        )  # fmt: skip
        return {"posts": posts, "tags": tags, "links": links, "members": members, "revisions": revisions}

    return canonical

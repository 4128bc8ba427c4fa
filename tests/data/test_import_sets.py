"""Real forums come in whole: counts, solutions, scores, dates, and a later dump over an earlier one."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest
from sqlalchemy import func, select

from common.db import db, on_postgresql
from forum.importers.reading.html_to_markdown import converted
from forum.importers.reading.stackexchange import StackExchangeDump
from forum.questions.models import Post, PostLink, Question, QuestionTag, Tag
from forum.questions.rules import PostKind, PostState
from tests.importers.conftest import bring, bring_csv, left  # noqa: F401 - fixtures

SETS = ["se-coffee-2015", "se-beer-meta-2022", "se-smallmeta-2020", "se-beer-2016-12", "se-beer-earlier"]


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    for path in (folder / f"{name}.xml", folder / f"{name}.xml.gz"):
        if path.exists():
            with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
                return [row.attrib for row in ElementTree.parse(stream).getroot()]
    return []


def stored(site: str, *columns):
    query = select(Post.imported_key, *columns).where(Post.imported_key.startswith(site + ":"))
    return {row[0][len(site) + 1 :]: tuple(row)[1:] for row in db.session.execute(query)}


@pytest.mark.parametrize("name", SETS)
def test_a_stack_exchange_set_comes_in_whole(bring, data_dir, name):  # noqa: F811
    folder = data_dir / name
    said: list[str] = []
    report = bring(folder, said=said)
    posts, comments = rows(folder, "Posts"), rows(folder, "Comments")
    questions = {row["Id"]: row for row in posts if row["PostTypeId"] == "1"}
    answers = {row["Id"]: row for row in posts if row["PostTypeId"] == "2"}
    assert said == [] and sum(tally.failed for tally in report.tallies.values()) == 0
    assert (report["questions"].created, report["answers"].created) == (len(questions), len(answers))
    assert report["comments"].created == len(comments) and report["members"].created == len(
        rows(folder, "Users")
    )
    assert report.approximate == 0

    kept = stored("site", Post.kudos_count, Post.downvote_count, Post.created_at, Post.author_id)
    both = [(f"q{i}", row) for i, row in questions.items()] + [(f"a{i}", row) for i, row in answers.items()]
    for key, row in both:
        ups, downs, created_at, author_id = kept[key]
        assert ups - downs == int(row["Score"])
        assert created_at.isoformat()[:19] == row["CreationDate"][:19]
        assert (author_id is None) == ("OwnerUserId" not in row)

    accepted, closed = {}, {}
    answer = {post_id: key for key, (post_id,) in stored("site", Post.id).items()}
    query = select(Question.imported_key, Question.accepted_answer_id, Question.closed_at, Question.title)
    for key, answer_id, closed_at, title in db.session.execute(
        query.where(Question.imported_key.is_not(None))
    ):
        accepted[key[6:]], closed[key[6:]] = answer.get(answer_id), closed_at
        assert title == " ".join(questions[key[6:]]["Title"].split())
    assert {k: v for k, v in accepted.items() if v} == {
        i: f"a{row['AcceptedAnswerId']}" for i, row in questions.items() if "AcceptedAnswerId" in row
    }
    assert {k for k, v in closed.items() if v} == {i for i, row in questions.items() if "ClosedDate" in row}

    wanted = Counter(
        tag for row in questions.values() for tag in row["Tags"].replace(">", "<").split("<") if tag
    )
    found = dict(
        db.session.execute(
            select(Tag.key, func.count()).join(QuestionTag, QuestionTag.tag_id == Tag.id).group_by(Tag.key)
        ).all()
    )
    assert found == dict(wanted)
    duplicates = {
        (r["PostId"], r["RelatedPostId"]) for r in rows(folder, "PostLinks") if r["LinkTypeId"] == "3"
    }
    there = {pair for pair in duplicates if pair[0] in questions and pair[1] in questions}
    count = select(func.count()).select_from(PostLink).where(PostLink.kind == "duplicate")
    assert db.session.scalar(count) == len(there)


def test_a_second_run_changes_nothing(bring, data_dir, left):  # noqa: F811
    bring(data_dir / "se-coffee-2015")
    before = left("site")
    report = bring(data_dir / "se-coffee-2015")
    assert not report.changed and left("site") == before


def test_the_later_beer_over_the_earlier_ends_like_the_later_alone(bring, data_dir, left):  # noqa: F811
    earlier, later = data_dir / "se-beer-earlier", data_dir / "se-beer-2016-12"
    assert StackExchangeDump(earlier).site() == StackExchangeDump(later).site()
    bring(earlier, site="over")
    bring(later, site="over")
    bring(later, site="alone")
    over, alone = left("over"), left("alone")
    for part in over:
        assert over[part] == alone[part]


def test_sites_are_told_apart_by_themselves(data_dir):
    names = {name: StackExchangeDump(data_dir / name).site() for name in SETS}
    assert len(set(names.values())) == 4


def test_the_thunderbird_forum_comes_in_whole(bring_csv, data_dir):  # noqa: F811
    folder = data_dir / "thunderbird-forum-2024H2"
    if on_postgresql():
        pytest.skip("the largest set runs on SQLite only")
    said: list[str] = []
    report = bring_csv(folder, said=said)
    csv.field_size_limit(10**7)
    with gzip.open(folder / "questions.csv.gz", "rt", encoding="utf-8", newline="") as stream:
        questions = {row["id"]: row for row in csv.DictReader(stream)}
    with gzip.open(folder / "answers.csv.gz", "rt", encoding="utf-8", newline="") as stream:
        answers = {row["id"]: row for row in csv.DictReader(stream)}
    with (folder / "hidden_by_moderators.csv").open(encoding="utf-8", newline="") as stream:
        hidden = list(csv.DictReader(stream))
    assert said == [] and sum(tally.failed for tally in report.tallies.values()) == 0
    hidden_questions = {row["id"] for row in hidden if row["kind"] == "question"}
    assert report["questions"].created == len(questions.keys() | hidden_questions)

    kept = stored("site", Post.kind, Post.state, Post.kudos_count, Post.downvote_count, Post.language)
    for key, row in answers.items():
        kind, state, ups, downs, _language = kept[f"a{key}"]
        assert (kind, ups, downs) == (PostKind.ANSWER, int(row["num_helpful"]), int(row["num_unhelpful"]))
        assert (state == PostState.HIDDEN) == (row["is_spam"] == "true")
    for key, row in questions.items():
        _kind, state, _ups, _downs, language = kept[f"q{key}"]
        assert language == row["locale"].split("-")[0].lower()
        assert (state == PostState.HIDDEN) == (row["is_spam"] == "true")
    assert all(kept[f"q{key}"][1] == PostState.HIDDEN for key in hidden_questions)

    answer = {post_id: key for key, (post_id,) in stored("site", Post.id).items()}
    query = select(
        Question.imported_key, Question.accepted_answer_id, Question.me_too_count, Question.closed_at
    )
    for key, answer_id, me_too, closed_at in db.session.execute(
        query.where(Question.imported_key.is_not(None))
    ):
        row = questions.get(key[6:])
        if row is not None:
            assert answer.get(answer_id) == (f"a{row['solution']}" if row["solution"] else None)
            assert me_too == int(row["num_votes"]) and (closed_at is not None) == (row["is_locked"] == "true")
    assert report["links"].created == 297
    assert report.approximate <= 3


def test_bodies_keep_their_words(data_dir):
    """Every body of the small sets: rendered again from its Markdown, the words are those of the original."""
    for name in ("se-coffee-2015", "se-beer-meta-2022", "se-smallmeta-2020"):
        for row in rows(data_dir / name, "Posts"):
            assert converted(row["Body"]).faithful

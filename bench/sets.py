"""Sets with known answers, brought into an empty community: what is asked, and what should be found.

Three layouts are known by their files: a forum as CSV with linked questions (brought in by the product's own
importer, its links left out), questions with titles alone and their links, and pages whose titles are questions.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from bench.filling import insert_many_core
from common import clock
from common import text as texts
from common.db import db
from common.unit_of_work import unit_of_work
from forum.categories.models import Category
from forum.importers.counting import Report
from forum.importers.intake import Intake
from forum.importers.reading.forum_csv import ForumCsv
from forum.importers.taking_in import take_in
from forum.questions.models import Post, Question
from forum.questions.rules import HelpState, PostKind, PostState

DUPLICATE, RELATED = "duplicate", "related"
_KINDS = {"3": DUPLICATE, "1": RELATED}
_CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Pair:
    """A question that should lead to another. ``title`` is asked where the question itself is not in the forum."""

    kind: str
    asked: int
    wanted: int
    title: str = ""


def bring_in_forum(folder: Path) -> Intake:
    """A forum as two CSV files, without its links, as ``flask import forum-csv`` would."""
    with tempfile.TemporaryDirectory(prefix="fourmi-set-") as copy:
        for path in folder.iterdir():
            if not path.name.startswith("linked_questions"):
                (Path(copy) / path.name).symlink_to(path.resolve())
        intake = Intake(ForumCsv(Path(copy)), "set", Report(), watch=watch, say=lambda _line: None)
        take_in(intake)
    return intake


class LinkedForum:
    """``questions.csv``, ``answers.csv`` and ``linked_questions.csv``: title and text of the later question are asked."""

    language = None

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def bring_in(self) -> list[Pair]:
        """Everything but the links, as ``flask import forum-csv`` would."""
        intake = bring_in_forum(self.folder)
        rows = db.session.execute(select(Post.imported_key, Post.id, Post.created_at, Post.state))
        known = {row.imported_key: row for row in rows if row.state == PostState.PUBLISHED}
        pairs = []
        for row in _rows(_file(self.folder, "linked_questions.csv")):
            found = [known.get(intake.key("q", row[name])) for name in ("question_id", "linked_question_id")]
            pairs += _pair(row["kind"], *((one.id, one.created_at) if one else None for one in found))
        return pairs


class LinkedTitles:
    """``Posts.csv`` and ``PostLinks….csv`` of a Stack Exchange site without texts: the later title is asked."""

    language = None

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def bring_in(self) -> list[Pair]:
        """Straight into the tables: the importer takes no questions without texts."""
        written = list(_rows(_file(self.folder, "Posts*.csv")))
        questions = [row for row in written if row["PostTypeId"] == "1" and row["Title"]]
        ids = {row["Id"] for row in questions}
        answers = [row for row in written if row["PostTypeId"] == "2" and row["ParentId"] in ids]
        _store(
            questions=[
                _asked(
                    int(row["Id"]), row["Title"], "", "en", _moment(row["CreationDate"]), score=_number(row["Score"]),
                    views=_number(row["ViewCount"]), answers=_number(row["AnswerCount"]),
                    accepted=_number(row["AcceptedAnswerId"]),
                )
                for row in questions
            ],
            answers=[
                _post(
                    int(row["Id"]), PostKind.ANSWER, "", "en", _moment(row["CreationDate"]), _number(row["Score"]),
                    int(row["ParentId"]),
                )
                for row in answers
            ],
        )  # fmt: skip
        known = {row["Id"]: (int(row["Id"]), _moment(row["CreationDate"])) for row in questions}
        pairs = []
        for row in _rows(_file(self.folder, "PostLinks*.csv")):
            if row["LinkTypeId"] in _KINDS:
                pairs += _pair(
                    _KINDS[row["LinkTypeId"]], known.get(row["PostId"]), known.get(row["RelatedPostId"])
                )
        return pairs


class Pages:
    """JSON lines with ``title`` and ``text``: the title is asked, the text alone is in the forum."""

    language = "fr"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def bring_in(self) -> list[Pair]:
        """Straight into the tables; each question is named by its number, since its title is what is asked."""
        with _opened(_file(self.folder, "*.jsonl")) as lines:
            pages = [json.loads(line) for line in lines]
        moment = clock.now()
        _store(
            [
                _asked(number, f"Page {number}", page["text"], "fr", moment)
                for number, page in enumerate(pages, 1)
            ],
            [],
        )
        return [Pair(DUPLICATE, 0, number, page["title"]) for number, page in enumerate(pages, 1)]


def of(folder: Path) -> LinkedForum | LinkedTitles | Pages:
    """The set in a folder, known by its files."""
    for kind, name in (
        (LinkedForum, "linked_questions.csv"),
        (LinkedTitles, "PostLinks*.csv"),
        (Pages, "*.jsonl"),
    ):
        if _found(folder, name):
            return kind(folder)
    raise click.BadParameter(
        f"{folder} holds neither linked_questions.csv nor PostLinks*.csv nor *.jsonl (plain or .gz)"
    )


def watch(label: str, size: int) -> Any:
    """A progress bar on the side where errors go, as the importer wants it."""
    return _Bar(click.progressbar(length=max(size, 1), label=f"{label:<12}", file=sys.stderr))


class _Bar:
    def __init__(self, bar: Any) -> None:
        self.bar = bar

    def __enter__(self) -> Any:
        return self.bar.__enter__().update

    def __exit__(self, *exception: Any) -> None:
        self.bar.__exit__(*exception)


# --- reading --------------------------------------------------------------------------------------------------------


def _found(folder: Path, name: str) -> list[Path]:
    return sorted(folder.glob(name)) + sorted(folder.glob(f"{name}.gz"))


def _file(folder: Path, name: str) -> Path:
    found = _found(folder, name)
    if not found:
        raise click.BadParameter(f"no {name} in {folder}")
    return found[0]


def _opened(path: Path) -> io.TextIOBase:
    opened = gzip.open if path.suffix == ".gz" else open
    return opened(path, "rt", encoding="utf-8", newline="")  # type: ignore[return-value]


def _rows(path: Path) -> Iterator[dict[str, str]]:
    csv.field_size_limit(2**24)
    with _opened(path) as lines:
        yield from csv.DictReader(lines)


def _pair(kind: str, one: tuple[int, datetime] | None, other: tuple[int, datetime] | None) -> Iterable[Pair]:
    """The later of two questions leads to the earlier one; nothing when one of them is not there to be seen."""
    if one is None or other is None or one[0] == other[0]:
        return
    later, earlier = sorted((one, other), key=lambda place: (place[1], place[0]), reverse=True)
    yield Pair(kind, later[0], earlier[0])


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


def _number(written: str) -> int:
    return int(float(written)) if written else 0


# --- storing --------------------------------------------------------------------------------------------------------


def _asked(
    number: int, title: str, body: str, language: str, moment: datetime, score: int = 0, views: int = 0,
    answers: int = 0, accepted: int = 0,
) -> tuple[dict[str, Any], dict[str, Any]]:  # fmt: skip
    """The two rows of a question."""
    state = HelpState.SOLVED if accepted else HelpState.ANSWERED if answers else HelpState.OPEN
    question = {
        "id": number, "title": title[:200], "slug": texts.slugify(title)[:80], "category_id": 1, "help_state": state,
        "accepted_answer_id": None, "answer_count": answers, "me_too_count": 0, "view_count": views,
        "active_at": moment,
    }  # fmt: skip
    return _post(number, PostKind.QUESTION, body, language, moment, score, None), question


def _post(
    number: int,
    kind: PostKind,
    body: str,
    language: str,
    moment: datetime,
    score: int,
    question_id: int | None,
) -> dict[str, Any]:
    return {
        "id": number, "kind": kind, "author_id": None, "question_id": question_id, "body": body,
        "body_html": texts.render(body) if body else "", "state": PostState.PUBLISHED, "held_reasons": [],
        "language": language, "version": 1, "kudos_count": max(score, 0), "created_at": moment,
        "published_at": moment, "render_version": texts.RENDER_VERSION,
    }  # fmt: skip


def _store(questions: list[tuple[dict[str, Any], dict[str, Any]]], answers: list[dict[str, Any]]) -> None:
    with unit_of_work():
        insert_many_core(
            Category,
            [{"id": 1, "key": "set", "slug": "set", "name_fr": "Essai", "name_en": "Set", "position": 1}],
        )
    with watch("Questions", len(questions)) as tick:
        for part in _parts(questions):
            with unit_of_work():
                insert_many_core(Post, [post for post, _question in part])
                insert_many_core(Question, [question for _post, question in part])
            tick(len(part))
    with watch("Answers", len(answers)) as tick:
        for part in _parts(answers):
            with unit_of_work():
                insert_many_core(Post, part)
            tick(len(part))


def _parts(rows: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(rows), _CHUNK):
        yield rows[start : start + _CHUNK]

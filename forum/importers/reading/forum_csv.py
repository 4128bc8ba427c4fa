"""A forum as two CSV files, ``questions.csv`` and ``answers.csv``; the layout is described in docs/importing.md.

Beside them may stand ``members.csv``, ``hidden_by_moderators.csv`` and ``linked_questions.csv``. Files may be
gzipped. The columns are found by their names; unknown ones are passed over.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from forum.importers.reading import files
from forum.importers.reading.files import moment, optional_moment
from forum.importers.reading.rows import (
    AnswerRow,
    Broken,
    LinkRow,
    MemberRow,
    PassedOver,
    QuestionRow,
    Read,
    Row,
    Tick,
    Where,
    no_tick,
)

LONGEST_FIELD = 4 * 1024 * 1024
"""Characters of one cell; a longer one is a broken file."""
_NAMES = {
    "members": ("members.csv",),
    "questions": ("questions.csv", "hidden_by_moderators.csv"),
    "answers": ("answers.csv", "hidden_by_moderators.csv"),
    "links": ("linked_questions.csv",),
    "comments": (),
    "votes": (),
    "revisions": (),
}
_COLUMNS = {
    "questions.csv": ("id", "created", "title", "content", "creator"),
    "answers.csv": ("id", "question_id", "created", "content", "creator"),
    "members.csv": ("name",),
    "hidden_by_moderators.csv": ("kind", "id", "created", "content", "creator"),
    "linked_questions.csv": ("question_id", "linked_question_id", "kind"),
}

Cells = dict[str, str]


class ForumCsv:
    """A folder with one forum's CSV files."""

    kind = "forum-csv"
    complete_history = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paths = {name: files.find(folder, name) for name in _COLUMNS}
        if self.paths["questions.csv"] is None:
            raise FileNotFoundError(f"no questions.csv or questions.csv.gz in {folder}")

    def site(self) -> str:
        """One forum is expected in this layout; several are told apart with ``--site``."""
        return "csv"

    def size(self, part: str) -> int:
        """Bytes of the files of a part."""
        if part == "members" and self.paths["members.csv"] is None:
            return self.size("questions") + self.size("answers")
        return sum(files.size(self.paths[name]) for name in _NAMES[part])

    def read(self, part: str, tick: Tick = no_tick) -> Read:
        """The rows of a part, what could not be read in between."""
        if part == "members":
            yield from self._all_members(tick)
            return
        seen: set[str] = set()
        for name in _NAMES[part]:
            path = self.paths[name]
            make: Callable[[Where, Cells], Row | PassedOver | None] = getattr(self, f"_{part}")
            for where, cells in _table(path, name, tick) if path else ():
                if isinstance(cells, str):
                    if not (part == "answers" and name.startswith("hidden")):
                        yield Broken(where, cells)
                    continue
                if name.startswith("hidden"):
                    if cells["kind"] + "s" != part or cells["id"] in seen:
                        continue
                    cells["is_spam"] = "true"
                made: Row | Broken | PassedOver | None
                try:
                    made = make(where, cells)
                except (ValueError, KeyError) as error:
                    made = Broken(where, str(error))
                if isinstance(made, QuestionRow | AnswerRow):
                    if made.key in seen:
                        made = Broken(where, f"the id {made.key} was there before")
                    else:
                        seen.add(made.key)
                if made is not None:
                    yield made

    # -- members ------------------------------------------------------------------------------------------------

    def _all_members(self, tick: Tick) -> Read:
        """From ``members.csv``, and everybody else who wrote something, dated by the first post."""
        known: set[str] = set()
        path = self.paths["members.csv"]
        for where, cells in _table(path, "members.csv", tick) if path else ():
            if isinstance(cells, str):
                yield Broken(where, cells)
                continue
            try:
                row = self._member(where, cells)
            except ValueError as error:
                yield Broken(where, str(error))
                continue
            known.add(row.key)
            yield row
        first: dict[str, tuple[datetime, Where]] = {}
        for name in ("questions.csv", "answers.csv", "hidden_by_moderators.csv"):
            path = self.paths[name]
            for where, cells in _table(path, name, tick) if path else ():
                if isinstance(cells, str) or not (creator := cells["creator"].strip()) or creator in known:
                    continue
                try:
                    created = moment(cells["created"])
                except ValueError:
                    continue
                if creator not in first or created < first[creator][0]:
                    first[creator] = (created, where)
        for creator, (created, where) in sorted(first.items(), key=lambda item: (item[1][0], item[0])):
            yield MemberRow(where, key=creator, name=creator, joined_at=created)

    def _member(self, where: Where, cells: Cells) -> MemberRow:
        name = cells["name"].strip()
        if not name:
            raise ValueError("the name is empty")
        return MemberRow(
            where,
            key=name,
            name=cells.get("display_name", "").strip() or name,
            joined_at=moment(cells["joined"]) if cells.get("joined") else moment("2000-01-01"),
            seen_at=optional_moment(cells.get("seen")),
            bio=cells.get("bio", ""),
            city=cells.get("city", ""),
        )

    # -- one row of each file -----------------------------------------------------------------------------------

    def _questions(self, where: Where, cells: Cells) -> QuestionRow:
        updated = optional_moment(cells.get("updated"))
        created = moment(cells["created"])
        locked = _true(cells, "is_locked")
        return QuestionRow(
            where,
            key=_key(cells, "id"),
            author=cells["creator"].strip() or None,
            title=cells["title"].strip() or "—",
            body=cells["content"],
            created_at=created,
            active_at=max(updated, created) if updated else None,
            tags=tuple(tag for tag in cells.get("tags", "").split(";") if tag.strip()),
            topic=cells.get("topic", "").strip() or None,
            language=_language(cells),
            views=_number(cells, "num_views"),
            accepted=cells.get("solution", "").strip() or None,
            closed_at=(updated or created) if locked else None,
            closed_reason="other" if locked else None,
            me_too=_number(cells, "num_votes"),
            hidden=_true(cells, "is_spam"),
        )

    def _answers(self, where: Where, cells: Cells) -> AnswerRow:
        created = moment(cells["created"])
        updated = optional_moment(cells.get("updated"))
        return AnswerRow(
            where,
            key=_key(cells, "id"),
            question=_key(cells, "question_id"),
            author=cells["creator"].strip() or None,
            body=cells["content"],
            created_at=created,
            edited_at=updated if updated and updated > created else None,
            language=_language(cells),
            ups=_number(cells, "num_helpful"),
            downs=_number(cells, "num_unhelpful"),
            hidden=_true(cells, "is_spam"),
        )

    def _links(self, where: Where, cells: Cells) -> LinkRow:
        if cells["kind"] not in ("duplicate", "related"):
            raise ValueError(f"the kind of link '{cells['kind'][:40]}' is not known")
        return LinkRow(
            where,
            question=_key(cells, "question_id"),
            linked=_key(cells, "linked_question_id"),
            duplicate=cells["kind"] == "duplicate",
            created_at=moment(cells["linked_at"]) if cells.get("linked_at") else moment("2000-01-01"),
        )


def _table(path: Path, name: str, tick: Tick) -> Iterator[tuple[Where, Cells | str]]:
    """The rows of a CSV file as ``column → cell``, or the reason why a row has none."""
    csv.field_size_limit(LONGEST_FIELD)
    with files.opened(path, tick) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
        reader = csv.reader(line.replace("\0", "") for line in text)
        header = [column.strip().lower() for column in next(reader, [])]
        missing = [column for column in _COLUMNS[name] if column not in header]
        if missing:
            yield Where(path.name, 1), f"the columns {', '.join(missing)} are missing"
            return
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Where(path.name, line), str(error)
                continue
            if not cells:
                continue
            if len(cells) != len(header):
                yield Where(path.name, line), f"{len(cells)} cells where the first line names {len(header)}"
                continue
            yield Where(path.name, line), dict(zip(header, cells, strict=True))


def _key(cells: Cells, column: str) -> str:
    key = cells[column].strip()
    if not key or len(key) > 60 or any(char.isspace() or char == ":" for char in key):
        raise ValueError(f"the {column} is empty or no plain word: '{key[:40]}'")
    return key


def _true(cells: Cells, column: str) -> bool:
    return cells.get(column, "").strip().lower() in ("true", "1", "yes", "t")


def _number(cells: Cells, column: str) -> int:
    written = cells.get(column, "").strip()
    return max(0, int(float(written))) if written else 0


def _language(cells: Cells) -> str | None:
    """``en-US`` → ``en``: readers filter by language, not by country."""
    return cells.get("locale", "").strip().split("-")[0].lower()[:8] or None

"""What one run of an importer knows and remembers on its way through the files."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import select

from accounts.members.models import Member
from common.db import db
from forum.importers.booking import Fact
from forum.importers.counting import Report
from forum.importers.reading.rows import Broken, PassedOver, Source, Tick, VoteRow, no_tick
from forum.questions.models import Post

CHUNK = 500
"""Rows of one transaction."""

Watch = Callable[[str, int], AbstractContextManager[Tick]]


def nobody_watches(_label: str, _size: int) -> AbstractContextManager[Tick]:
    """No progress bar."""
    return nullcontext(no_tick)


@dataclass
class Votes:
    """Votes of the files by the other forum's post: when each was given, in seconds since 1970."""

    ups: dict[str, array] = field(default_factory=dict)
    downs: dict[str, int] = field(default_factory=dict)
    accepted: dict[str, int] = field(default_factory=dict)
    known: bool = False

    def add(self, row: VoteRow) -> None:
        """Count one vote."""
        self.known = True
        if row.kind == "up":
            self.ups.setdefault(row.post, array("q")).append(int(row.created_at.timestamp()))
        elif row.kind == "down":
            self.downs[row.post] = self.downs.get(row.post, 0) + 1
        else:
            self.accepted[row.post] = int(row.created_at.timestamp())

    def of(self, key: str, ups: int, downs: int) -> tuple[int, int]:
        """(for, against) such that the difference is the score of the post's own row."""
        if not self.known:
            return ups, downs
        given, score = len(self.ups.get(key, ())), ups - downs
        return (given, given - score) if given >= score else (score, 0)

    def dates(self, key: str) -> list[datetime]:
        """When the post was voted up, oldest first."""
        return [datetime.fromtimestamp(second, UTC) for second in sorted(self.ups.get(key, ()))]


@dataclass
class Intake:
    """One run. Ids are this community's, keys the other forum's.

    ``began_at`` is when the site was brought in first: what happened later happened here. ``gone`` are facts that no
    longer hold; ``brought_votes`` counts votes that are new and that were there.
    """

    source: Source
    site: str
    report: Report
    language: str = "en"
    category: str | None = None
    watch: Watch = nobody_watches
    say: Callable[[str], None] = print
    began_at: datetime | None = None
    votes: Votes = field(default_factory=Votes)
    accepted: dict[int, str] = field(default_factory=dict)
    seen: dict[str, set[int]] = field(default_factory=lambda: {"q": set(), "a": set(), "c": set()})
    window: list[datetime] = field(default_factory=list)
    versioned: dict[str, str] = field(default_factory=dict)
    duplicates: dict[int, int] = field(default_factory=dict)
    gone: list[Fact] = field(default_factory=list)
    members: set[int] = field(default_factory=set)
    brought_votes: list[int] = field(default_factory=lambda: [0, 0])
    categories: dict[str, int] = field(default_factory=dict)

    def key(self, kind: str, key: str) -> str:
        """The stored key of a row: ``se2014…:q17``."""
        return f"{self.site}:{kind}{key}"

    def rows(self, part: str, label: str) -> Iterator[Any]:
        """The good rows of a part; the others are counted and told of."""
        with self.watch(label, self.source.size(part)) as tick:
            for row in self.source.read(part, tick):
                if isinstance(row, Broken | PassedOver):
                    line = self.report.note(part, row)
                    if line:
                        self.say(line)
                    continue
                self.report[part].read += 1
                yield row

    def fail(self, part: str, row: Any, reason: str) -> None:
        """A row that was read well and cannot be stored."""
        self.report[part].failed += 1
        self.say(f"{row.where}: {reason}")


def chunks(rows: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """Lists of at most ``size`` rows."""
    stream = iter(rows)
    while part := list(islice(stream, size)):
        yield part


def post_ids(keys: Iterable[str]) -> dict[str, int]:
    """Stored key → id of the posts among these keys."""
    wanted = sorted({key for key in keys if key})
    found: dict[str, int] = {}
    for part in chunks(wanted, 900):
        query = select(Post.imported_key, Post.id).where(Post.imported_key.in_(part))
        found.update((key, post_id) for key, post_id in db.session.execute(query) if key is not None)
    return found


def member_ids(intake: Intake, keys: Iterable[str | None]) -> dict[str, int]:
    """The other forum's key → member id."""
    wanted = {intake.key("m", key): key for key in keys if key}
    found: dict[str, int] = {}
    for part in chunks(sorted(wanted), 900):
        query = select(Member.imported_key, Member.id).where(Member.imported_key.in_(part))
        found.update((wanted[key], member_id) for key, member_id in db.session.execute(query) if key)
    return found

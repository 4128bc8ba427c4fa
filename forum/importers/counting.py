"""What an import did, counted: the summary it ends with."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from forum.importers.reading.rows import Broken, PassedOver

PARTS = ("members", "questions", "answers", "comments", "votes", "tags", "revisions", "links", "other")


@dataclass
class Tally:
    """``read`` is the sum of the others. ``skipped`` are rows that were there already, or that the reasons explain."""

    read: int = 0
    created: int = 0
    updated: int = 0
    skipped: int = 0
    failed: int = 0
    removed: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def skip(self, reason: str | None = None, count: int = 1) -> None:
        """Rows that are not brought in, or need not be."""
        self.skipped += count
        if reason and count:
            self.reasons[reason] += count

    def as_json(self) -> dict[str, Any]:
        """For the last line."""
        counts = {name: getattr(self, name) for name in ("read", "created", "updated", "skipped", "failed")}
        if self.removed:
            counts["removed"] = self.removed
        return counts | ({"reasons": dict(sorted(self.reasons.items()))} if self.reasons else {})


@dataclass
class Report:
    """Everything that was counted. ``booking_seconds`` of the ``seconds`` went into points and ranks; the rate of
    posts is that of the rest."""

    site: str = ""
    dry_run: bool = False
    seconds: float = 0.0
    booking_seconds: float = 0.0
    approximate: int = 0
    facts: int = 0
    tallies: dict[str, Tally] = field(default_factory=lambda: {part: Tally() for part in PARTS})

    def __getitem__(self, part: str) -> Tally:
        return self.tallies[part]

    def note(self, part: str, row: Broken | PassedOver) -> str | None:
        """Count a row that is none; the line to print when it is broken."""
        tally = self.tallies["other" if part == "questions" and isinstance(row, PassedOver) else part]
        tally.read += 1
        if isinstance(row, PassedOver):
            tally.skip(row.reason)
            return None
        tally.failed += 1
        return f"{row.where}: {row.reason}"

    @property
    def posts(self) -> int:
        """Questions, answers and comments read."""
        return sum(self.tallies[part].read for part in ("questions", "answers", "comments"))

    @property
    def changed(self) -> bool:
        """Whether anything was created, updated or removed."""
        return any(tally.created or tally.updated or tally.removed for tally in self.tallies.values())

    def as_json(self) -> dict[str, Any]:
        """The summary."""
        return {
            **{
                part: self.tallies[part].as_json()
                for part in PARTS
                if self.tallies[part].read or part != "other"
            },
            "site": self.site,
            "dry_run": self.dry_run,
            "approximate_bodies": self.approximate,
            "facts": self.facts,
            "seconds": round(self.seconds, 2),
            "booking_seconds": round(self.booking_seconds, 2),
            "posts_per_second": round(self.posts / max(self.seconds - self.booking_seconds, 0.01)),
        }

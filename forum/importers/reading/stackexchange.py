"""The Stack Exchange data dump: ``Users.xml``, ``Posts.xml`` and the rest, one ``<row …/>`` a line.

Every file but ``Posts.xml`` may be missing. Rows are parsed one by one, so a broken one costs only itself.
Unknown attributes are passed over; ``Tags`` may be ``<a><b>`` or ``|a|b|``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.parsers import expat

from forum.importers.reading import files
from forum.importers.reading.files import moment, optional_moment
from forum.importers.reading.rows import (
    AnswerRow,
    Broken,
    CommentRow,
    LinkRow,
    MemberRow,
    PassedOver,
    QuestionRow,
    Read,
    RevisionRow,
    Row,
    Tick,
    VoteRow,
    Where,
    no_tick,
)

_FILES = {
    "members": "Users.xml",
    "questions": "Posts.xml",
    "answers": "Posts.xml",
    "comments": "Comments.xml",
    "votes": "Votes.xml",
    "revisions": "PostHistory.xml",
    "links": "PostLinks.xml",
}
_TAGS = re.compile(r"[^<>|\s]+")
_ENVELOPE = re.compile(rb"\s*(?:</?[a-zA-Z]+>|<\?xml[^>]*\?>)?\s*\Z")
_VOTES = {"1": "accepted", "2": "up", "3": "down"}
_POST_KINDS = {
    "3": "an orphaned tag page",
    "4": "a tag's summary",
    "5": "a tag's wiki",
    "6": "a moderator's nomination",
    "7": "a wiki placeholder",
    "8": "a privilege's wiki",
}
_TITLE_CHANGES = {"1", "4", "7"}
_BODY_CHANGES = {"2", "5", "8"}
_CLOSING = re.compile(rb"""PostHistoryTypeId\s*=\s*["']10["']""")
_CLOSE_REASONS = {"1": "duplicate", "101": "duplicate", "2": "off_topic", "102": "off_topic", "7": "outdated"}

Attributes = dict[str, str]


class StackExchangeDump:
    """A folder with one site's dump."""

    kind = "stackexchange"
    complete_history = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._reasons: dict[str, str] | None = None
        self.paths = {part: files.find(folder, name) for part, name in _FILES.items()}
        if self.paths["questions"] is None:
            raise FileNotFoundError(f"no Posts.xml or Posts.xml.gz in {folder}")

    def site(self) -> str:
        """From the moment of the site's first post: dumps of one site agree on it, dumps of others differ."""
        for _where, row in self._rows("questions", no_tick):
            if isinstance(row, dict) and "CreationDate" in row:
                return "se" + re.sub(r"\D", "", row["CreationDate"])[:17].ljust(17, "0")
        raise ValueError(f"there is no readable post in {self.paths['questions']}")

    def size(self, part: str) -> int:
        """Bytes of the file of a part."""
        return files.size(self.paths[part])

    def read(self, part: str, tick: Tick = no_tick) -> Read:
        """The rows of a part, what could not be read in between."""
        read: Callable[[Where, Attributes], Row | PassedOver | None] = getattr(self, f"_{part}")
        if part in ("questions", "revisions"):
            self._close_reasons()
        for where, row in self._rows(part, tick):
            if isinstance(row, str):
                if part != "answers":  # Posts.xml is read twice and reported once
                    yield Broken(where, row)
                continue
            made: Row | Broken | PassedOver | None
            try:
                made = read(where, row)
            except KeyError as missing:
                made = Broken(where, f"the attribute {missing.args[0]} is missing")
            except ValueError as error:
                made = Broken(where, str(error))
            if made is not None:
                yield made

    def _rows(
        self, part: str, tick: Tick, having: re.Pattern[bytes] | None = None
    ) -> Iterator[tuple[Where, Attributes | str]]:
        """Each line's attributes, or why it has none; only lines with what is looked for, if anything is."""
        path = self.paths[part]
        if path is None:
            return
        for number, line in files.lines(path, tick):
            if having and not having.search(line):
                continue
            if _ENVELOPE.match(line.removeprefix(b"\xef\xbb\xbf")):
                continue
            where = Where(path.name, number)
            try:
                yield where, _attributes(line)
            except (expat.ExpatError, ValueError) as error:
                yield where, f"not a row of XML ({str(error)[:120]})"

    # -- one row of each file -----------------------------------------------------------------------------------

    def _members(self, where: Where, row: Attributes) -> MemberRow:
        return MemberRow(
            where,
            key=_id(row, "Id"),
            name=row.get("DisplayName", ""),
            joined_at=moment(row["CreationDate"]),
            seen_at=optional_moment(row.get("LastAccessDate")),
            bio=row.get("AboutMe", ""),
            city=row.get("Location", ""),
        )

    def _questions(self, where: Where, row: Attributes) -> QuestionRow | PassedOver | None:
        kind = row["PostTypeId"]
        if kind == "2":
            return None
        if kind != "1":
            return PassedOver(where, _POST_KINDS.get(kind, f"a post of type {kind}"))
        key = _id(row, "Id")
        closed = optional_moment(row.get("ClosedDate"))
        return QuestionRow(
            where,
            key=key,
            author=row.get("OwnerUserId"),
            title=row["Title"],
            body=row["Body"],
            created_at=moment(row["CreationDate"]),
            edited_at=optional_moment(row.get("LastEditDate")),
            active_at=optional_moment(row.get("LastActivityDate")),
            tags=tuple(_TAGS.findall(row.get("Tags", ""))),
            views=int(row.get("ViewCount") or 0),
            accepted=row.get("AcceptedAnswerId"),
            closed_at=closed,
            closed_reason=self._close_reasons().get(key, "other") if closed else None,
            **_score(row),
        )

    def _answers(self, where: Where, row: Attributes) -> AnswerRow | None:
        if row.get("PostTypeId") != "2":
            return None
        return AnswerRow(
            where,
            key=_id(row, "Id"),
            question=row["ParentId"],
            author=row.get("OwnerUserId"),
            body=row["Body"],
            created_at=moment(row["CreationDate"]),
            edited_at=optional_moment(row.get("LastEditDate")),
            **_score(row),
        )

    def _comments(self, where: Where, row: Attributes) -> CommentRow:
        return CommentRow(
            where,
            key=_id(row, "Id"),
            parent=row["PostId"],
            author=row.get("UserId"),
            body=row["Text"],
            created_at=moment(row["CreationDate"]),
            ups=max(0, int(row.get("Score") or 0)),
        )

    def _votes(self, where: Where, row: Attributes) -> VoteRow | PassedOver:
        kind = _VOTES.get(row["VoteTypeId"])
        if kind is None:
            return PassedOver(where, "a favourite, flag or other mark that is no vote")
        return VoteRow(where, post=row["PostId"], kind=kind, created_at=moment(row["CreationDate"]))

    def _revisions(self, where: Where, row: Attributes) -> RevisionRow | PassedOver:
        kind = row["PostHistoryTypeId"]
        if kind not in _TITLE_CHANGES | _BODY_CHANGES:
            return PassedOver(where, "an event of the history that changes no text")
        return RevisionRow(
            where,
            key=row.get("RevisionGUID") or _id(row, "Id"),
            post=row["PostId"],
            author=row.get("UserId"),
            created_at=moment(row["CreationDate"]),
            title=row.get("Text", "") if kind in _TITLE_CHANGES else None,
            body=row.get("Text", "") if kind in _BODY_CHANGES else None,
            reason=row.get("Comment", ""),
        )

    def _links(self, where: Where, row: Attributes) -> LinkRow | PassedOver:
        kind = row["LinkTypeId"]
        if kind not in ("1", "3"):
            return PassedOver(where, f"a link of type {kind}")
        return LinkRow(
            where,
            question=row["PostId"],
            linked=row["RelatedPostId"],
            duplicate=kind == "3",
            created_at=moment(row["CreationDate"]),
        )

    def _close_reasons(self) -> dict[str, str]:
        """Question key → why it was closed last: from the history, else from the links to what it repeats."""
        known = self._reasons
        if known is None:
            known = self._reasons = {}
            for _where, row in self._rows("links", no_tick):
                if isinstance(row, dict) and row.get("LinkTypeId") == "3":
                    known[row.get("PostId", "")] = "duplicate"
            for _where, row in self._rows("revisions", no_tick, _CLOSING):
                if isinstance(row, dict) and row.get("PostHistoryTypeId") == "10":
                    known[row.get("PostId", "")] = _close_reason(row)
        return known


def _attributes(line: bytes) -> Attributes:
    """The attributes of the one element a line is. Raises ``ExpatError``, or ``ValueError`` for entities of its own.

    One parser a line, and no tree: a dump has one line a row, and a broken line must not cost its neighbours.
    """
    found: list[Attributes] = []
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = lambda _name, attributes: found.append(attributes)
    parser.StartDoctypeDeclHandler = _refuse_declarations
    parser.Parse(line.removeprefix(b"\xef\xbb\xbf"), True)
    return found[0]


def _refuse_declarations(*_declared: Any) -> None:
    """A few bytes of entities can unfold to gigabytes; no dump has any."""
    raise ValueError("it declares entities")


def _close_reason(row: Attributes) -> str:
    if "OriginalQuestionIds" in row.get("Text", ""):
        try:
            if json.loads(row["Text"]).get("OriginalQuestionIds"):
                return "duplicate"
        except (ValueError, AttributeError):
            pass
    return _CLOSE_REASONS.get(row.get("Comment", ""), "other")


def _id(row: Attributes, name: str) -> str:
    """A number, as text. Raises ``ValueError`` for anything else."""
    return str(int(row[name]))


def _score(row: Attributes) -> dict[str, Any]:
    """Votes for and against as far as the score tells; ``Votes.xml`` knows more."""
    score = int(row.get("Score") or 0)
    return {"ups": max(score, 0), "downs": max(-score, 0)}

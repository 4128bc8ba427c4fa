"""Sets of texts with people's judgements, for the model of the desk; and texts in good order beside them.

Layouts are known by their columns, whatever the files are called, plain or .gz: ``kind,id,…,content`` in a file whose
name says *hidden* (posts that moderators hid), questions and answers of a forum (``is_spam`` where it is said),
``label<TAB>text`` with ham and spam, ``tweet,sentiment``, and ``text,category`` (customers' questions, all in order).
"""

from __future__ import annotations

import csv
import gzip
import html
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from moderation.screening.learning.features import Context

JUNK, TONE = "junk", "tone"
_TAG = re.compile(r"<[^>]+>")
_LINK = re.compile(r'<a\s[^>]*?href="([^"]*)"[^>]*>', re.I)


@dataclass(frozen=True, slots=True)
class Judged:
    """A text, and whether people found it bad. ``key`` says what belongs together when the set is cut in two."""

    key: str
    bad: bool
    title: str
    body: str
    context: Context = field(default_factory=Context)


@dataclass(frozen=True, slots=True)
class TriageSet:
    """A named set; ``kind`` is the model it is for, and nothing where all texts are in order."""

    name: str
    language: str
    kind: str
    texts: tuple[Judged, ...]


def read_all(folder: Path) -> list[TriageSet]:
    """Every set of a folder: itself, or the folders in it."""
    places = [folder, *sorted(path for path in folder.iterdir() if path.is_dir())]
    return [one for place in places for one in _read(place)]


def _read(folder: Path) -> Iterator[TriageSet]:
    tables: list[tuple[Path, list[dict[str, str]]]] = []
    for path in sorted(folder.iterdir()):
        if path.name.endswith((".tsv", ".tsv.gz", ".txt", ".txt.gz")):
            if texts := _tabbed(path):
                yield TriageSet(folder.name, "en", JUNK, texts)
        elif path.name.endswith((".csv", ".csv.gz")) and (rows := list(_rows(path))):
            tables.append((path, rows))
    yield from _tweets(folder, tables)
    yield from _forum(folder, tables)
    for _path, rows in tables:
        if {"text", "category"} <= set(rows[0]):
            yield TriageSet(
                folder.name, "en", "", tuple(Judged(row["text"], False, "", row["text"]) for row in rows)
            )


def _tabbed(path: Path) -> tuple[Judged, ...]:
    """Lines of ``ham<TAB>text`` and ``spam<TAB>text``."""
    found = []
    with _opened(path) as lines:
        for line in lines:
            label, tab, text = line.rstrip("\n").partition("\t")
            if not tab or label.lower() not in ("ham", "spam"):
                return ()
            found.append(Judged(" ".join(text.lower().split()), label.lower() == "spam", "", text))
    return tuple(found)


def _tweets(folder: Path, tables: list[tuple[Path, list[dict[str, str]]]]) -> Iterator[TriageSet]:
    """``tweet,sentiment``: whatever is not simply "normal" was found hurtful by somebody."""
    for path, rows in tables:
        if {"tweet", "sentiment"} <= set(rows[0]):
            language = "fr" if re.match(r"fr(?![a-z])", path.name) else "en"
            texts = (
                Judged(" ".join(row["tweet"].split()), row["sentiment"] != "normal", "", row["tweet"])
                for row in rows
            )
            yield TriageSet(f"{folder.name}/{language}", language, TONE, tuple(texts))


def _forum(folder: Path, tables: list[tuple[Path, list[dict[str, str]]]]) -> Iterator[TriageSet]:
    """Questions and answers of a forum, with those that moderators hid where the folder has them."""
    rows: dict[tuple[str, str], tuple[dict[str, str], bool]] = {}
    hidden = False
    for path, table in tables:
        if "content" not in table[0] or "id" not in table[0] or "language_mix" in path.name:
            continue
        is_hidden = "hidden" in path.name
        hidden |= is_hidden
        for row in table:
            kind = row.get("kind") or ("question" if row.get("title") is not None else "answer")
            bad = is_hidden or row.get("is_spam") == "true"
            before = rows.get((kind, row["id"]))
            rows[kind, row["id"]] = (row, bad or bool(before and before[1]))
    if not rows:
        return
    written: Counter[str] = Counter()
    texts = []
    for (kind, number), (row, bad) in sorted(rows.items(), key=lambda one: one[1][0].get("created", "")):
        writer = row.get("creator", "")
        context = Context(kind, written[writer])
        written[writer] += 1
        texts.append(
            Judged(f"{kind}:{number}", bad, _plain(row.get("title") or ""), _plain(row["content"]), context)
        )
    language = "fr" if any(path.name.startswith("questions_fr") for path, _ in tables) else "en"
    yield TriageSet(folder.name, language, JUNK if hidden else "", tuple(texts))


def _plain(written: str) -> str:
    """HTML as text, with the addresses of its links."""
    linked = _LINK.sub(lambda match: f" {match.group(1)} ", written or "")
    return html.unescape(_TAG.sub(" ", linked)).strip()


def _rows(path: Path) -> Iterable[dict[str, str]]:
    csv.field_size_limit(2**24)
    with _opened(path) as lines:
        yield from csv.DictReader(lines)


def _opened(path: Path) -> io.TextIOBase:
    opened = gzip.open if path.suffix == ".gz" else open
    return opened(path, "rt", encoding="utf-8", newline="")  # type: ignore[return-value]

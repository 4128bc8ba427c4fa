"""Reads of the charter and the terms. Before anything was published, the charter that comes with the house is in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup
from sqlalchemy import select

from common import clock, settings, text
from common.db import db
from common.errors import NotFound
from forum.content.terms.models import TermsAcceptance, TermsVersion
from forum.content.terms.rules import Block, Document, VersionState, blocks
from forum.revisions.differences import Segment, differences, folded

TEXTS = Path(__file__).parent / "texts"


@dataclass(frozen=True, slots=True)
class Version:
    """A published version as pages show it. ``since`` is None for the charter of the house that nobody changed."""

    document: Document
    number: int
    texts: dict[str, str]
    changes: dict[str, str]
    is_significant: bool = False
    since: datetime | None = None
    digest: str = ""

    def text(self, language: str) -> str:
        """The Markdown, with the brand's name in it."""
        return self.texts[language].replace("{brand}", str(settings.get("brand.name")))


@cache
def of_the_house(language: str) -> str:
    """The charter that comes with the house."""
    return (TEXTS / f"charter.{language}.md").read_text("utf-8")


def first() -> Version:
    """Version 1 of the charter where nobody published another."""
    return Version(
        Document.CHARTER, 1, {code: of_the_house(code) for code in ("fr", "en")}, {"fr": "", "en": ""}
    )


def version_of(row: TermsVersion) -> Version:
    """A row as pages show it."""
    return Version(
        Document(row.document), row.number, {"fr": row.text_fr, "en": row.text_en},
        {"fr": row.changes_fr, "en": row.changes_en}, row.is_significant, row.effective_at, row.digest,
    )  # fmt: skip


def published(document: Document) -> list[Version]:
    """All published versions, the newest first; what is to come as well."""
    rows = db.session.scalars(
        select(TermsVersion)
        .where(TermsVersion.document == document, TermsVersion.state == VersionState.PUBLISHED)
        .order_by(TermsVersion.number.desc())
    )
    found = [version_of(row) for row in rows]
    if document == Document.CHARTER and (not found or found[-1].number > 1):
        found.append(first())
    return found


def in_force(document: Document) -> Version | None:
    """The version in force: the newest whose day has come."""
    now = clock.now()
    return next((one for one in published(document) if one.since is None or one.since <= now), None)


def coming(document: Document) -> Version | None:
    """The next version, whose day has not come."""
    now = clock.now()
    later = [one for one in published(document) if one.since is not None and one.since > now]
    return later[-1] if later else None


def version(document: Document, number: int) -> Version:
    """One published version. Raises :class:`NotFound`."""
    found = next((one for one in published(document) if one.number == number), None)
    if found is None:
        raise NotFound
    return found


def draft(document: Document) -> TermsVersion | None:
    """The draft of the next version."""
    mine = (TermsVersion.document == document, TermsVersion.state == VersionState.DRAFT)
    return db.session.scalar(select(TermsVersion).where(*mine))


def document_of(name: str) -> Document:
    """A document by its name in an address. Raises :class:`NotFound`."""
    try:
        return Document(name)
    except ValueError:
        raise NotFound from None


@dataclass(frozen=True, slots=True)
class Piece:
    """A block with its HTML; rules that follow each other are one list."""

    kind: str
    html: Markup
    anchor: str = ""
    rules: tuple[tuple[str, Markup], ...] = ()


def pieces(shown: Version, language: str) -> list[Piece]:
    """What a page shows."""
    found: list[Piece] = []
    for block in blocks(shown.text(language)):
        if block.kind == "rule":
            before = found.pop().rules if found and found[-1].kind == "rules" else ()
            found.append(Piece("rules", Markup(), "", (*before, (block.anchor, _html(block)))))
        elif block.kind == "text":
            found.append(Piece("text", _html(block)))
        else:
            found.append(Piece(block.kind, Markup.escape(block.words), block.anchor))
    return found


def _html(block: Block) -> Markup:
    html = text.render(block.words)
    if block.kind == "rule":
        html = html.strip().removeprefix("<p>").removesuffix("</p>")
    return Markup(html)  # noqa: S704 - rendered and sanitised by common.text


def changed(shown: Version, language: str) -> tuple[Segment, ...]:
    """What differs from the version before it."""
    before = next((one for one in published(shown.document) if one.number < shown.number), None)
    return folded(differences(before.text(language), shown.text(language))) if before is not None else ()


def accepted_by(member_id: int) -> list[TermsAcceptance]:
    """What a member accepted, the newest first."""
    mine = select(TermsAcceptance).where(TermsAcceptance.member_id == member_id)
    return list(
        db.session.scalars(
            mine.order_by(TermsAcceptance.accepted_at.desc(), TermsAcceptance.id.desc()).limit(50)
        )
    )


def as_data(shown: Version, language: str) -> dict[str, Any]:
    """The same for programs (DSA article 14: machine-readable)."""
    found = blocks(shown.text(language))
    return {
        "document": str(shown.document), "version": shown.number, "language": language,
        "in_force_since": shown.since.isoformat() if shown.since else None, "significant": shown.is_significant,
        "what_changed": shown.changes[language], "sha256": shown.digest, "markdown": shown.text(language),
        "sections": [{"anchor": one.anchor, "title": one.words} for one in found if one.kind == "h2"],
        "rules": [{"clause": one.anchor, "text": one.words} for one in found if one.kind == "rule"],
        "versions": [
            {"version": one.number, "in_force_since": one.since.isoformat() if one.since else None}
            for one in published(shown.document)
        ],
    }  # fmt: skip

"""A file of products or purchases: taken, read in the background part by part, and reported line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import select

from common import audit, clock, jobs
from common.db import db, update_where
from common.errors import Invalid, NotFound
from common.i18n import Sentence
from common.permissions import Actor, require
from common.text import normalise
from common.unit_of_work import unit_of_work
from forum.catalogue import filling, proving
from forum.catalogue.filling import Report
from forum.catalogue.rules import (
    MOST_LINES,
    BadFile,
    Fault,
    ImportKind,
    OwnerLine,
    ProductLine,
    read_owner,
    read_product,
    rows_of,
    text_of,
)
from forum.catalogue.wording import BAD_FILES
from forum.products.models import CatalogueImport, Product
from forum.products.permissions import can_feed_catalogue

MOST_BYTES = 8_000_000
PART = 500
NEEDED = {
    ImportKind.PRODUCTS: ("key", "name", "category"),
    ImportKind.OWNERS: ("product",),
}
Progress = Callable[[int], None]


def take_file(
    actor: Actor, data: bytes, kind: ImportKind, *, file_name: str = "", complete: bool = False,
    confirmed: bool = False, dry_run: bool = False,
) -> int:  # fmt: skip
    """Take a file for reading in the background; returns the import's id.

    ``complete``: it is the whole catalogue, and what it lacks retires; refused where that is most of it, unless
    ``confirmed``. Raises Forbidden, and Invalid (file) for what cannot be read at all.
    """
    require(can_feed_catalogue(actor))
    text, total, vanishing = checked(data, kind, complete and not confirmed)
    with unit_of_work():
        taken = CatalogueImport(
            kind=kind.value, file_name=" ".join(normalise(file_name).split())[:120], complete=complete, dry_run=dry_run,
            language=actor.language, content=text, lines_total=total, created_by_id=actor.member_id,
        )  # fmt: skip
        db.session.add(taken)
        db.session.flush()
        audit.write(
            actor, "catalogue.file", "catalogue_import", taken.id, None,
            {"kind": kind.value, "lines": total, "complete": complete, "dry_run": dry_run, "vanishing": vanishing},
        )  # fmt: skip
        jobs.enqueue("catalogue.read", {"import_id": taken.id}, f"catalogue:{taken.id}")
        return taken.id


def checked(data: bytes, kind: ImportKind, careful: bool) -> tuple[str, int, int]:
    """The text of a file, how many lines it has, how many products it would retire. Raises :class:`Invalid`."""
    if not data:
        raise _bad("empty")
    if len(data) > MOST_BYTES:
        raise _bad("too_large")
    try:
        text = text_of(data)
        keys = [values.get("key", "").strip() for _number, values in rows_of(text, NEEDED[kind])]
    except BadFile as bad:
        raise _bad(str(bad), columns=", ".join(NEEDED[kind])) from bad
    if len(keys) > MOST_LINES:
        raise _bad("too_many")
    gone = 0
    if careful and kind == ImportKind.PRODUCTS:
        gone, total = filling.vanishing(keys)
        if filling.is_alarming(gone, total):
            raise _bad("vanished", count=gone, total=total)
    return text, len(keys), gone


@jobs.job("catalogue.read")
def read_file(payload: dict[str, Any]) -> None:
    """Read a file that was taken. Begun again after an interruption: lines that are in already change nothing."""
    import_id = payload["import_id"]
    taken = _load(import_id)
    if taken.state in ("done", "failed"):
        return
    kind, text = ImportKind(taken.kind), taken.content
    complete, dry_run = taken.complete, taken.dry_run

    def progress(done: int) -> None:
        with unit_of_work():
            update_where(CatalogueImport, CatalogueImport.id == import_id, state="running", lines_done=done)

    report = run(text, kind, complete=complete, dry_run=dry_run, progress=progress)
    with unit_of_work():
        update_where(
            CatalogueImport, CatalogueImport.id == import_id, state="done", content="", lines_done=report.total,
            result=report.as_dict(), finished_at=clock.now(),
        )  # fmt: skip


def run(
    text: str,
    kind: ImportKind,
    *,
    complete: bool = False,
    dry_run: bool = False,
    progress: Progress = lambda _done: None,
    source: str = "file",
) -> Report:
    """Every line of a file, in parts of 500, each a transaction of its own; then what is missing retires."""
    report, keys = Report(), set[str]()
    later: list[tuple[int, ProductLine]] = []
    for part in _parts(text, kind, report, keys):
        if kind == ImportKind.PRODUCTS:
            products = [(number, line) for number, line in part if isinstance(line, ProductLine)]
            filling.fill(products, report, dry_run)
            later += [(number, line) for number, line in products if line.replaced_by]
        else:
            owners = [(number, line) for number, line in part if isinstance(line, OwnerLine)]
            proving.take_proofs(owners, report, source, dry_run)
        progress(report.total)
    for start in range(0, len(later), PART):
        filling.point_to_successors(later[start : start + PART], report, dry_run)
    if complete and kind == ImportKind.PRODUCTS:
        filling.retire_others(keys, report, dry_run)
    return report


def retire(key: str, report: Report) -> None:
    """One product leaves the catalogue; it is never deleted. Raises :class:`NotFound`."""
    with unit_of_work():
        product = db.session.scalar(select(Product).where(Product.key == key))
        if product is None:
            raise NotFound()
        report.retired = update_where(
            Product, Product.key == key, Product.active.is_(True), active=False, updated_at=clock.now()
        )
        filling.show_anew()


def recent(limit: int = 10) -> list[CatalogueImport]:
    """The last files, newest first, without their content."""
    query = select(CatalogueImport).order_by(CatalogueImport.id.desc()).limit(limit)
    return list(db.session.scalars(query))


def one(actor: Actor, import_id: int) -> CatalogueImport:
    """One file's report. Raises Forbidden and NotFound."""
    require(can_feed_catalogue(actor))
    return _load(import_id)


def _load(import_id: int) -> CatalogueImport:
    taken = db.session.get(CatalogueImport, import_id)
    if taken is None:
        raise NotFound()
    return taken


def _parts(text: str, kind: ImportKind, report: Report, keys: set[str]) -> Iterator[list[Any]]:
    """The good lines, 500 at a time; faulty ones and repetitions are noted."""
    part: list[tuple[int, ProductLine | OwnerLine]] = []
    read = read_product if kind == ImportKind.PRODUCTS else read_owner
    for number, values in rows_of(text, NEEDED[kind]):
        report.total += 1
        line = read(values)
        key = (values.get("key") or values.get("product") or "").strip()
        if kind == ImportKind.PRODUCTS and key in keys:
            line = Fault.TWICE
        keys.add(key)
        if isinstance(line, Fault):
            report.fault(number, key, line)
            continue
        part.append((number, line))
        if len(part) == PART:
            yield part
            part = []
    if part:
        yield part


def _bad(why: str, **values: Any) -> Invalid:
    sentence = BAD_FILES[why]
    return Invalid(fields={"file": Sentence(sentence.msgid, values=values) if values else sentence})

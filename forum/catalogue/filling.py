"""Products from the brand, line by line: added, changed, or the same as before; what vanished stops being active."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select

from common import clock, freshness, jobs
from common.db import db, insert_once, update_where
from common.text import slugify
from common.unit_of_work import after_commit, unit_of_work
from forum.browsing import queries as browsing
from forum.catalogue.rules import FAULTS_KEPT, Fault, ProductLine
from forum.categories.models import Category
from forum.products.models import Product
from forum.products.rules import searchable

_SAFE_SHARE = 0.5
_FEW = 10


@dataclass
class Report:
    """What became of the lines of a file or of a request."""

    total: int = 0
    added: int = 0
    changed: int = 0
    same: int = 0
    retired: int = 0
    fault_count: int = 0
    faults: list[tuple[int, str, str]] = field(default_factory=list)

    def fault(self, line: int, key: str, fault: StrEnum) -> None:
        """Note a line that was left out: its number, what it is about, and why."""
        self.fault_count += 1
        if len(self.faults) < FAULTS_KEPT:
            self.faults.append((line, key[:60], fault.value))

    def as_dict(self) -> dict[str, Any]:
        """The report as it is kept and sent."""
        return asdict(self)


Lines = Sequence[tuple[int, ProductLine]]


def fill(lines: Lines, report: Report, dry_run: bool = False) -> None:
    """Take some products in: by key, so that the same lines again change nothing."""
    with unit_of_work():
        categories = category_ids()
        known = {p.key: p for p in _by_keys([line.key for _number, line in lines])}
        for number, line in lines:
            category_id = categories.get(line.category.lower())
            if category_id is None:
                report.fault(number, line.key, Fault.CATEGORY)
                continue
            _one(known.get(line.key), line, category_id, report, dry_run)
        if not dry_run:
            show_anew()


def point_to_successors(lines: Lines, report: Report, dry_run: bool = False) -> None:
    """Once all lines are in: which product replaces which."""
    wanted = [(number, line) for number, line in lines if line.replaced_by]
    with unit_of_work():
        keys = [key for _number, line in wanted for key in (line.key, line.replaced_by)]
        ids = {p.key: p.id for p in _by_keys(keys)}
        for number, line in wanted:
            successor = ids.get(line.replaced_by)
            if successor is None and not dry_run:
                report.fault(number, line.key, Fault.REPLACED)
            elif successor and line.key in ids and not dry_run:
                update_where(Product, Product.id == ids[line.key], replaced_by_id=successor)


def vanishing(keys: Iterable[str]) -> tuple[int, int]:
    """How many active products a complete list with these keys would retire, and how many there are."""
    present = set(db.session.scalars(select(Product.key).where(Product.active.is_(True))))
    return len(present - set(keys)), len(present)


def is_alarming(gone: int, total: int) -> bool:
    """Whether so many products vanish at once that the file is probably not the whole catalogue."""
    return gone > _FEW and gone > total * _SAFE_SHARE


def retire_others(keys: set[str], report: Report, dry_run: bool = False) -> None:
    """What a complete catalogue no longer holds is inactive from now on; it is never deleted."""
    with unit_of_work():
        rows = db.session.execute(select(Product.id, Product.key).where(Product.active.is_(True))).all()
        gone = [row.id for row in rows if row.key not in keys]
        report.retired = len(gone)
        if dry_run:
            return
        for start in range(0, len(gone), 500):
            update_where(
                Product, Product.id.in_(gone[start : start + 500]), active=False, updated_at=clock.now()
            )
        show_anew()


def active_count() -> int:
    """How many products are in the catalogue now."""
    return db.session.scalar(select(func.count()).where(Product.active.is_(True))) or 0


def _one(product: Product | None, line: ProductLine, category_id: int, report: Report, dry_run: bool) -> None:
    values = {
        "name": line.name, "brand": line.brand, "category_id": category_id, "picture": line.picture,
        "manual_url": line.manual, "warranty_fr": line.warranty_fr, "warranty_en": line.warranty_en, "active": True,
        "search_text": searchable(line.name, line.brand, line.key),
    }  # fmt: skip
    if product is None:
        report.added += 1
        if not dry_run:
            _insert(line, values)
        return
    if all(getattr(product, name) == value for name, value in values.items()):
        report.same += 1
        return
    report.changed += 1
    if not dry_run:
        if product.name != line.name:
            jobs.enqueue("products.index_questions", {"product_id": product.id, "after": 0})
        for name, value in values.items():
            setattr(product, name, value)
        product.updated_at = clock.now()


def _insert(line: ProductLine, values: dict[str, Any]) -> None:
    """Add a product at the first address that is free; somebody who just added the same key was first."""
    plain, key = slugify(line.name)[:60].strip("-"), slugify(line.key)
    for slug in (
        plain if plain not in ("", "find") else f"{plain}-{key}",
        f"{plain}-{key}".strip("-")[:90],
        f"{key[:60]}-{_digest(line.key)}",
    ):
        if insert_once(Product, key=line.key, slug=slug, **values) is not None:
            return


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def _by_keys(keys: list[str]) -> list[Product]:
    return list(db.session.scalars(select(Product).where(Product.key.in_(keys)))) if keys else []


def category_ids() -> dict[str, int]:
    """Ids by all names of a category, in small letters."""
    found: dict[str, int] = {}
    for row in db.session.execute(
        select(Category.id, Category.key, Category.slug, Category.name_fr, Category.name_en)
    ):
        for name in (row.name_en, row.name_fr, row.slug, row.key):
            found[name.lower()] = row.id
    return found


def show_anew() -> None:
    """Pages that name products are made afresh."""
    freshness.touch(freshness.LISTS)
    after_commit(browsing.forget)

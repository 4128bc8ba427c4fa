"""Articles of the help centre: taken in, changed, withdrawn; their words enter and leave the index in the same transaction."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select

from common import clock
from common.db import db, insert_many, insert_once, update_where
from common.unit_of_work import unit_of_work
from forum.catalogue.filling import Report, category_ids
from forum.content.helpcentre.models import HelpArticle, HelpTerm
from forum.content.helpcentre.rules import (
    MOST_ARTICLES,
    ArticleFault,
    ArticleLine,
    Source,
    is_alarming,
    one_line,
    read_article,
)
from forum.products.models import Product
from forum.search.engines.weighing import SATURATION, TEXT, TITLE
from forum.search.words import terms

MOST_TERMS = 1_500
_PART = 100
Lines = Sequence[tuple[int, ArticleLine]]


class Vanishing(Exception):
    """By a list that calls itself whole, too many articles would vanish at once: (how many, of how many)."""


def take_in(
    items: Sequence[dict[str, Any]], source: Source, *, first: int = 1, whole: bool = False, careful: bool = True,
    lenient: bool = False, dry_run: bool = False,
) -> Report:  # fmt: skip
    """Articles as they were sent, in parts, each a transaction of its own. The same again changes nothing.

    ``whole``: those of the same source that the list does not name are withdrawn; raises :class:`Vanishing`, with
    nothing changed, where that is most of them and ``careful``. ``lenient``: unknown categories and products are passed over.
    """
    report, good = Report(total=len(items)), dict[str, tuple[int, ArticleLine]]()
    for number, item in enumerate(items, start=first):
        line = read_article(item)
        if isinstance(line, ArticleFault) or line.key in good:
            report.fault(
                number,
                one_line(item.get("id")),
                line if isinstance(line, ArticleFault) else ArticleFault.TWICE,
            )
        else:
            good[line.key] = (number, line)
    # A line that is faulty still names its article: it stays as it is.
    named = {one_line(item.get("id")) for item in items}
    gone = _others(named, source) if whole else []
    if gone and careful:
        active = active_count(source)
        if is_alarming(len(gone), active):
            raise Vanishing(len(gone), active)
    lines = list(good.values())
    for start in range(0, len(lines), _PART):
        fill(lines[start : start + _PART], report, source, lenient, dry_run)
    if gone and not dry_run:
        with unit_of_work():
            _withdraw([article_id for article_id, _key in gone])
    report.retired += len(gone)
    return report


def fill(lines: Lines, report: Report, source: Source, lenient: bool = False, dry_run: bool = False) -> None:
    """Take some articles in, by their ids."""
    with unit_of_work():
        categories, products = category_ids(), _product_ids(lines)
        known = {one.key: one for one in _held([line.key for _number, line in lines])}
        room = MOST_ARTICLES - active_count()
        fresh: list[tuple[int, ArticleLine]] = []
        for number, line in lines:
            article = known.get(line.key)
            if line.withdrawn:
                _take_away(number, line, article, report, dry_run)
                continue
            values, fault = _values(line, categories, products, lenient)
            if fault is None and article is None and room < 1:
                fault = ArticleFault.FULL
            if fault is not None:
                report.fault(number, line.key, fault)
                continue
            if article is None:
                room -= 1
            article_id = _one(article, line, values | {"source": source}, report, dry_run)
            if article_id is not None:
                fresh.append((article_id, line))
        _index(fresh)


def withdraw(key: str, report: Report) -> bool:
    """One article is gone from the help centre. False where nobody ever sent it; twice is harmless."""
    with unit_of_work():
        found = _held([key])
        if found:
            _take_away(1, ArticleLine(key, withdrawn=True), found[0], report, dry_run=False)
        return bool(found)


def _take_away(
    number: int, line: ArticleLine, article: HelpArticle | None, report: Report, dry_run: bool
) -> None:
    if article is None:
        report.fault(number, line.key, ArticleFault.UNKNOWN)
    elif article.withdrawn_at is not None:
        report.same += 1
    else:
        report.retired += 1
        if not dry_run:
            _withdraw([article.id])


def _withdraw(article_ids: list[int]) -> None:
    """They leave the index with the same act."""
    now = clock.now()
    for start in range(0, len(article_ids), 500):
        part = article_ids[start : start + 500]
        update_where(HelpArticle, HelpArticle.id.in_(part), withdrawn_at=now, changed_at=now, digest="")
        db.session.execute(delete(HelpTerm).where(HelpTerm.article_id.in_(part)))


def _values(
    line: ArticleLine, categories: dict[str, int], products: dict[str, int], lenient: bool
) -> tuple[dict[str, Any], ArticleFault | None]:
    named = [found for one in line.categories if (found := categories.get(one.lower()))]
    owned = [products[key] for key in line.products if key in products]
    if not lenient and line.categories and not named:
        return {}, ArticleFault.CATEGORY
    if not lenient and len(owned) < len(line.products):
        return {}, ArticleFault.PRODUCT
    marks = "".join(f",{one}," for one in sorted(owned))
    category_id = named[0] if named else None
    said = (line.title, line.text, line.url, line.language, str(category_id), marks, str(line.updated))
    values = {
        "title": line.title, "body": line.text, "url": line.url, "language": line.language,
        "category_id": category_id, "product_marks": marks, "withdrawn_at": None,
        "digest": hashlib.sha256("\x1f".join(said).encode()).hexdigest(),
    }  # fmt: skip
    return values, None


def _one(
    article: HelpArticle | None, line: ArticleLine, values: dict[str, Any], report: Report, dry_run: bool
) -> int | None:
    """Returns the article's id where its words have to be written; what somebody else just added is theirs."""
    if article is not None and article.digest == values["digest"]:
        report.same += 1
        return None
    now = clock.now()
    values |= {"changed_at": now, "updated_at": line.updated or now}
    report.changed += article is not None
    report.added += article is None
    if dry_run:
        return None
    if article is None:
        return insert_once(HelpArticle, key=line.key, **values)
    update_where(HelpArticle, HelpArticle.id == article.id, **values)
    return article.id


def _index(fresh: list[tuple[int, ArticleLine]]) -> None:
    if not fresh:
        return
    db.session.execute(
        delete(HelpTerm).where(HelpTerm.article_id.in_([article_id for article_id, _line in fresh]))
    )
    insert_many(HelpTerm, [row for article_id, line in fresh for row in _terms(article_id, line)])


def _terms(article_id: int, line: ArticleLine) -> list[dict[str, Any]]:
    """What each stem says, as the index of questions weighs it."""
    title, text = terms(line.title, line.language), terms(line.text, line.language)[:MOST_TERMS]
    found: dict[str, float] = {}
    for field, said in ((TITLE, title), (TEXT, text)):
        for term, count in Counter(said).items():
            found[term] = found.get(term, 0.0) + field.said(count, len(said))
    return [
        {
            "term": term[:64], "article_id": article_id, "in_title": term in title,
            "says": round(weight * (1 + SATURATION) / (weight + SATURATION), 3),
        }
        for term, weight in found.items()
    ]  # fmt: skip


def _held(keys: list[str]) -> list[HelpArticle]:
    """The articles of these ids, held until the end of the transaction: two who send the same wait for each other."""
    query = select(HelpArticle).where(HelpArticle.key.in_(keys)).order_by(HelpArticle.id)
    return list(db.session.scalars(query.with_for_update().execution_options(populate_existing=True)))


def _others(named: set[str], source: Source) -> list[tuple[int, str]]:
    """Articles of a source, still there, that a whole list does not name."""
    query = select(HelpArticle.id, HelpArticle.key).where(
        HelpArticle.source == source, HelpArticle.withdrawn_at.is_(None)
    )
    return [(row.id, row.key) for row in db.session.execute(query) if row.key not in named]


def active_count(source: Source | None = None) -> int:
    """How many articles there are now, of one source or of all."""
    query = select(func.count()).select_from(HelpArticle).where(HelpArticle.withdrawn_at.is_(None))
    return db.session.scalar(query.where(HelpArticle.source == source) if source else query) or 0


def _product_ids(lines: Lines) -> dict[str, int]:
    keys = {key for _number, line in lines for key in line.products}
    if not keys:
        return {}
    query = select(Product.key, Product.id).where(Product.key.in_(keys))
    return {row.key: row.id for row in db.session.execute(query)}

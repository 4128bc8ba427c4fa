"""The API of the brand's programs: articles of the help centre, with a key good for ``articles``."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request

from common.errors import Invalid, NotFound
from common.i18n import _
from common.text import paragraphs
from forum.catalogue.api import bp, items_sent, program_for
from forum.catalogue.filling import Report
from forum.content.helpcentre import filling
from forum.content.helpcentre.rules import KEY_MAX, ArticleFault, Source
from forum.content.helpcentre.wording import ARTICLE_FAULTS


@bp.put("/articles/<path:key>")
def put_article(key: str) -> Any:
    """One article, known by its id in the address."""
    program_for("articles")
    item = request.get_json(silent=True)
    if not isinstance(item, dict):
        raise Invalid(_("A JSON object is expected."))
    report = filling.take_in([_plain({**item, "id": key})], Source.API)
    if report.fault_count:
        fault = ArticleFault(report.faults[0][2])
        raise Invalid(ARTICLE_FAULTS[fault], {fault.value: ARTICLE_FAULTS[fault]})
    return _answer(report, 201 if report.added else 200)


@bp.post("/articles")
def post_articles() -> Any:
    """Up to 500 articles at once, withdrawn ones with ``"withdrawn": true``; what is not named stays as it is."""
    program_for("articles")
    items = [_plain(item) for item in items_sent("articles")]
    return _answer(filling.take_in(items, Source.API))


@bp.delete("/articles/<path:key>")
def withdraw_article(key: str) -> Any:
    """The article is gone from the help centre; it is found no more from now on."""
    program_for("articles")
    report = Report(total=1)
    if not filling.withdraw(key[: KEY_MAX + 1], report):
        raise NotFound()
    return _answer(report)


def _plain(item: dict[str, Any]) -> dict[str, Any]:
    html = item.get("html")
    return {**item, "text": item.get("text") or (paragraphs(html[:400_000]) if isinstance(html, str) else "")}


def _answer(report: Report, status: int = 200) -> tuple[Response, int]:
    told = report.as_dict()
    told["withdrawn"] = told.pop("retired")
    told["faults"] = [
        {"item": number, "id": key, "code": fault, "message": str(ARTICLE_FAULTS[ArticleFault(fault)])}
        for number, key, fault in report.faults
    ]
    return jsonify(told), status

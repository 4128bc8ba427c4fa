"""The page of the words that make a question pressing."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request, url_for

from common.errors import Conflict, Invalid, Refusal
from common.i18n import _
from common.permissions import require
from common.web import actor, localized
from forum.questions.routes import ANY_ID
from forum.thread.panels import Trouble, with_status
from moderation.escalation.desk.case_page import PART_NAMES, PRIORITY_NAMES
from moderation.forecast import routes as forecasts
from moderation.forecast import running
from moderation.lexicon import queries
from moderation.lexicon.permissions import can_change_words
from moderation.lexicon.rules import LANGUAGES

blueprint = localized("lexicon", __name__)


def _page(refusal: Refusal | None = None) -> Response:
    number, lists = queries.lists(actor())
    trouble, text = Trouble.of(refusal) if refusal else None, request.args.get("text", "")
    if refusal:
        lists = {name: request.form.get(name, "") for name in lists}
    body = render_template(
        "moderation/lexicon/words.html", number=number, lists=lists, names=queries.NAMES, codes=LANGUAGES, refusal=trouble,
        errors=trouble.fields if trouble else {}, reason=request.form.get("reason", ""), versions=queries.history(actor()),
        text=text, tried=queries.tried(text), parts=PART_NAMES, priorities=PRIORITY_NAMES,
    )  # fmt: skip
    return with_status(body, trouble)


@blueprint.get("/desk/escalations/words")
def index() -> Response:
    """The words in force, their versions, and a text to try."""
    return _page()


@blueprint.post("/desk/escalations/words")
def change() -> Any:
    """A new version of the words."""
    require(can_change_words(actor()))
    try:
        put = running.put(actor(), "words", None, request.form)
    except (Invalid, Conflict) as refusal:
        return _page(refusal)
    return _made(put)


@blueprint.post(f"/desk/escalations/words/<{ANY_ID}:number>")
def again(number: int) -> Any:
    """An older version of the words again."""
    require(can_change_words(actor()))
    try:
        put = running.put(actor(), "words_again", number, request.form)
    except Conflict as refusal:
        return _page(refusal)
    return _made(put)


def _made(put: running.Put) -> Any:
    said = _("Version %(number)s is in force: open questions are weighed anew by it.", number=put.made)
    return forecasts.led(put, said, url_for("lexicon.index"))

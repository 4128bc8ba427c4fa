"""The desk of order: topics and their names, and one act for many questions."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from common import rail
from common.errors import Invalid, NotFound, Refusal
from common.i18n import LANGUAGES, _
from common.permissions import require
from common.web import actor, localized
from forum.browsing.panels import SORTS, STATES
from forum.browsing.queries import categories, questions_page
from forum.browsing.rules import MOST_ROWS, Filters
from forum.housekeeping import queries as order
from forum.housekeeping.desk import bulk, naming, queries
from forum.housekeeping.desk.forms import read_ids, read_plan
from forum.housekeeping.forms import typed
from forum.housekeeping.permissions import can_name_tags, can_tidy
from forum.housekeeping.rules import CONFIRM_FROM
from forum.housekeeping.wording import ACTS, CLOSES, LOCKS, MANY
from forum.questions.routes import ANY_ID
from forum.thread.panels import Trouble, with_status

bp = localized("tidy", __name__)


RAIL = (
    rail.Line("tidy.many", "list", _("Questions"), can_tidy, ("tidy.many", "tidy.preview", "tidy.batch")),
    rail.Line("tidy.topics", "tag", _("Topics"), can_tidy, ("tidy.topic",)),
)


# --- topics -----------------------------------------------------------------------------------------------------


@bp.get("/desk/topics")
def topics() -> str:
    """All topics."""
    require(can_name_tags(actor()))
    words, after = request.args.get("q", "").strip()[:60], request.args.get("after", "")[:40]
    return render_template(
        "forum/housekeeping/topics.html", page=queries.topics(words, after), words=words, after=after
    )


@bp.get(f"/desk/topics/<{ANY_ID}:id>")
def topic(id: int) -> Response:
    """One topic and its names."""
    return _topic(id)


def _topic(tag_id: int, refusal: Refusal | None = None, act: str = "") -> Response:
    require(can_name_tags(actor()))
    trouble = Trouble.of(refusal) if refusal else None
    body = render_template(
        "forum/housekeeping/topic.html",
        topic=queries.topic(tag_id),
        trouble=trouble,
        act=act,
        typed=typed(request.form),
    )
    return with_status(body, trouble)


def _change(tag_id: int, act: str, field: str, call: Any) -> Any:
    require(can_name_tags(actor()))
    try:
        call()
    except NotFound:
        raise
    except Invalid as invalid:
        named = {field: next(iter(invalid.fields.values()))} if invalid.fields else {}
        return _topic(tag_id, Invalid(invalid.sentence, named), act)
    except Refusal as refusal:
        return _topic(tag_id, Invalid(fields={field: refusal.sentence}), act)
    flash(str(_("The topic is in order.")))
    return None


@bp.post(f"/desk/topics/<{ANY_ID}:id>/names")
def name(id: int) -> Any:
    """Another name."""
    given = request.form.get("name", "")
    return _change(id, "name", "name", lambda: naming.name_tag(actor(), id, given)) or _to_topic(id)


@bp.post(f"/desk/topics/<{ANY_ID}:id>/unname")
def unname(id: int) -> Any:
    """Take a name away."""
    given = request.form.get("name", "")
    return _change(id, "unname", "name", lambda: naming.unname_tag(actor(), id, given)) or _to_topic(id)


@bp.post(f"/desk/topics/<{ANY_ID}:id>/rename")
def rename(id: int) -> Any:
    """A better name."""
    given = request.form.get("better", "")
    return _change(id, "rename", "better", lambda: naming.rename_tag(actor(), id, given)) or _to_topic(id)


@bp.post(f"/desk/topics/<{ANY_ID}:id>/merge")
def merge_topic(id: int) -> Any:
    """The same as another topic."""
    into = request.form.get("into", "")
    refused = _change(id, "merge", "into", lambda: naming.merge_tags(actor(), id, into))
    return refused or redirect(url_for("tidy.topics", q=into[:60]), 303)


@bp.post(f"/desk/topics/merges/<{ANY_ID}:id>/undo")
def unmerge_topic(id: int) -> Any:
    """A topic of its own again."""
    tag_id = naming.unmerge_tags(actor(), id)
    flash(str(_("It is a topic of its own again.")))
    return _to_topic(tag_id)


def _to_topic(tag_id: int) -> Any:
    return redirect(url_for("tidy.topic", id=tag_id), 303)


# --- many questions at once -------------------------------------------------------------------------------------


@bp.get("/desk/questions")
def many() -> Response:
    """Questions to tick, and what to do with them."""
    return _many()


def _many(refusal: Refusal | None = None) -> Response:
    require(can_tidy(actor()))
    filters, after = Filters.read(request.args, LANGUAGES), request.args.get("after", "")[:40]
    trouble = Trouble.of(refusal) if refusal else None
    body = render_template(
        "forum/housekeeping/many.html", filters=filters, after=after, page=questions_page(filters, after, MOST_ROWS),
        states=STATES, sorts=SORTS, trouble=trouble, ticked=set(read_ids(request.form.getlist("questions"))),
        **_choices(),
    )  # fmt: skip
    return with_status(body, trouble)


def _choices() -> dict[str, Any]:
    known = [(one.id, one.name) for one in categories()]
    slugs = [(one.slug, one.name) for one in categories()]
    return {
        "acts": MANY, "locks": LOCKS, "closes": CLOSES, "categories": known, "slugs": slugs, "typed": typed(request.form),
    }  # fmt: skip


@bp.post("/desk/questions/preview")
def preview() -> Any:
    """What would happen to each. Changes nothing."""
    require(can_tidy(actor()))
    return _preview()


def _preview(refusal: Refusal | None = None) -> Any:
    ids = read_ids(request.form.getlist("questions"))
    try:
        plan = read_plan(request.form)
        if not ids:
            raise Invalid(fields={"questions": _("Tick the questions first.")})
        outcome = bulk.preview(actor(), ids, plan)
    except Invalid as invalid:
        named = {("note" if name == "reason" else name): said for name, said in invalid.fields.items()}
        return _many(Invalid(invalid.sentence, named))
    trouble = Trouble.of(refusal) if refusal else None
    body = render_template(
        "forum/housekeeping/preview.html", ids=ids, outcome=outcome, titles=bulk.titles_of(actor(), ids), trouble=trouble,
        act=MANY[plan.act], confirm_from=CONFIRM_FROM, batch=request.form.get("batch") or secrets.token_hex(12),
        typed=typed(request.form),
    )  # fmt: skip
    return with_status(body, trouble)


@bp.post("/desk/questions/do")
def do() -> Any:
    """Do it, and show what became of each."""
    require(can_tidy(actor()))
    ids, batch = read_ids(request.form.getlist("questions")), request.form.get("batch", "")[:32]
    try:
        plan = read_plan(request.form)
        outcome = bulk.do_many(
            actor(), ids, plan, batch or secrets.token_hex(12), request.form.get("confirm", "")
        )
    except Invalid as invalid:
        return _preview(invalid)
    return _outcome(outcome, ids, batch, MANY[plan.act])


@bp.post("/desk/questions/undo")
def undo() -> Any:
    """Second thoughts about a whole batch."""
    require(can_tidy(actor()))
    batch = request.form.get("batch", "")[:32]
    outcome = bulk.undo_many(actor(), batch)
    return _outcome(outcome, [*outcome.done, *outcome.passed_over], "", _("Undo"))


def _outcome(outcome: bulk.Outcome, ids: list[int], batch: str, act: Any) -> str:
    return render_template(
        "forum/housekeeping/outcome.html",
        outcome=outcome,
        titles=bulk.titles_of(actor(), ids),
        batch=batch,
        act=act,
    )


@bp.get("/desk/questions/done/<batch>")
def batch(batch: str) -> str:
    """The acts of a batch, as they stand."""
    require(can_tidy(actor()))
    acts = order.acts_of(batch[:32])
    if not acts:
        raise NotFound()
    return render_template("forum/housekeeping/batch.html", acts=acts, words=ACTS, batch=batch)

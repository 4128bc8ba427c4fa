"""Asking: the page, what its buttons do with and without scripts, what follows, and how often asking was not needed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for

from accounts.settings.routes import members_only
from common import clock, limits, rail, text
from common.config import current_config
from common.errors import Gone, NotFound, Refusal
from common.i18n import _, language, n_
from common.permissions import ANONYMOUS, require
from common.uploads import takes_pictures
from common.web import actor, client_key, localized
from forum.asking import visiting
from forum.asking.again import earlier_question
from forum.asking.panels import ask_page, typed_fields
from forum.asking.queries import PERIODS, deflection
from forum.asking.rules import Outcome
from forum.asking.sending import send_question
from forum.asking.suggesting import Suggestions, suggest
from forum.browsing.queries import category_by_slug, questions_page
from forum.browsing.rules import Filters, ListState
from forum.content.guides.queries import rows as guide_rows
from forum.content.helpcentre.finding import rows as article_rows
from forum.drafts.drafting import discard_draft, load_draft, save_draft
from forum.drafts.parking import PARKED, park, parked, unpark
from forum.fields.keeping import set_details
from forum.fields.queries import fields_of
from forum.mentions.panels import say_who_is_told
from forum.privacy.guarding import look
from forum.products.filing import file_under_product
from forum.products.permissions import can_feed_catalogue
from forum.products.queries import by_slug, choices, find
from forum.questions import permissions, queries
from forum.questions.forms import AskForm, as_id, ask_from_draft, read_ask, seconds_since
from forum.questions.models import Question
from forum.questions.routes import ANY_ID, MASKED, questions, with_photos
from forum.questions.rules import TITLE, PostState
from forum.search.briefs.routes import take_vote
from forum.thread.panels import Trouble, with_status

SUGGEST_FROM = 8
"""Characters of a title from which solutions are looked for."""
desk = localized("asking", __name__)


@questions.get("/questions/ask")
def ask() -> Any:
    """The ask page; a kept draft is shown again; ``title``, ``category`` and ``product`` may come from a link."""
    who = actor()
    draft = load_draft(who, "ask") or parked(request.cookies.get(_cookie(), ""))
    if draft is not None:
        return ask_page(ask_from_draft(draft.title, draft.body, draft.fields, language()), restored=True)
    category = category_by_slug(request.args.get("category", "")[:80])
    title = request.args.get("title", "")[:150]
    about = by_slug(request.args["product"]) if "product" in request.args else None
    category_id = category.id if category else about.category.id if about and about.category else None
    product = str(about.id) if about else ""
    form = AskForm(title=title, language=language(), category_id=category_id, product=product)
    return ask_page(_about_earlier(form, as_id(request.args.get("about"))))


def _about_earlier(form: AskForm, about_id: int | None) -> AskForm:
    """About an earlier question of one's own: filed like that one, and linked to it when it is published."""
    earlier = earlier_question(actor(), about_id)
    if earlier is None:
        return form
    category_id, product = (
        form.category_id or earlier.category_id,
        form.product or str(earlier.product_id or ""),
    )
    return replace(form, about=str(earlier.id), category_id=category_id, product=product)


@questions.post("/questions/ask", endpoint="publish")
@takes_pictures
def publish() -> Any:
    """Publish; or what another button of the page asks for. Whatever happens, what was typed is on the next page."""
    form, step = read_ask(request.form, language()), request.form.get("step", "publish")
    try:
        form = with_photos(form)
        return _STEPS.get(step.partition(":")[0], _publish)(form, as_id(step.partition(":")[2]))
    except Refusal as refusal:
        page = ask_page(form, Trouble.of(refusal))
        return _carried(page, form) if not actor().signed_in and form.body.strip() else page


def _cookie() -> str:
    return "__Host-parked" if current_config().production else "parked"


def _carried(page: Response, form: AskForm) -> Response:
    """What was sent signed out waits in this browser for the sign-in."""
    limits.hit("park", client_key(), "30/hour")
    secret = park(form.title, form.body, form.fields(), request.cookies.get(_cookie(), ""))
    page.set_cookie(
        _cookie(), secret, max_age=int(PARKED.total_seconds()), httponly=True, samesite="Lax", path="/",
        secure=current_config().production,
    )  # fmt: skip
    return page


def _uncarried(response: Response) -> Response:
    """Sent, or not wanted any more: nothing waits."""
    if secret := request.cookies.get(_cookie(), ""):
        unpark(secret)
        response.delete_cookie(_cookie(), path="/", secure=current_config().production, httponly=True)
    return response


def _publish(form: AskForm, _id: int | None) -> Any:
    posted = send_question(actor(), form, seconds_since(form.opened, clock.now().timestamp()))
    if posted.masked:
        flash(str(MASKED))
    say_who_is_told(form.body, posted.repeated, posted.hints)
    return _uncarried(make_response(redirect(url_for("questions.sent", id=posted.id), 303)))


def _check(form: AskForm, _id: int | None) -> Any:
    if suggest(form.title, form.body, form.product_id).count:
        visiting.note_shown(actor(), form.visit)
    return ask_page(form, checked=True)


def _find(form: AskForm, _id: int | None) -> Any:
    return ask_page(form, found=True)


def _mask(form: AskForm, _id: int | None) -> Any:
    clean = look(typed_fields(form), actor().language).masked or {}
    form = replace(
        form, title=clean.get("title", form.title), body=clean.get("body", form.body), tried=clean.get("tried", form.tried),
        details={name: clean.get(name, typed) for name, typed in form.details.items()},
    )  # fmt: skip
    return ask_page(form, checked=bool(form.title))


def _keep(form: AskForm, _id: int | None) -> Any:
    save_draft(actor(), "ask", title=form.title, body=form.body, fields=form.fields())
    flash(str(_("Your draft is kept.")))
    return redirect(url_for("questions.ask"), 303)


def _discard(_form: AskForm, _id: int | None) -> Any:
    if actor().signed_in:
        discard_draft(actor(), "ask")
    return _uncarried(make_response(redirect(url_for("questions.ask"), 303)))


def _settled(form: AskForm, question_id: int | None) -> Any:
    return _ended(form, question_id, visiting.settle)


def _followed(form: AskForm, question_id: int | None) -> Any:
    return _ended(form, question_id, visiting.follow_instead)


def _ended(form: AskForm, question_id: int | None, end: Any) -> Any:
    """The ask ended; the page keeps what was typed until the reader is sure."""
    limits.hit("settled", actor().member_id or client_key(), "30/minute")
    try:
        question = end(actor(), form.visit, question_id or 0)
    except (NotFound, Gone):
        return ask_page(form, checked=True)
    followed = end is visiting.follow_instead
    button = _("See the question") if followed else _("See the solution, say thanks")
    place = url_for("questions.show", id=question.id, slug=question.slug)
    return _end_page(form, question.title, place, button, by="question", followed=followed)


def _end_page(form: AskForm, title: str, place: str, button: Any, *, by: str, followed: bool = False) -> Any:
    """What was enough, the way to it, and the way back to what was typed."""
    return render_template(
        "forum/asking/settled.html", here="ask", title=title, place=place, button=button, by=by, followed=followed,
        typed=form, kept=form.fields(),
    )  # fmt: skip


def _guide(form: AskForm, guide_id: int | None) -> Any:
    guide = guide_rows(ANONYMOUS, [guide_id or 0]).get(guide_id or 0)
    if guide is None:
        return ask_page(form, checked=True)
    return _read(form, guide.title, url_for("guides.show", id=guide.id, slug=guide.slug))


def _article(form: AskForm, article_id: int | None) -> Any:
    article = article_rows([article_id or 0]).get(article_id or 0)
    return _read(form, article.title, article.url) if article else ask_page(form, checked=True)


def _read(form: AskForm, title: str, place: str) -> Any:
    limits.hit("settled", actor().member_id or client_key(), "30/minute")
    visiting.settle_by_reading(actor(), form.visit)
    return _end_page(form, title, place, _("Read it again"), by="text")


def _concerned(form: AskForm, incident_id: int | None) -> Any:
    """What is broken is known: the asker hears when it is over."""
    limits.hit("settled", actor().member_id or client_key(), "30/minute")
    try:
        incident = visiting.follow_incident(actor(), form.visit, incident_id or 0)
    except NotFound:
        return ask_page(form, checked=True)
    button = _("See what is being done")
    return _end_page(form, incident.title, incident.url or "", button, by="incident", followed=True)


def _answered(form: AskForm, yes: int | None) -> Any:
    """What the reader says of the brief: it ends the ask as its source would, or what was typed stays."""
    take_vote(request.form.get("brief", ""), yes == 1)
    by, _colon, source_id = request.form.get("brief_by", "").partition(":")
    end = _SOURCES.get(by) if yes == 1 else None
    return end(form, as_id(source_id)) if end else ask_page(form, checked=True)


def _undo(form: AskForm, _id: int | None) -> Any:
    visiting.take_up_again(actor(), form.visit)
    if actor().signed_in:
        save_draft(actor(), "ask", title=form.title, body=form.body, fields=form.fields())
    return ask_page(form, checked=True)


_SOURCES: dict[str, Any] = {"settled": _settled, "guide": _guide, "article": _article}
_STEPS = _SOURCES | {
    "publish": _publish, "check": _check, "find": _find, "mask": _mask, "keep": _keep, "discard": _discard,
    "follow": _followed, "incident": _concerned, "brief": _answered, "undo": _undo,
}  # fmt: skip


@questions.get("/questions/similar")
def similar() -> Any:
    """What is shown under the title while it is being typed, as a fragment."""
    limits.hit("similar", actor().member_id or client_key(), "60/minute")
    title = text.normalise(request.args.get("title") or request.args.get("q") or "")[: TITLE.high]
    body = text.normalise(request.args.get("body", ""))[:2000]
    long_enough = len(title.strip()) >= SUGGEST_FROM
    asked = (as_id(request.args.get("product")), as_id(request.args.get("category_id")))
    return render_template(
        "forum/questions/_similar.html", suggested=suggest(title if long_enough else "", body, *asked),
        checked=long_enough, open_first=False,
    )  # fmt: skip


@questions.post("/questions/suggested")
def suggested() -> Any:
    """The page's script says that solutions were shown, or that one was opened."""
    limits.hit("suggested", actor().member_id or client_key(), "60/minute")
    visiting.note_shown(actor(), request.form.get("visit", ""), opened=request.form.get("act") == "opened")
    return "", 204


@questions.get(f"/questions/sent/<{ANY_ID}:id>")
def sent(id: int) -> Any:
    """What happens now: for the person who asked."""
    post = queries.find_post(actor(), id)
    if not isinstance(post, Question) or not permissions.is_own(actor(), post):
        raise NotFound()
    waiting = questions_page(Filters(state=ListState.UNANSWERED, language=post.language), size=4).items
    return render_template(
        "forum/questions/sent.html", here="questions", question=post, held=post.state == PostState.HELD, unnamed=post.author_id in actor().masks,
        others=[row for row in waiting if row.id != post.id and row.author.id != post.author_id][:2],
    )  # fmt: skip


@questions.get(f"/questions/<{ANY_ID}:id>/details", endpoint="details")
def details(id: int) -> Any:
    """The device and the facts of a question, to be corrected."""
    return _details_page(id, AskForm(product_q=request.args.get("product_q", "")[:80]))


@questions.post(f"/questions/<{ANY_ID}:id>/details", endpoint="save_details")
def save_details(id: int) -> Any:
    """Correct them; or look for another device."""
    form = read_ask(request.form, language())
    if request.form.get("step") == "find":
        return _details_page(id, form)
    try:
        set_details(actor(), id, form.details)
        file_under_product(actor(), id, form.product_id)
    except (NotFound, Gone):
        raise
    except Refusal as refusal:
        return _details_page(id, form, Trouble.of(refusal))
    return redirect(url_for("short.answer", id=id), 303)


def _details_page(question_id: int, form: AskForm, trouble: Trouble | None = None) -> Any:
    who, post = actor(), queries.find_post(actor(), question_id)
    if not isinstance(post, Question):
        raise NotFound()
    require(permissions.can_refile(who, post))
    kept = {f"f-{key}": str(value) for key, value in (post.details or {}).items()}
    chosen = form.product if request.method == "POST" else str(post.product_id or "unknown")
    typed = replace(form, product=chosen, details=form.details if request.method == "POST" else kept)
    body = render_template(
        "forum/asking/details.html", here="questions", question=post, typed=typed, refusal=trouble,
        errors=trouble.fields if trouble else {}, fields=fields_of(post.category_id), chosen_id=post.category_id,
        choices=choices(who, typed.product_id), found=find(form.product_q) if form.product_q else None,
        suggested=Suggestions(), back=url_for("short.answer", id=question_id),
    )  # fmt: skip
    return with_status(body, trouble)


@desk.get("/desk/asks")
@members_only
def asks() -> Any:
    """How many asks were stopped by a solution that was there already."""
    require(can_feed_catalogue(actor()))
    days = as_id(request.args.get("days"))
    figures = deflection(days if days in PERIODS else PERIODS[1])
    tabs = [
        (n_("%(count)s day", "%(count)s days", one), url_for("asking.asks", days=one), one == figures.days)
        for one in PERIODS
    ]
    return render_template("forum/asking/report.html", figures=figures, periods_tabs=tabs, outcomes=Outcome)


RAIL = rail.Line("asking.asks", "check", _("Settled before asking"), lambda who: who.is_manager)

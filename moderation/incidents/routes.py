"""Incidents: the public page of one, and the desk where the team declares, updates and resolves them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for

from common.config import current_config
from common.errors import Conflict, Invalid, NotFound, Refusal
from common.i18n import Sentence, _, n_
from common.lists import EPOCH
from common.permissions import Actor, require
from common.web import actor, cached_page, localized, safe_target
from forum.browsing.queries import categories
from forum.questions.forms import as_id
from forum.questions.routes import ANY_ID
from forum.thread.panels import Trouble, with_status
from moderation.incidents import afterwards, declaring, following, forms, linking, promising, queries
from moderation.incidents.declaring import OPEN_KEY, Words
from moderation.incidents.permissions import can_declare, can_join, can_see_desk
from moderation.incidents.rules import IncidentState

blueprint = localized("incidents", __name__)


# --- for everybody ------------------------------------------------------------------------------------------------


@blueprint.get(f"/incidents/<{ANY_ID}:id>")
def show(id: int) -> str:
    """What is known of an incident, and what is being done. Nothing where it was never told."""
    shown = queries.view(id)
    if not shown.public:
        raise NotFound()
    asked = shown.state == IncidentState.RESOLVED and afterwards.is_concerned(actor(), id)
    return render_template(
        "moderation/incidents/show.html", incident=shown, follows=queries.follows(actor(), id), asked=asked,
        said=afterwards.reply_of(actor(), id, shown.cycle) if asked else None,
    )  # fmt: skip


@blueprint.get("/status")
@cached_page(OPEN_KEY)
def status() -> str:
    """What is broken now, and what was in the last days; for everybody."""
    return render_template("moderation/incidents/status.html", incidents=queries.told_lately())


@blueprint.get("/status.atom")
@cached_page(OPEN_KEY)
def feed() -> Response:
    """The same for feed readers."""
    shown = queries.told_lately()
    body = render_template(
        "moderation/incidents/status.atom.xml", incidents=shown, base=current_config().base_url,
        changed_at=max((one.changed_at for one in shown), default=EPOCH),
    )  # fmt: skip
    response = make_response(body)
    response.content_type = "application/atom+xml; charset=utf-8"
    return response


@blueprint.post(f"/incidents/<{ANY_ID}:id>/reply")
def reply(id: int) -> Any:
    """It works again, or it does not."""
    require(can_join(actor()))
    works = request.form.get("works")
    if works not in ("yes", "no"):
        raise NotFound()
    afterwards.say(actor(), id, works == "yes")
    flash(str(_("Thank you. The team sees it.")))
    return redirect(url_for("incidents.show", id=id), 303)


@blueprint.post(f"/incidents/<{ANY_ID}:id>/follow")
def follow(id: int) -> Any:
    """This concerns me."""
    following.join(actor(), id)
    flash(str(_("We tell you when it is over.")))
    return redirect(url_for("incidents.show", id=id), 303)


@blueprint.post(f"/incidents/<{ANY_ID}:id>/unfollow")
def unfollow(id: int) -> Any:
    """It does not any more."""
    following.leave(actor(), id)
    return redirect(url_for("incidents.show", id=id), 303)


# --- the desk -----------------------------------------------------------------------------------------------------


def _staff() -> Actor:
    require(can_see_desk(actor()))
    return actor()


@blueprint.get("/desk/incidents")
def index() -> Response:
    """All incidents, and the form to declare one."""
    return _index()


def _index(refusal: Refusal | None = None) -> Response:
    who = _staff()
    trouble = Trouble.of(refusal) if refusal else None
    after = request.args.get("after", "")[:40]
    body = render_template(
        "moderation/incidents/index.html", page=queries.desk_page(who, after), after=after, typed=forms.typed(request.form),
        refusal=trouble, errors=trouble.fields if trouble else {}, 
        categories=[(str(one.id), one.name) for one in categories()], may=bool(can_declare(who)),
    )  # fmt: skip
    return with_status(body, trouble)


@blueprint.post("/desk/incidents")
def declare() -> Any:
    """Say that something is broken."""
    _staff()
    form = request.form
    try:
        about = (forms.category(form), forms.product(form))
        incident_id = declaring.declare(actor(), forms.title(form), forms.words(form), *about)
    except (Invalid, Conflict) as refusal:
        return _index(refusal)
    flash(str(_("Announced. It is shown where people ask about it.")))
    return redirect(url_for("incidents.desk", id=incident_id), 303)


@blueprint.get(f"/desk/incidents/<{ANY_ID}:id>")
def desk(id: int) -> Response:
    """One incident with its questions."""
    return _desk(id)


def _desk(incident_id: int, refusal: Refusal | None = None) -> Response:
    who = _staff()
    trouble = Trouble.of(refusal) if refusal else None
    shown = queries.view(incident_id)
    body = render_template(
        "moderation/incidents/desk.html", incident=shown, linked=queries.linked_questions(who, incident_id),
        candidates=queries.candidates(who, incident_id) if shown.open else (), typed=forms.typed(request.form),
        refusal=trouble, errors=trouble.fields if trouble else {}, may=bool(can_declare(who)),
        said=afterwards.replies(incident_id, shown.cycle), news=promising.outlook(incident_id) if shown.open else None,
    )  # fmt: skip
    return with_status(body, trouble)


@blueprint.post(f"/desk/incidents/<{ANY_ID}:id>/news")
def news(id: int) -> Any:
    """Say what is being done."""
    return _tell(id, declaring.update, _("Said."))


@blueprint.post(f"/desk/incidents/<{ANY_ID}:id>/resolve")
def resolve(id: int) -> Any:
    """Say that it is over."""
    return _tell(id, declaring.resolve, _("Resolved. Everybody concerned is being told."))


@blueprint.post(f"/desk/incidents/<{ANY_ID}:id>/again")
def again(id: int) -> Any:
    """Say that it is back."""
    return _tell(id, declaring.begin_again, _("It is shown again where people ask."))


def _tell(incident_id: int, verb: Callable[[Actor, int, Words], Any], said: Sentence) -> Any:
    try:
        verb(actor(), incident_id, forms.words(request.form))
    except (Invalid, Conflict) as refusal:
        return _desk(incident_id, refusal)
    flash(str(said))
    return redirect(url_for("incidents.desk", id=incident_id), 303)


@blueprint.post(f"/desk/incidents/<{ANY_ID}:id>/announce")
def announce(id: int) -> Any:
    """Tell everybody of what only the team knew."""
    return _tell(id, declaring.announce, _("Announced. It is shown where people ask about it."))


@blueprint.post(f"/desk/incidents/<{ANY_ID}:id>/monitor")
def monitor(id: int) -> Any:
    """It seems repaired, and is watched."""
    return _tell(id, declaring.monitor, _("It is said that it seems repaired, and is watched."))


@blueprint.post(f"/desk/incidents/<{ANY_ID}:id>/drop")
def drop(id: int) -> Any:
    """What nobody heard of is over."""
    _staff()
    declaring.drop(actor(), id)
    return redirect(url_for("incidents.index"), 303)


@blueprint.post(f"/desk/incidents/<{ANY_ID}:id>/questions")
def add(id: int) -> Any:
    """These questions are part of it."""
    wanted = forms.chosen_questions(request.form.getlist("questions"), request.form.get("number", ""))
    if not wanted:
        return _desk(id, Invalid(fields={"number": _("Tick a question, or give its number.")}))
    require(can_declare(actor()))
    done, refused = linking.attach_many(actor(), id, wanted)
    flash(str(n_("%(count)s question added.", "%(count)s questions added.", done)))
    if refused:
        flash(str(n_("%(count)s question could not be added: it is solved, or part of another incident.", "%(count)s questions could not be added: they are solved, or part of another incident.", refused)))  # fmt: skip
    return redirect(url_for("incidents.desk", id=id), 303)


@blueprint.post("/desk/incidents/question")
def place() -> Any:
    """From another page of the desk: a question is part of an incident, or is taken off it."""
    _staff()
    question_id, incident_id = as_id(request.form.get("question_id")), as_id(request.form.get("incident_id"))
    if question_id is None:
        raise NotFound()
    try:
        if incident_id is None:
            linking.take_off(actor(), question_id)
            flash(str(_("Taken off the incident: its clock goes on.")))
        else:
            linking.attach(actor(), incident_id, question_id)
            flash(str(_("Part of the incident: its clock rests.")))
    except Conflict as conflict:
        flash(str(conflict.sentence))
    return redirect(safe_target(request.form.get("back", "")) or url_for("incidents.index"), 303)

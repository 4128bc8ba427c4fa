"""Acts of a member's file: strike points, bans that two persons decide, accounts of nothing but mass messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for

from common.db import db
from common.errors import Conflict, Invalid, NotFound
from common.i18n import _, n_
from common.permissions import require
from common.web import actor, localized
from moderation.sanctions import banning, striking
from moderation.sanctions.forms import read_ban, read_strike
from moderation.sanctions.models import Sanction, Strike
from moderation.sanctions.permissions import can_measure
from moderation.sanctions.routes import member_page

measures = localized("measures", __name__)
ANY_ID = "int(min=1, max=2147483647)"


@measures.before_request
def _door() -> None:
    """Whoever takes no measures gets no further, whatever is in the form."""
    require(can_measure(actor()))


def _done(member_id: int, sentence: Any) -> Any:
    flash(str(sentence))
    return redirect(url_for("desk.member", id=member_id), 303)


def _act(member_id: int, sentence: Any, act: Callable[[], Any]) -> Any:
    """Do it; a refusal is shown in the file, with what was typed."""
    try:
        act()
    except (Invalid, Conflict) as trouble:
        return member_page(member_id, trouble, request.form)
    return _done(member_id, sentence)


@measures.post(f"/desk/members/<{ANY_ID}:id>/strikes")
def strike(id: int) -> Any:
    """Give points; the ladder says what follows."""
    return _act(
        id, _("Done. The member is told, with the reason and the way to contest it."),
        lambda: striking.strike_from_file(actor(), id, read_strike(request.form)),
    )  # fmt: skip


@measures.post(f"/desk/members/<{ANY_ID}:id>/strikes/<{ANY_ID}:strike_id>/take-back")
def take_back(id: int, strike_id: int) -> Any:
    """Take points back, and what they led to."""
    given = db.session.get(Strike, strike_id)
    if given is None or given.member_id != id:
        raise NotFound()
    why = request.form.get("why", "")
    return _act(
        id,
        _("The points are taken back, and what they led to."),
        lambda: striking.take_back(actor(), strike_id, why),
    )


@measures.post(f"/desk/members/<{ANY_ID}:id>/bans")
def propose(id: int) -> Any:
    """Propose a ban to a colleague."""
    return _act(
        id, _("Proposed. A colleague confirms or drops it."), lambda: banning.propose(actor(), id, *read_ban(request.form))
    )  # fmt: skip


def _proposal(member_id: int, sanction_id: int) -> int:
    found = db.session.get(Sanction, sanction_id)
    if found is None or found.member_id != member_id:
        raise NotFound()
    return sanction_id


@measures.post(f"/desk/members/<{ANY_ID}:id>/bans/<{ANY_ID}:sanction_id>/confirm")
def confirm(id: int, sanction_id: int) -> Any:
    """Be the second person."""
    known = _proposal(id, sanction_id)
    return _act(id, _("The ban is in force. The member is told."), lambda: banning.confirm(actor(), known))


@measures.post(f"/desk/members/<{ANY_ID}:id>/bans/<{ANY_ID}:sanction_id>/drop")
def drop(id: int, sanction_id: int) -> Any:
    """Do not follow the proposal."""
    known, why = _proposal(id, sanction_id), request.form.get("why", "")
    return _act(
        id,
        _("The proposal is dropped. The member hears nothing of it."),
        lambda: banning.drop(actor(), known, why),
    )


@measures.post(f"/desk/members/<{ANY_ID}:id>/expel")
def expel(id: int) -> Any:
    """Ban an account of the last hours with all its texts."""
    try:
        gone = banning.expel(actor(), id, request.form.get("message", "")[:4000])
    except (Invalid, Conflict) as trouble:
        return member_page(id, trouble, request.form)
    return _done(
        id,
        n_(
            "The account is banned and %(count)s text removed.",
            "The account is banned and %(count)s texts removed.",
            gone,
        ),
    )

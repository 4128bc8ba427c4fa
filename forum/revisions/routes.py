"""The history of a post as a page, and what may be done with its versions."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from common.i18n import _
from common.web import actor
from forum.questions import queries
from forum.questions.forms import as_id
from forum.questions.permissions import can_edit
from forum.questions.routes import ANY_ID, questions
from forum.revisions.queries import history_of
from forum.revisions.withholding import can_withhold, revert_to, withhold_version


@questions.get(f"/posts/<{ANY_ID}:id>/history")
def history(id: int) -> Any:
    """All versions of a post that the reader may see, newest first, with what changed."""
    post = queries.find_post(actor(), id)
    steps, more = history_of(actor(), post)
    return render_template(
        "forum/questions/history.html", here="questions", post=post, steps=steps, more=more, reader=actor(),
        question=queries.question_of(post), back=url_for("short.answer", id=post.id),
        may_revert=bool(can_edit(actor(), post)), may_withhold=bool(can_withhold(actor())),
    )  # fmt: skip


@questions.post(f"/posts/<{ANY_ID}:id>/revert")
def revert(id: int) -> Any:
    """Bring back an earlier version."""
    sent = request.form
    posted = revert_to(
        actor(), id, as_id(sent.get("to")) or 0, as_id(sent.get("version")) or 0, sent.get("reason", "")
    )
    if posted.held:
        flash(str(_("Your change is being reviewed. Until then the earlier text stays.")))
    return redirect(url_for("questions.history", id=id), 303)


@questions.post(f"/posts/<{ANY_ID}:id>/withhold")
def withhold(id: int) -> Any:
    """Withhold a version from readers (on=1), or show it again."""
    withhold_version(actor(), id, as_id(request.form.get("number")) or 0, request.form.get("on") == "1")
    return redirect(url_for("questions.history", id=id), 303)

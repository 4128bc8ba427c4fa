"""What the page's script asks when a field is left: is there anything private in it?"""

from __future__ import annotations

from typing import Any

from flask import jsonify, render_template, request

from common import limits, text
from common.web import actor, client_key
from forum.privacy import guarding
from forum.questions.routes import questions
from forum.questions.rules import BODY

_MOST_FIELDS = 20


@questions.post("/private")
def private() -> Any:
    """The notice (nothing where nothing is private) and the fields with it masked. Nothing is stored."""
    limits.hit("private", actor().member_id or client_key(), "120/minute")
    names = [name for name in request.form if name != "csrf_token"][:_MOST_FIELDS]
    fields = {name: text.normalise(request.form[name])[: BODY.high + 10_000] for name in names}
    seen = guarding.look(fields, actor().language)
    notice = (
        render_template("forum/questions/_private.html", private=seen, scripted=True) if seen.kinds else ""
    )
    return jsonify(notice=notice, masked=seen.masked or {})

"""Names behind an @, for the script of the editor. Without it a name is typed in full."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request

from common import limits
from common.permissions import may_write, require
from common.web import actor
from forum.mentions.queries import people_for
from forum.questions import queries
from forum.questions.routes import ANY_ID, questions


@questions.get(f"/questions/<{ANY_ID}:id>/people")
def people(id: int) -> Any:
    """Members that fit what was begun, as name and the word that names them."""
    who = actor()
    require(may_write(who))
    limits.hit("people", who.member_id or "visitor", "90/minute")
    question = queries.question_of(queries.find_post(who, id))
    found = people_for(question, request.args.get("q", "")[:40], without=who.member_id)
    return jsonify(people=[{"name": str(one.name), "slug": one.slug, "team": one.is_staff} for one in found])

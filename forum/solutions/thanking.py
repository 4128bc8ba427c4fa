"""A word of thanks with the acceptance: a comment like any other, which the helper's profile shows."""

from __future__ import annotations

from common.db import insert_once
from common.errors import Invalid, NotFound
from common.i18n import _
from common.permissions import Actor
from common.unit_of_work import unit_of_work
from forum.masks.wearing import under_mask
from forum.questions.commenting import comment_on
from forum.questions.queries import find_post
from forum.questions.rules import PostKind
from forum.questions.writing import Posted
from forum.solutions.models import Thanks

LONGEST = 220
"""Characters: a word of thanks stands on a wall beside others."""


def thank(actor: Actor, answer_id: int, words: str) -> Posted | None:
    """Thank for an answer; None when nothing was said. It is screened, edited and withdrawn as the comment it is.

    Raises Invalid (too long), and what commenting raises.
    """
    actor = under_mask(actor, answer_id)
    if not words.strip():
        return None
    if len(words.strip()) > LONGEST:
        raise Invalid(fields={"body": _("Please keep to %(high)s characters.", high=LONGEST)})
    with unit_of_work():
        answer = find_post(actor, answer_id)
        if answer.kind != PostKind.ANSWER:
            raise NotFound()
        helper_id, answer_id = answer.author_id, answer.id
        posted = comment_on(actor, answer_id, body=words)
        if helper_id is not None and helper_id != actor.member_id:
            insert_once(Thanks, comment_id=posted.id, answer_id=answer_id, helper_id=helper_id)
        return posted

"""The asker's button on an answer beside the solution."""

from __future__ import annotations

from typing import Any

from common.web import actor
from forum.also_solved.marking import mark_also, unmark_also
from forum.questions import queries
from forum.questions.routes import ANY_ID, questions
from forum.reactions.routes import wanted
from forum.thread.routes import back_to_thread


@questions.post(f"/posts/<{ANY_ID}:id>/also-solved", endpoint="also_solved")
def also_solved(id: int) -> Any:
    """It solved it too, or did not after all."""
    (mark_also if wanted() else unmark_also)(actor(), id)
    return back_to_thread(queries.find_post(actor(), id).thread_id, f"a-{id}", id)

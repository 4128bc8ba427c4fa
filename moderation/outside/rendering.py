"""What leaves the house: ids, and of texts and names only what anybody may read at the moment of sending (ASSURANCE S09)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from accounts.members.queries import card
from common import text
from common.config import current_config
from common.db import db
from common.errors import Refusal
from common.i18n import using_language
from common.mail import link
from common.permissions import ANONYMOUS
from forum.questions.queries import find_post
from moderation.escalation.models import Case
from moderation.escalation.notices import case_number
from moderation.outside.models import OutsideEvent
from moderation.outside.rules import TEXT_HIGH


def body_of(event: OutsideEvent) -> bytes:
    """The message as it is signed and sent. The same event says the same ids each time; a text that is gone is gone."""
    with using_language("en"):
        said = {
            "id": event.uid, "sequence": event.id, "kind": event.kind.value, "at": moment(event.at),
            "site": current_config().base_url, "data": event.facts, **_shown(event.facts),
        }  # fmt: skip
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def moment(at: datetime) -> str:
    """A moment as JSON has it."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _shown(facts: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    if facts.get("post_id"):
        shown["post"] = _post(facts["post_id"])
    if facts.get("question_id") and facts.get("question_id") != facts.get("post_id"):
        shown["question"] = _post(facts["question_id"], whole=False)
    if facts.get("case_id"):
        shown["case"] = _case(facts["case_id"])
    return shown


def _post(post_id: int, whole: bool = True) -> dict[str, Any] | None:
    """A text as a visitor reads it now; None for what a visitor does not read."""
    try:
        post = find_post(ANONYMOUS, post_id)
    except Refusal:
        return None
    said: dict[str, Any] = {
        "id": post.id,
        "kind": post.kind.value,
        "title": post.heading,
        "language": post.language,
        "url": link("short.answer", "en", id=post.id),
    }
    if not whole:
        return said
    author, words = card(post.author_id), text.paragraphs(post.body_html)
    said |= {
        "author": {"id": author.id, "name": str(author.name), "is_team": author.is_staff},
        "version": post.version, "text": words[:TEXT_HIGH], "shortened": len(words) > TEXT_HIGH,
    }  # fmt: skip
    return said


def _case(case_id: int) -> dict[str, Any] | None:
    """How a case stands: no note, no name."""
    case = db.session.get(Case, case_id)
    if case is None:
        return None
    return {
        "id": case.id, "number": case_number(case.id), "state": case.state.value, "priority": case.priority.value,
        "version": case.version, "url": link("escalation.show", "en", case_id=case.id),
    }  # fmt: skip

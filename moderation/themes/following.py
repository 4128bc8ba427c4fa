"""What the team makes of a rising topic: seen, being looked at, done, with a note."""

from __future__ import annotations

from common import audit, clock
from common.db import db, insert_once, update_where
from common.errors import Invalid, NotFound
from common.i18n import _
from common.permissions import Actor, require
from common.unit_of_work import unit_of_work
from moderation.listening.permissions import can_listen
from moderation.themes.models import RisingTopic, TopicFollow
from moderation.themes.rules import NOTE_MOST, Follow


def follow(actor: Actor, topic_id: int, state: str, note: str) -> None:
    """Say it, for this night and the next ones. Raises Invalid, NotFound."""
    require(can_listen(actor))
    if state not in set(Follow):
        raise Invalid(fields={"state": _("Choose what becomes of it.")})
    if len(note) > NOTE_MOST:
        raise Invalid(fields={"note": _("A note has at most %(most)s characters.", most=NOTE_MOST)})
    with unit_of_work():
        topic = db.session.get(RisingTopic, topic_id)
        if topic is None:
            raise NotFound()
        said = {"state": Follow(state), "note": note, "by_id": actor.person_id, "at": clock.now()}
        key = {"language": topic.language, "term": topic.term}
        if insert_once(TopicFollow, **key, **said) is None:
            update_where(
                TopicFollow, TopicFollow.language == topic.language, TopicFollow.term == topic.term, **said
            )
        audit.write(actor, "themes.follow", "topic", f"{topic.language}:{topic.term}", after={"state": state})

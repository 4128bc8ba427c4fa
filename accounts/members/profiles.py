"""One's own profile and way of reading: what a member changes about themselves."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.events import ProfileChanged
from accounts.members import names
from accounts.members.models import DisplayChoice, Member
from accounts.members.permissions import can_edit_profile
from accounts.members.rules import BIO_MAX, CITY_MAX, LANGUAGES, STAFF, TextSize, Theme, tidy_name
from common.db import db, insert_once, update_where
from common.errors import Forbidden, Invalid, NotFound
from common.freshness import LISTS, REMOVALS, touch
from common.i18n import _
from common.permissions import Actor, require
from common.secrecy import without_personal_data
from common.text import normalise
from common.unit_of_work import record, unit_of_work


@dataclass(frozen=True, slots=True)
class Profile:
    """What the profile page sends, as typed. ``is_private`` None leaves it as it is."""

    display_name: str
    bio: str = ""
    city: str = ""
    is_private: bool | None = None


def edit_profile(actor: Actor, draft: Profile) -> bool:
    """Change one's public name, presentation and town, which hold no personal data. Raises :class:`Invalid` per field.
    Returns whether something was blacked out, which is kept nowhere: the member is told at once."""
    require(can_edit_profile(actor, actor.member_id or 0))
    typed = {"bio": normalise(draft.bio).strip(), "city": " ".join(normalise(draft.city).split())}
    words = {part: without_personal_data(text).strip() for part, text in typed.items()}
    bio, city = words["bio"], words["city"]
    faults = {}
    if len(bio) > BIO_MAX:
        faults["bio"] = _("At most %(max)s characters.", max=BIO_MAX)
    if len(city) > CITY_MAX:
        faults["city"] = _("At most %(max)s characters.", max=CITY_MAX)
    name = tidy_name(draft.display_name)
    faults |= _name_faults(actor, name)
    if faults:
        raise Invalid(fields=faults)
    with unit_of_work():
        member = db.session.get(Member, actor.member_id)
        if member is None:
            raise NotFound
        changed = tuple(part for part in words if words[part] and words[part] != getattr(member, part))
        if name != member.display_name:
            names.rename(member.id, name, actor.is_staff)
            touch("lists", f"member:{actor.member_id}")
        private = member.is_private if draft.is_private is None else draft.is_private
        if private != member.is_private:
            touch(LISTS, REMOVALS)  # pages that name them
        update_where(Member, Member.id == actor.member_id, bio=bio, city=city, is_private=private)
        touch(f"member:{actor.member_id}")
        if changed:
            record(ProfileChanged(actor.member_id or 0, changed))
    return words != typed


def _name_faults(actor: Actor, name: str) -> dict:
    """A name that stays as it is needs no check: rules may have become stricter since."""
    member = db.session.get(Member, actor.member_id)
    if member is None or name == member.display_name:
        return {}
    return names.faults_of(name, member.id, reserved_allowed=member.role in STAFF)


def choose_language(actor: Actor, language: str) -> None:
    """The language of mails and of pages whose address names none."""
    if not actor.signed_in:
        raise Forbidden
    if language not in LANGUAGES:
        raise Invalid(fields={"language": _("Choose one of the languages of the site.")})
    with unit_of_work():
        update_where(Member, Member.id == actor.member_id, language=language)


def choose_display(actor: Actor, theme: str, text_size: str, shortcuts: bool) -> None:
    """Colours, size of text, single-key shortcuts."""
    if not actor.signed_in:
        raise Forbidden
    faults = {}
    if theme not in set(Theme):
        faults["theme"] = _("Choose one of the themes.")
    if text_size not in set(TextSize):
        faults["text_size"] = _("Choose one of the sizes.")
    if faults:
        raise Invalid(fields=faults)
    chosen = {"theme": Theme(theme), "text_size": TextSize(text_size), "shortcuts": shortcuts}
    with unit_of_work():
        if insert_once(DisplayChoice, member_id=actor.member_id, **chosen) is None:
            update_where(DisplayChoice, DisplayChoice.member_id == actor.member_id, **chosen)


PARTS = ("name", "bio", "city")
"""What of a profile can be taken away by a moderator, each by itself."""


def take_away(member_id: int, parts: frozenset[str], new_name: str) -> dict[str, str]:
    """Empty parts of a profile, or put a neutral name in its place, inside the open unit of work of the decision about
    it. Returns what stood there, so that it can be given back."""
    member = db.session.get(Member, member_id, populate_existing=True)
    if member is None or member.closed_at is not None:
        raise NotFound
    before = {"name": member.display_name, "bio": member.bio, "city": member.city}
    taken = {part: before[part] for part in PARTS if part in parts and before[part]}
    if "name" in taken:
        names.rename(member_id, new_name)
    _write(member_id, {part: "" for part in taken if part != "name"})
    return taken


def give_back(member_id: int, taken: dict[str, str]) -> None:
    """Put back what was taken away, where the member has written nothing new meanwhile."""
    member = db.session.get(Member, member_id, populate_existing=True)
    if member is None or member.closed_at is not None:
        return
    empty = {part: taken[part] for part in ("bio", "city") if taken.get(part) and not getattr(member, part)}
    if taken.get("name") and names.is_free(taken["name"], member_id):
        names.rename(member_id, taken["name"], reserved_allowed=True)
    _write(member_id, empty)


def _write(member_id: int, values: dict[str, str]) -> None:
    if values:
        update_where(Member, Member.id == member_id, **values)
    touch(LISTS, REMOVALS, f"member:{member_id}")

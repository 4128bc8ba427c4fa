"""What the forms of delegation send."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.members.queries import by_names
from common.errors import Invalid
from common.i18n import _
from forum.questions.forms import as_id
from moderation.delegation.rules import Right

MOST = 2_000


def ticked(values: Iterable[str]) -> list[tuple[int, Right]]:
    """The ticked boxes, each ``category:right``; what is neither is passed over."""
    found = []
    for value in list(values)[:MOST]:
        number, _colon, right = value.partition(":")
        if (category_id := as_id(number)) is not None and right in set(Right):
            found.append((category_id, Right(right)))
    return found


def named(written: str) -> int:
    """The member of this name. Raises Invalid."""
    name = " ".join(written.split()).removeprefix("@")[:100]
    member_id = by_names([name]).get(name) if name else None
    if member_id is None:
        raise Invalid(fields={"member": _("There is no member of this name.")})
    return member_id


def number(written: str | None) -> int:
    """A member's number; 0, which nobody has, for anything else."""
    return as_id(written) or 0

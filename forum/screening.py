"""What is asked of a text before it is stored, and what is answered: the port of :mod:`forum.questions.publishing`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from common.i18n import Sentence
from common.permissions import Actor
from forum.categories.models import Category
from forum.questions.rules import CategoryPolicy, PostKind


@dataclass(frozen=True, slots=True)
class Submission:
    """What is about to be stored. ``previous_body`` is set for an edit, ``note`` is the reason its editor gives, which the
    history shows; ``moved``: it comes into this category with it. ``read_up_to``: the post its author says to have read last. ``composed_seconds`` when known."""

    actor: Actor
    kind: PostKind
    title: str | None
    body: str
    category: Category
    question_id: int | None = None
    post_id: int | None = None
    previous_body: str | None = None
    previous_title: str | None = None
    composed_seconds: float | None = None
    own_policy: CategoryPolicy | None = None
    language: str = ""
    note: str = ""
    moved: bool = False
    read_up_to: int | None = None

    @property
    def policy(self) -> CategoryPolicy:
        """When such a text is read: its category says so, unless its kind has a policy of its own."""
        return self.own_policy or CategoryPolicy(self.category.policy)

    @property
    def is_edit(self) -> bool:
        """True for a new version of a stored post."""
        return self.post_id is not None


@dataclass(frozen=True, slots=True)
class Screening:
    """The answer: the text to store (masked where needed), and the reasons to hold it, if any.

    ``tags``: topics a question gets besides its own; ``hints``: what its author may want to change; ``then``: what the
    screener keeps of the text once it has a number. ``note``: the reason of an edit as it is stored; None: as it was
    given.
    """

    title: str | None
    body: str
    reasons: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    hints: tuple[Sentence, ...] = ()
    then: Callable[[int], None] | None = None
    note: str | None = None

    @property
    def held(self) -> bool:
        """True when the text waits for a review."""
        return bool(self.reasons)

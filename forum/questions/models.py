"""Tables of questions, answers, comments, and what members do with them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from common import clock
from common.db import Base, enum_column
from forum.questions.rules import AcceptedHow, Ending, HelpState, PostKind, PostState, ReplyKind


class Post(Base):
    """Anything a member writes in public: a question, an answer, a comment, a product review or the reply to one.

    ``state`` has one writer, ``publishing.py``. ``body`` is Markdown and is what the author edits;
    ``body_html`` is rendered from it at write time. ``question_id`` is the thread (null for a question).
    ``reply_kind`` says what an answer wants to be; a comment of the team may ask for details as well.
    ``kudos_count`` is the rows of Kudos plus ``imported_kudos_count``, thumbs-up whose givers are not known.
    ``also_solves_id``: the question whose asker says that this answer solved it too; it holds while the answer stands there.
    ``verified_owner``: the author owns the product of the question, by the brand's own data (products.marking).
    """

    __tablename__ = "post"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[PostKind] = enum_column(PostKind)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    question_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    body: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    render_version: Mapped[int] = mapped_column(default=1)
    state: Mapped[PostState] = enum_column(PostState)
    held_reasons: Mapped[list[str]] = mapped_column(default=list)
    language: Mapped[str] = mapped_column(String(8), default="fr")
    version: Mapped[int] = mapped_column(default=1)
    kudos_count: Mapped[int] = mapped_column(default=0)
    downvote_count: Mapped[int] = mapped_column(default=0)
    imported_kudos_count: Mapped[int] = mapped_column(default=0)
    helped_count: Mapped[int] = mapped_column(default=0)
    not_helped_count: Mapped[int] = mapped_column(default=0)
    reply_kind: Mapped[ReplyKind] = enum_column(ReplyKind, default=ReplyKind.ANSWER)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    published_at: Mapped[datetime | None]
    edited_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    endorsed_at: Mapped[datetime | None]
    endorsed_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    is_official: Mapped[bool] = mapped_column(default=False)
    also_solves_id: Mapped[int | None]
    verified_owner: Mapped[bool] = mapped_column(default=False)
    imported_key: Mapped[str | None] = mapped_column(String(120), unique=True)

    __mapper_args__: dict[str, Any] = {"polymorphic_on": "kind"}
    __table_args__: tuple[Any, ...] = (
        Index("ix_post_thread", "question_id", "kind", "state", "published_at"),
        Index("ix_post_parent", "parent_id"),
        Index("ix_post_author", "author_id", "kind", "published_at"),
        Index("ix_post_state", "state", "kind", "published_at", "author_id"),
        CheckConstraint(
            "kind IN ('question', 'review', 'review_reply') OR question_id IS NOT NULL", name="thread_known"
        ),
        CheckConstraint("state != 'published' OR published_at IS NOT NULL", name="published_dated"),
    )

    @property
    def thread_id(self) -> int:
        """The question this post belongs to (itself for a question)."""
        return self.question_id or self.id

    @property
    def heading(self) -> str | None:
        """Its title, for the kinds that have one."""
        return getattr(self, "title", None)

    def facts(self) -> dict[str, Any] | None:
        """What a version of it says besides words, for the kinds that say more (forum.content.reviews)."""
        return None

    def take(self, facts: dict[str, Any] | None) -> None:
        """Store what a new version says besides its words; ``masked`` in it: words were taken out by the house."""


class Question(Post):
    """The start of a thread, with what is counted and derived about it.

    ``product_id`` is a product of the catalogue, where nothing is ever deleted; ``details`` are the values of the
    fields its category asks for, by the field's id.

    ``duplicate_of_id`` and ``merged_into_id`` always name the final question, never one that leads on. What is locked
    takes no answer, comment or edit; its help state does not change by it.

    ``help_state`` follows from the facts stored beside it (forum.solutions.counting). ``self_solved_at``: the asker said
    that it is solved, by no single answer; ``unsolved_at``: that it is still a problem, so that what came before counts
    no more. ``info_post_id`` asked for details at ``info_asked_at`` and the asker has not written since; ``left_at``: was
    waited for long enough. ``presumed_at``: quiet for long after an answer others found useful. ``outscored_at``: another
    answer became clearly more useful than the accepted one. ``private_at``, ``incident_at`` and ``incident_over_at`` (the
    incident it belonged to was resolved, which is an answer) are written for packages above (forum.solutions.attaching).
    ``visitor_me_too_count`` is shown and decides nothing. ``check_count``: how often the asker was asked whether the first
    answer, of ``first_answer_at``, solved it.
    """

    __tablename__ = "question"
    id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    slug: Mapped[str] = mapped_column(String(80))
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    help_state: Mapped[HelpState] = enum_column(HelpState, default=HelpState.OPEN)
    accepted_answer_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    accepted_at: Mapped[datetime | None]
    accepted_how: Mapped[AcceptedHow | None] = enum_column(AcceptedHow, nullable=True)
    outscored_at: Mapped[datetime | None]
    self_solved_at: Mapped[datetime | None]
    unsolved_at: Mapped[datetime | None]
    presumed_at: Mapped[datetime | None]
    info_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    info_asked_at: Mapped[datetime | None]
    info_reminder_count: Mapped[int] = mapped_column(default=0)
    left_at: Mapped[datetime | None]
    private_at: Mapped[datetime | None]
    incident_at: Mapped[datetime | None]
    incident_over_at: Mapped[datetime | None]
    proposed_answer_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    proposed_at: Mapped[datetime | None]
    official_answer_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    answer_count: Mapped[int] = mapped_column(default=0)
    comment_count: Mapped[int] = mapped_column(default=0)
    me_too_count: Mapped[int] = mapped_column(default=0)
    visitor_me_too_count: Mapped[int] = mapped_column(default=0, server_default="0")
    imported_me_too_count: Mapped[int] = mapped_column(default=0)
    follower_count: Mapped[int] = mapped_column(default=0)
    view_count: Mapped[int] = mapped_column(default=0)
    active_at: Mapped[datetime] = mapped_column(default=clock.now)
    first_answer_at: Mapped[datetime | None]
    check_count: Mapped[int] = mapped_column(default=0, server_default="0")
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_reason: Mapped[str | None] = mapped_column(String(200))
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    product_id: Mapped[int | None]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    locked_at: Mapped[datetime | None]
    locked_reason: Mapped[str | None] = mapped_column(String(24))
    resurfaced_at: Mapped[datetime | None]
    resurface_count: Mapped[int] = mapped_column(default=0, server_default="0")

    __mapper_args__ = {
        "polymorphic_identity": PostKind.QUESTION,
        "inherit_condition": id == Post.id,
    }
    __table_args__ = (
        Index("ix_question_active", "active_at", "id"),
        Index("ix_question_category_active", "category_id", "active_at", "id"),
        Index("ix_question_help_active", "help_state", "active_at", "id"),
        Index("ix_question_category_help", "category_id", "help_state", "active_at", "id"),
        Index("ix_question_product_active", "product_id", "active_at", "id"),
        Index("ix_question_wanted", "me_too_count", "id"),
        Index("ix_question_viewed", "view_count", "id"),
        Index("ix_question_accepted", "accepted_at"),
        Index("ix_question_solution", "accepted_answer_id"),
        Index("ix_question_duplicate", "duplicate_of_id"),
        Index("ix_question_merged", "merged_into_id"),
        Index("ix_question_resurfaced", "resurfaced_at"),
        Index("ix_question_info_asked", "info_asked_at"),
        Index("ix_question_proposed", "proposed_at"),
    )


class Answer(Post):
    """A reply that may solve the question."""

    __mapper_args__ = {"polymorphic_identity": PostKind.ANSWER}


class Comment(Post):
    """A short remark under a question or an answer (``parent_id``)."""

    __mapper_args__ = {"polymorphic_identity": PostKind.COMMENT}


class Revision(Base):
    """A version of a post as it was; the newest equals the post.

    ``withheld_at``: readers do not see it: it was never public, was taken away, or a moderator withheld it.
    """

    __tablename__ = "revision"
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    version: Mapped[int]
    title: Mapped[str | None] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    editor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    reason: Mapped[str] = mapped_column(String(300), default="")
    facts: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    withheld_at: Mapped[datetime | None]
    withheld_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    imported_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    __table_args__ = (UniqueConstraint("post_id", "version"),)


class PendingEdit(Base):
    """An edit that waits for a review while the version before stays visible (`domain/moderation.md §B1`)."""

    __tablename__ = "pending_edit"
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True)
    title: Mapped[str | None] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    editor_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    reason: Mapped[str] = mapped_column(String(300), default="")
    base_version: Mapped[int]
    facts: Mapped[dict[str, Any] | None]
    held_reasons: Mapped[list[str]] = mapped_column(default=list)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Kudos(Base):
    """One member's thumbs-up on one post; given again after a withdrawal, ``sequence`` grows.

    ``annulled_at``: taken off by the house, for good; it is withdrawn then too.
    """

    __tablename__ = "kudos"
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    sequence: Mapped[int] = mapped_column(default=1)
    given_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]
    annulled_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("post_id", "member_id"), Index("ix_kudos_given", "given_at"))


class MeToo(Base):
    """One member has the same question; ``carried_from_id`` is where it was said, when that was another thread.

    ``followed``: it was said with the wish to hear of the answers; the box stands as the member left it last.
    """

    __tablename__ = "me_too"
    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    sequence: Mapped[int] = mapped_column(default=1)
    followed: Mapped[bool] = mapped_column(default=True, server_default=true())
    given_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]
    annulled_at: Mapped[datetime | None]
    carried_from_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    __table_args__ = (
        UniqueConstraint("question_id", "member_id"),
        Index("ix_me_too_given", "given_at"),
        Index("ix_me_too_member", "member_id", "given_at"),
    )


class VisitorMeToo(Base):
    """A visitor has the same question: shown beside what members say, and decides nothing. ``visitor`` is a hash."""

    __tablename__ = "visitor_me_too"
    question_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True)
    visitor: Mapped[str] = mapped_column(String(32), primary_key=True)
    given_at: Mapped[datetime] = mapped_column(default=clock.now)


class HelpedMark(Base):
    """Somebody says whether an answer helped: a member, or a visitor known by a signed cookie only.

    ``words`` is what was missing, in private: only the team reads it. ``would_contact``: whom it helped would have contacted the
    team otherwise, where they said so.
    """

    __tablename__ = "helped_mark"
    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    visitor: Mapped[str | None] = mapped_column(String(32))
    helped: Mapped[bool]
    words: Mapped[str] = mapped_column(String(300), default="")
    would_contact: Mapped[bool | None]
    given_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    __table_args__ = (
        UniqueConstraint("post_id", "member_id"),
        UniqueConstraint("post_id", "visitor"),
        CheckConstraint("(member_id IS NULL) != (visitor IS NULL)", name="one_giver"),
    )


class Proposal(Base):
    """An answer proposed as the solution, once for each answer. ``ending`` says what became of it."""

    __tablename__ = "solution_proposal"
    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("post.id"), index=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("post.id"), unique=True)
    proposer_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    proposed_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    ending: Mapped[Ending | None] = enum_column(Ending, nullable=True)
    words: Mapped[str] = mapped_column(String(200), default="")


class Follow(Base):
    """A member wants to hear of a thread; ``carried_from_id`` is the thread that was followed before that one."""

    __tablename__ = "follow"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    question_id: Mapped[int] = mapped_column(ForeignKey("post.id"), index=True)
    since: Mapped[datetime] = mapped_column(default=clock.now)
    carried_from_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    __table_args__ = (UniqueConstraint("member_id", "question_id"),)


class Draft(Base):
    """What a member was typing, per place (``ask``, ``answer:12``, ``edit:40``)."""

    __tablename__ = "draft"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    place: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(400), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    fields: Mapped[dict] = mapped_column(default=dict)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (UniqueConstraint("member_id", "place"),)


class Tag(Base):
    """A topic word."""

    __tablename__ = "tag"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    label: Mapped[str] = mapped_column(String(60))
    question_count: Mapped[int] = mapped_column(default=0)


class QuestionTag(Base):
    """A question's tag."""

    __tablename__ = "question_tag"
    question_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), primary_key=True, index=True)


class PostLink(Base):
    """Two threads belong together: ``kind`` is duplicate or related."""

    __tablename__ = "post_link"
    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    linked_id: Mapped[int] = mapped_column(ForeignKey("post.id"), index=True)
    kind: Mapped[str] = mapped_column(
        String(12), CheckConstraint("kind IN ('duplicate', 'related')", name="kind_known")
    )
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    __table_args__ = (UniqueConstraint("question_id", "linked_id", "kind"),)


class Sending(Base):
    """The last time a member sent exactly this text, so that sending twice within minutes makes one post."""

    __tablename__ = "sending"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    fingerprint: Mapped[str] = mapped_column(String(64))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    sent_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    __table_args__ = (UniqueConstraint("member_id", "fingerprint"),)

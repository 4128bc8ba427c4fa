"""The index on PostgreSQL: a row per question, filled by the job worker. Empty on SQLite."""

from __future__ import annotations

from sqlalchemy import JSON, Float, ForeignKey, Index, String, Text
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from common.db import Base


class SearchDocument(Base):
    """The words of a question and its answers, as a vector of stems; ``says`` has what each of them says, looked up
    where the vector would have to be read whole. The stems of the title stand once more by themselves, small enough to
    be looked at for thousands of questions. ``worth`` is how much the question has helped others, ``day`` the day it
    was asked, counted from the year 1."""

    __tablename__ = "search_document"
    question_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    terms: Mapped[str] = mapped_column(Text().with_variant(TSVECTOR(), "postgresql"))
    says: Mapped[dict[str, float]] = mapped_column(
        JSON().with_variant(JSONB(), "postgresql"), server_default="{}"
    )
    title: Mapped[str] = mapped_column(Text().with_variant(TSVECTOR(), "postgresql"), server_default="")
    worth: Mapped[float] = mapped_column(Float, default=1.0, server_default="1")
    day: Mapped[int] = mapped_column(default=0, server_default="0")
    author_ids: Mapped[str] = mapped_column(Text, default="")
    __table_args__ = (Index("ix_search_document_terms", "terms", postgresql_using="gin"),)


class SearchWord(Base):
    """A word of a title: the vocabulary of "did you mean"."""

    __tablename__ = "search_word"
    question_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    word: Mapped[str] = mapped_column(String(40), primary_key=True)
    __table_args__ = (Index("ix_search_word_word", "word"),)


class SearchTerm(Base):
    """In how many questions a stem stands; the empty one counts the questions themselves."""

    __tablename__ = "search_term"
    term: Mapped[str] = mapped_column(String(64), primary_key=True)
    questions: Mapped[int]

"""What the tests of rewards share: what a member has, and whether every sum still equals its lines."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from common.db import db
from common.permissions import Actor
from rewards.ledger import verifying
from rewards.ledger.models import Balance, LedgerEntry


@pytest.fixture
def points(app: Flask) -> Callable[[Actor], tuple[int, int]]:
    """(reputation, spendable with what is not usable yet) of somebody."""

    def read(who: Actor) -> tuple[int, int]:
        db.session.rollback()
        row = db.session.execute(
            select(Balance.reputation, Balance.spendable).where(Balance.member_id == who.member_id)
        ).first()
        return tuple(row) if row else (0, 0)

    return read


@pytest.fixture
def lines(app: Flask) -> Callable[..., list[LedgerEntry]]:
    """The lines of the ledger in order, of everybody or of one member."""

    def read(who: Actor | None = None) -> list[LedgerEntry]:
        db.session.rollback()
        query = select(LedgerEntry).order_by(LedgerEntry.id)
        if who is not None:
            query = query.where(LedgerEntry.member_id == who.member_id)
        return list(db.session.scalars(query))

    return read


@pytest.fixture(autouse=True)
def sums_agree(app: Flask):
    """After every test: no figure differs from its lines."""
    yield
    db.session.rollback()
    assert list(verifying.faults()) == []

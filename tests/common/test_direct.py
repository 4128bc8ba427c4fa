"""Direct reads: they see what is committed, on a connection that is replaced when it is lost."""

from __future__ import annotations

import gc
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, literal, select
from sqlalchemy.exc import SQLAlchemyError

from accounts.members.models import Member
from common import direct
from common.db import db, update_where
from common.direct import Direct, given, moment_of
from common.unit_of_work import unit_of_work

NAMES = Direct(
    select(Member.id, Member.display_name, Member.joined_at)
    .where(Member.id.in_([given("ids")]), Member.role == "member", literal("100 % sure") == given("same"))
    .order_by(Member.id),
    "ids",
)
SAME = "100 % sure"
"""A constant with what one of the drivers takes for a mark stays as it is."""


def test_rows_come_for_lists_of_any_length(app, ada, ben):
    assert [row[1] for row in NAMES.rows(same=SAME, ids=[ada.member_id])] == ["Ada"]
    assert [row[1] for row in NAMES.rows(same=SAME, ids=(ben.member_id, ada.member_id))] == ["Ada", "Ben"]


def test_a_date_is_a_moment_on_either_database(app, ada):
    stored = db.session.scalar(select(Member.joined_at).where(Member.id == ada.member_id))
    assert moment_of(NAMES.rows(same=SAME, ids=[ada.member_id])[0][2]) == stored
    assert (
        moment_of("2026-03-02 10:00:00.000001") == datetime(2026, 3, 2, 10, 0, 0, 1, UTC)
        and moment_of(None) is None
    )


def test_what_is_committed_is_seen_at_once_and_nothing_before(app, ada):
    NAMES.rows(same=SAME, ids=[ada.member_id])
    with unit_of_work():
        update_where(Member, Member.id == ada.member_id, display_name="Adele")
        assert NAMES.rows(same=SAME, ids=[ada.member_id])[0][1] == "Ada"
    assert NAMES.rows(same=SAME, ids=[ada.member_id])[0][1] == "Adele"


def test_a_lost_connection_is_replaced(app, ada):
    NAMES.rows(same=SAME, ids=[ada.member_id])
    direct._idle[db.engine][-1].connection.close()
    assert NAMES.rows(same=SAME, ids=[ada.member_id])[0][1] == "Ada"


@pytest.mark.parametrize(
    "end", [lambda engine: engine.dispose(), lambda engine: None], ids=["disposed of", "gone"]
)
def test_connections_end_with_their_engine(app, end):
    """psycopg warns of one that goes unclosed, and the suite fails on a warning."""
    engine = create_engine(db.engine.url)
    Direct(select(literal(1).label("one"))).rows(engine)
    [reader] = direct._idle[engine]
    end(engine)
    del engine
    gc.collect()
    with pytest.raises(Exception, match="closed"):
        reader.connection.cursor().execute("SELECT 1")


def test_what_the_driver_refuses_is_an_error_of_the_house(app):
    from sqlalchemy import literal_column

    with pytest.raises(SQLAlchemyError):
        Direct(select(literal_column("nonsense"))).rows()

"""Migrations run up, down and up again, and end at exactly what the models say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from accounts.members.models import Member
from common.db import db
from common.permissions import SYSTEM, Actor
from common.unit_of_work import unit_of_work
from rewards.ledger import booking, verifying
from rewards.ledger.rules import Amounts, Cause, CauseType
from tests.conftest import _own_database, test_config

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def fresh(app, tmp_path):
    """A second application on an empty database of the engine under test."""
    from app import create_app
    from common.config import current_config, use_config

    before = current_config()
    url = os.environ.get("FOURMI_TEST_DATABASE_URL")
    if url:
        name = f"fourmi_migrations_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
        url = _own_database(url.replace("postgresql://", "postgresql+psycopg://"), name)
    other = create_app(test_config(tmp_path, url))
    with other.app_context():
        yield other
        db.session.remove()
        db.engine.dispose()
    use_config(before)


def alembic() -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config


def differences() -> list:
    """What autogenerate would still change."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, db.metadata)


def triggers(engine) -> set[str]:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            return set(
                connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars()
            )
        return set(connection.execute(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")).scalars())


def test_up_down_up_ends_where_the_models_are(app, fresh):
    command.upgrade(alembic(), "head")
    assert differences() == []
    first = triggers(db.engine)
    command.downgrade(alembic(), "base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    command.upgrade(alembic(), "head")
    assert differences() == []
    assert triggers(db.engine) == first


def test_migrations_protect_the_same_tables_as_the_models(app, fresh):
    with app.app_context():
        wanted = triggers(db.engine)
    command.upgrade(alembic(), "head")
    assert triggers(db.engine) == wanted


def known_values(engine) -> set[tuple[str, frozenset[str]]]:
    """The words that the checks of each table allow."""
    inspector = inspect(engine)
    return {
        (table, frozenset(re.findall(r"'([^']*)'", check["sqltext"])))
        for table in inspector.get_table_names()
        for check in inspector.get_check_constraints(table)
        if "'" in check["sqltext"]
    }


def test_migrations_allow_the_same_words_as_the_models(app, fresh):
    with app.app_context():
        wanted = known_values(db.engine)
    assert wanted
    command.upgrade(alembic(), "head")
    assert known_values(db.engine) == wanted


def test_what_was_booked_for_a_gift_keeps_its_points_and_gets_a_cause_of_its_own(app, fresh):
    command.upgrade(alembic(), "head")
    member = Member(
        email="g@example.com", email_key="g@example.com", display_name="G", name_key="g", slug="g"
    )
    with unit_of_work():
        db.session.add(member)
        db.session.flush()
        booking.adjust(SYSTEM, member.id, Amounts(0, 50), "start", "For the test")
        actor = Actor(
            member_id=member.id, role="member", rank=0, email_verified=True, joined_at=member.joined_at
        )
        booking.spend(actor, 40, Cause(CauseType.GIFT, "12"))
    db.session.remove()

    def spent() -> list:
        query = "SELECT cause_type, cause_id, granted FROM ledger_entry WHERE kind = 'spend'"
        with db.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    command.downgrade(alembic(), "0047")
    assert spent() == [("coupon", "gift-12", -40)]
    command.upgrade(alembic(), "head")
    assert spent() == [("gift", "12", -40)]
    assert list(verifying.faults()) == []
    db.session.remove()


def test_the_command_brings_an_empty_folder_up(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "db", "upgrade"], cwd=ROOT, capture_output=True, text=True,
        env={"PATH": "/usr/bin:/bin", "FOURMI_DATA_DIR": str(tmp_path)}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    names = inspect(create_engine(f"sqlite:///{tmp_path / 'fourmi.db'}")).get_table_names()
    assert {"member", "post", "question", "job", "audit_entry"} <= set(names)

"""What every test stands on: a fresh database on the engine asked for, one cast, a clock that stops."""

from __future__ import annotations

import email
import fcntl
import gc
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import policy
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask, g, request_started
from flask.testing import FlaskClient
from sqlalchemy import create_engine, event, text

from app import create_app
from common import clock, direct, freshness, i18n, jobs, limits, settings
from common.config import Config
from common.db import db
from common.permissions import Actor
from common.unit_of_work import unit_of_work
from forum.questions import publishing
from forum.search import index, similar
from moderation.screening import screener

hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")
"""No clock on single examples: a busy machine is no fault of the rule under test."""

ROOT = Path(__file__).resolve().parent.parent
REQUIRED = set(os.environ.get("FOURMI_REQUIRE", "").replace(",", " ").split())
START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
"""A Monday morning without a holiday near it; the cast joined long before."""
PRESENT = datetime(2026, 6, 16, 9, 0, tzinfo=UTC)
"""Where the clock of every test begins: a Tuesday morning, the team at work and no holiday for four weeks."""


def missing(what: str, reason: str) -> None:
    """Skip with a reason; a failure where the machine promised to have it (`FOURMI_REQUIRE`)."""
    if what in REQUIRED:
        pytest.fail(f"{what} is required here: {reason}")
    pytest.skip(reason)


def test_config(folder: Path, url: str | None = None) -> Config:
    """A configuration for tests: cheap password hashes, mails kept in a folder, no worker."""
    return Config(
        mode="test",
        data_dir=folder,
        database_url=url or f"sqlite:///{folder / 'test.db'}",
        redis_url=None,
        secret_key="tests-only-" + "x" * 40,
        base_url="http://localhost",
        mail_url="outbox:",
        mail_from="community@example.com",
        worker="outside",
        argon2_memory_kib=64,
        trusted_proxies=0,
    )


test_config.__test__ = False  # type: ignore[attr-defined]


def database_url() -> str | None:
    """The PostgreSQL address when the suite runs there, else None (SQLite)."""
    url = os.environ.get("FOURMI_TEST_DATABASE_URL")
    if not url:
        return None
    url = url.replace("postgresql://", "postgresql+psycopg://")
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    return _own_database(url, f"fourmi_{worker}") if worker else url


def _own_database(url: str, name: str) -> str:
    """A database of its own for each parallel process of the suite."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return url.rpartition("/")[0] + "/" + name


def wipe(engine: Any) -> None:
    """Empty a PostgreSQL database completely: never one that a community was installed in."""
    with engine.connect() as connection:
        if connection.scalar(text("SELECT to_regclass('alembic_version')")):
            pytest.exit(
                "FOURMI_TEST_DATABASE_URL names a community's database: give the tests one of their own."
            )
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))


def _begin_with_nothing(_application: Flask, **_more: Any) -> None:
    """The context of a test outlives its requests: what one noted about its reader is not the next one's."""
    for name in list(g):
        g.pop(name)


LONGEST_FIRST = ("faults/test_kill", "demo/", "browser/", "data/", "races/", "web/")
"""Files that take long begin first, so that no process works alone at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put them in that order; within a file nothing moves."""
    places = {name: number for number, name in enumerate(LONGEST_FIRST)}
    items.sort(
        key=lambda item: next((n for name, n in places.items() if name in item.nodeid), len(LONGEST_FIRST))
    )


def pytest_collection_finish() -> None:
    """What was imported stays to the end: the collector need not walk it, nor look after every few hundred objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)


@pytest.fixture(scope="session")
def _application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Callable[[], None]]]:
    """The application once per process, with its schema and the rows that the cast consists of."""
    folder = tmp_path_factory.mktemp("fourmi")
    application = create_app(test_config(folder, database_url()))
    request_started.connect(_begin_with_nothing, application)
    with application.app_context():
        if db.engine.dialect.name == "postgresql":
            wipe(db.engine)
        _carelessly_fast(db.engine)
        db.create_all()
        clock.travel(START)
        with unit_of_work():
            _write_cast()
            _write_noise()
        put_back = _remembered()
        clock.reset()
    yield application, put_back
    with application.app_context():
        db.session.remove()
        db.engine.dispose()


def _remembered() -> Callable[[], None]:
    """What brings back the rows that are there now, whatever happens to them."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            snapshot = {
                t.name: [dict(r._mapping) for r in connection.execute(t.select())]
                for t in db.metadata.sorted_tables
            }
            return lambda: _restore_postgresql(snapshot)
        pristine = sqlite3.connect(":memory:")
        connection.connection.driver_connection.backup(pristine)
        return lambda: _restore_sqlite(pristine)


def all_rows() -> dict[str, list[str]]:
    """Every row that is stored, by table, as sorted texts: to compare before and after, and to search."""
    db.session.rollback()
    with db.engine.connect() as connection:
        return {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(table.select()))
            for table in db.metadata.sorted_tables
        }


def stored_text() -> str:
    """All that is stored as one text."""
    return "\n".join(row for rows in all_rows().values() for row in rows)


def _restore_postgresql(snapshot: dict[str, list[Any]]) -> None:
    """Triggers off, tables emptied, rows put back."""
    # DELETE of small tables in one journey; TRUNCATE writes new files for each of them and takes half a second.
    tables = db.metadata.sorted_tables
    steps = ["SET session_replication_role = replica", *(f'DELETE FROM "{table.name}"' for table in tables)]
    for table in tables:
        if "id" in table.primary_key.columns and str(table.c.id.type) == "INTEGER":
            rows = snapshot.get(table.name)
            top = f"{max(row['id'] for row in rows)}, true" if rows else "1, false"
            steps.append(
                f"SELECT setval(s, {top}) FROM pg_get_serial_sequence('\"{table.name}\"', 'id') s WHERE s IS NOT NULL"
            )
    with db.engine.connect() as connection:
        connection.exec_driver_sql("; ".join(steps))
        for table in tables:
            if snapshot.get(table.name):
                connection.execute(table.insert(), snapshot[table.name])
        connection.execute(text("SET session_replication_role = DEFAULT"))
        connection.commit()


def _restore_sqlite(pristine: sqlite3.Connection) -> None:
    """Page by page over what is there: quicker than emptying tables, and no trigger objects."""
    with db.engine.connect() as connection:
        connection.rollback()
        pristine.backup(connection.connection.driver_connection)


def _carelessly_fast(engine: Any) -> None:
    """SQLite without waiting for the disk: a test's database need not survive a power cut."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda raw, _record: raw.execute("PRAGMA synchronous=OFF").close())
        engine.dispose()


@pytest.fixture
def app(_application: tuple[Flask, Callable[[], None]]) -> Iterator[Flask]:
    """The application with nothing in it but the cast and some noise."""
    application, put_back = _application
    with application.app_context():
        put_back()
        _forget_everything(application)
        clock.run_from(PRESENT)
        yield application
        db.session.remove()
    clock.reset()
    clock.run_from(None)


def _forget_everything(application: Flask) -> None:
    publishing.set_screener(screener.screen_submission)
    screener.forget()
    settings.forget()
    limits.forget()
    freshness.forget()
    similar.forget()
    index.forget()
    i18n.set_language("en")
    here = application.config["FOURMI"]
    for folder in (here.outbox_dir, here.uploads_dir, here.index_dir, here.archives_dir):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a face. CSRF tokens are not asked for here; `tests/web/test_csrf.py` asks for them."""
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


# --- the cast ----------------------------------------------------------------------------------------------------

CAST = {
    "ada": {"rank": 1},
    "ben": {"rank": 2},
    "cleo": {"rank": 5},
    "mo": {"role": "moderator", "rank": 3},
    "sam": {"role": "agent", "rank": 1},
    "max": {"role": "manager", "rank": 1},
    "root": {"role": "admin", "rank": 1},
    "zed": {"rank": 1, "silenced": True},
    "new": {"rank": 0},
}
IDS = {name: number for number, name in enumerate(CAST, start=1)}


def _write_cast() -> None:
    from accounts.members.models import Member
    from forum.categories.models import Category

    for name, facts in CAST.items():
        db.session.add(
            Member(
                id=IDS[name], email=f"{name}@example.com", email_key=f"{name}@example.com", email_verified_at=START,
                display_name=name.capitalize(), name_key=name, slug=name, role=facts.get("role", "member"), language="en",
                joined_at=START - timedelta(days=400 if name != "new" else 0), rank=facts["rank"],
                silenced_until=START + timedelta(days=30) if facts.get("silenced") else None,
            )
        )  # fmt: skip
    for number, key in enumerate(("washing", "coffee", "lounge"), start=1):
        db.session.add(
            Category(
                id=number, key=key, slug=key, name_fr=key.capitalize(), name_en=key.capitalize(), position=number,
                policy="reactive",  # tests of moderation choose another
            )
        )  # fmt: skip
    db.session.flush()


def _write_noise() -> None:
    """Rows that have nothing to do with any test, so that a query without its WHERE is noticed."""
    from accounts.members.models import Member

    for number in range(901, 904):
        db.session.add(
            Member(
                id=number, email=f"noise{number}@example.com", email_key=f"noise{number}@example.com",
                email_verified_at=START, display_name=f"Noise {number}", name_key=f"noise {number}",
                slug=f"noise-{number}", language="fr", joined_at=START - timedelta(days=50), rank=1,
            )
        )  # fmt: skip


def actor_named(name: str) -> Actor:
    """One of the cast as an actor, in English."""
    facts = CAST[name]
    return Actor(
        member_id=IDS[name], role=facts.get("role", "member"), rank=facts["rank"], language="en", email_verified=True,
        silenced=facts.get("silenced", False), joined_at=START - timedelta(days=400 if name != "new" else 0),
        display_name=name.capitalize(),
    )  # fmt: skip


def _actor_fixture(name: str, fixture_name: str) -> Any:
    @pytest.fixture(name=fixture_name)
    def give(app: Flask) -> Actor:
        return actor_named(name)

    return give


ada = _actor_fixture("ada", "ada")
ben = _actor_fixture("ben", "ben")
cleo = _actor_fixture("cleo", "cleo")
mo = _actor_fixture("mo", "mo")
sam = _actor_fixture("sam", "sam")
max_ = _actor_fixture("max", "max_")
root = _actor_fixture("root", "root")
zed = _actor_fixture("zed", "zed")
newcomer = _actor_fixture("new", "newcomer")


# --- what tests do -----------------------------------------------------------------------------------------------


@pytest.fixture
def at() -> Callable[[datetime | timedelta], datetime]:
    """Stop the clock at a moment, or move it on by a duration."""
    return clock.travel


@pytest.fixture
def drain(app: Flask) -> Callable[[], int]:
    """Run every job that is due."""
    return jobs.run_due_jobs


@pytest.fixture
def outbox(app: Flask) -> Callable[[], list[Any]]:
    """The mails that left, oldest first, parsed."""

    def read() -> list[Any]:
        folder: Path = app.config["FOURMI"].outbox_dir
        files = sorted(folder.glob("*.eml")) if folder.exists() else []
        return [email.message_from_bytes(f.read_bytes(), policy=policy.default) for f in files]

    return read


@pytest.fixture
def sign_in(client: FlaskClient) -> Callable[[Actor], FlaskClient]:
    """Give the client a session of one of the cast, by the same verb the sign-in page calls."""

    def enter(who: Actor, other: FlaskClient | None = None) -> FlaskClient:
        from accounts.signin.sessions import Origin, begin

        browser = other or client
        with unit_of_work():
            secret = begin(who.member_id, Origin("127.0.0.1", "tests"))
        with browser.session_transaction() as cookie:
            cookie["_user_id"] = secret
        return browser

    return enter


@pytest.fixture
def settings_override() -> Callable[..., Any]:
    """Other settings for the length of a block: ``with settings_override(forum__edit_window_minutes=5):``."""
    return settings.override


_OF_NO_PAGE = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE")


@pytest.fixture
def count_queries(app: Flask) -> Callable[[], Any]:
    """``with count_queries() as seen: …`` then ``len(seen)`` statements, transaction control left out.

    Settings are left out too: a process reads them again every few seconds, whichever page is asked for then.
    """

    @contextmanager
    def counting() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(_OF_NO_PAGE) and "FROM site_setting" not in statement:
                seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        direct.listeners.append(seen.append)
        try:
            yield seen
        finally:
            direct.listeners.remove(seen.append)
            event.remove(db.engine, "before_cursor_execute", note)

    return counting


@pytest.fixture
def make_question(app: Flask) -> Callable[..., int]:
    """A published question by somebody; returns its id."""

    def make(
        who: Actor,
        title: str = "The drum stays full of water",
        body: str = "",
        category_id: int = 1,
        **more: Any,
    ) -> int:
        from forum.categories.models import Category
        from forum.questions.models import Question
        from forum.questions.publishing import submit

        with unit_of_work():
            question = Question(
                author_id=who.member_id, title=title, slug="", category_id=category_id, language="en",
                body=body or "It stops eight minutes before the end and shows E18. What can I do?", **more,
            )  # fmt: skip
            submit(who, question, db.session.get(Category, category_id))
            return question.id

    return make


@pytest.fixture
def make_answer(app: Flask) -> Callable[..., int]:
    """A published answer by somebody; returns its id."""

    def make(
        who: Actor,
        question_id: int,
        body: str = "Unplug it, open the small hatch and clean the filter.",
        **more: Any,
    ) -> int:
        from forum.categories.models import Category
        from forum.questions.models import Answer, Question
        from forum.questions.publishing import submit

        with unit_of_work():
            question = db.session.get(Question, question_id)
            answer = Answer(
                author_id=who.member_id, question_id=question_id, body=body, language="en", **more
            )
            submit(who, answer, db.session.get(Category, question.category_id))
            return answer.id

    return make


@pytest.fixture
def data_dir() -> Path:
    """Real forum data beside the repository; the test is skipped where there is none."""
    folder = Path(os.environ.get("FOURMI_TEST_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        missing("data", f"no data folder at {folder}: set FOURMI_TEST_DATA")
    return folder


@pytest.fixture
def in_threads(app: Flask) -> Callable[..., list[Any]]:
    """Run one call in many threads that start together; returns results, with exceptions as values."""
    import threading

    def run(count: int, call: Callable[[int], Any]) -> list[Any]:
        db.session.remove()
        barrier = threading.Barrier(count)
        results: list[Any] = [None] * count

        def work(number: int) -> None:
            with app.app_context():
                barrier.wait()
                try:
                    results[number] = call(number)
                except Exception as error:
                    results[number] = error
                finally:
                    db.session.remove()

        threads = [threading.Thread(target=work, args=(n,)) for n in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        return results

    return run


# --- the demonstration ------------------------------------------------------------------------------------------


def demonstration_environment(folder: Path) -> dict[str, str]:
    """What the product's commands are told to work in a folder with the demonstration."""
    return {
        **os.environ,
        "FOURMI_MODE": "demo",
        "FOURMI_DATA_DIR": str(folder),
        "FOURMI_DATABASE_URL": f"sqlite:///{folder / 'fourmi.db'}",
        "FOURMI_SECRET_KEY": "k" * 40,
    }


def once_for_all(factory: pytest.TempPathFactory, name: str, fill: Callable[[Path], None]) -> Path:
    """A folder that one process of the suite fills and the others wait for; it is filled again where that failed."""
    own = factory.getbasetemp()
    shared = own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own
    folder = shared / name
    with open(shared / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / f"{name}.done").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            fill(folder)
            (shared / f"{name}.done").touch()
    return folder


@pytest.fixture(scope="session")
def loaded_demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demonstration loaded, once for all processes of the suite: to be copied, never changed."""

    def load(folder: Path) -> None:
        for arguments in (("db", "upgrade"), ("demo", "load")):
            command = [sys.executable, "-m", "flask", "--app", "app", *arguments]
            environment = demonstration_environment(folder)
            subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)

    return once_for_all(tmp_path_factory, "demonstration", load)


@pytest.fixture
def demonstration(loaded_demonstration: Path, tmp_path: Path) -> Path:
    """A folder of one's own with the demonstration in it."""
    return Path(shutil.copytree(loaded_demonstration, tmp_path / "demonstration"))

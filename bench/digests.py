"""How long digests for a whole community take, and how much memory: they are built a part at a time.

python -m bench.digests                                  # 50,000 members, 20,000 questions, SQLite and PostgreSQL
python -m bench.digests --members 5000 --engine sqlite
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import click
from sqlalchemy import event, text

from bench.filling import fill
from bench.pages import config_for
from tests import postgres

PRODUCTS = 50


@contextlib.contextmanager
def _counted() -> Iterator[list[int]]:
    """How many statements the block sends."""
    from common.db import db

    seen = [0]

    def note(*_what: Any) -> None:
        seen[0] += 1

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def _megabytes() -> float:
    """What this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000


class Measured:
    """Time, statements and memory of parts that follow each other."""

    def __init__(self, work: Callable[[], bool]) -> None:
        gc.collect()
        self.before = self.most = _megabytes()
        self.seconds: list[float] = []
        self.statements: list[int] = []
        going = True
        while going:
            with _counted() as seen:
                began = time.perf_counter()
                going = work()
            self.seconds.append(time.perf_counter() - began)
            self.statements.append(seen[0])
            self.most = max(self.most, _megabytes())

    def line(self, name: str, of: str) -> str:
        """One row for a person."""
        whole = self.statements[:-1] or self.statements
        return (
            f"{name:<34} {of:>22}  {sum(self.seconds):7.1f} s  {len(self.seconds):4} parts of {median(self.seconds) * 1e3:6.0f} ms"
            f"  {min(whole)}–{max(whole)} statements a part  +{self.most - self.before:5.1f} MB (at most {self.most:.0f} MB)"
        )


def measure(engine: str, url: str | None, members: int, questions: int) -> None:
    """Fill, build all digests of a Monday morning, write some letters, tell all followers of a category."""
    with tempfile.TemporaryDirectory(prefix="fourmi-bench-") as folder:
        from app import create_app
        from common.db import db

        app = create_app(config_for(Path(folder), url))
        with app.app_context():
            db.create_all()
            fill(questions, questions * 3)
            _people(members)
            click.echo(f"\n{engine}: {members:,} members, {questions:,} questions")
            _digests()
            _fan_out(members)
            db.session.remove()
            db.engine.dispose()


def _people(members: int) -> None:
    """Members with a proven address and a product each; solutions spread over them."""
    from accounts.members.models import Member
    from common import clock
    from common.db import db, insert_many, refresh_statistics
    from common.unit_of_work import unit_of_work
    from forum.products.models import Device, Product

    now = clock.now()
    with unit_of_work():
        insert_many(
            Product,
            [
                {"id": n, "key": f"p{n}", "slug": f"p{n}", "name": f"Product {n}", "category_id": n % 10 + 1}
                for n in range(1, PRODUCTS + 1)
            ],
        )
    for start in range(0, members, 5_000):
        ids = range(10_000 + start, 10_000 + min(start + 5_000, members))
        people = [
            {
                "id": n, "email": f"d{n}@bench.example", "email_key": f"d{n}@bench.example", "email_verified_at": now,
                "display_name": f"Digest {n}", "name_key": f"digest {n}", "slug": f"digest-{n}",
                "language": "en" if n % 2 else "fr", "joined_at": now, "last_seen_at": now,
            }
            for n in ids
        ]  # fmt: skip
        devices = [{"member_id": n, "product_id": n % PRODUCTS + 1, "added_at": now} for n in ids]
        with unit_of_work():
            insert_many(Member, people)
            insert_many(Device, devices)
    with unit_of_work():
        for statement in (
            f"UPDATE question SET product_id = id % {PRODUCTS} + 1",
            f"UPDATE post SET author_id = 10000 + (id % {members}) WHERE kind = 'answer'",
            "UPDATE question SET accepted_answer_id = (SELECT min(p.id) FROM post p WHERE p.question_id = question.id "
            "AND p.kind = 'answer') WHERE help_state = 'solved'",
        ):
            db.session.execute(text(statement))
        refresh_statistics()


def _digests() -> None:
    from accounts.digests import building
    from accounts.digests.letters import write_digest
    from accounts.digests.models import Digest, DigestRun
    from accounts.digests.rules import slot_of
    from accounts.notifications.rules import Rhythm, next_digest
    from common import clock, settings
    from common.db import db
    from common.unit_of_work import unit_of_work

    monday = next_digest(clock.now(), "Europe/Paris", weekly=True)
    with unit_of_work():
        run = DigestRun(slot_at=slot_of(monday))
        db.session.add(run)
        db.session.flush()
        run_id = run.id
    assert settings.get("notifications.digest") == Rhythm.WEEKLY
    built = Measured(lambda: not building.build_part(run_id).finished)
    done = db.session.get_one(DigestRun, run_id)
    click.echo(built.line("building digests", f"{done.looked_count:,} members"))
    click.echo(f"{'':<34} {done.written_count:,} digests and letters to send")
    clock.travel(monday)
    waiting = [one.member_id for one in db.session.query(Digest).order_by(Digest.member_id).limit(300)]
    db.session.rollback()
    batches = iter(waiting)

    def write_one() -> bool:
        member_id = next(batches, None)
        if member_id is None:
            return False
        assert write_digest({"member_id": member_id, "batch": f"bench:{member_id}"}) is not None
        return True

    click.echo(Measured(write_one).line("writing letters", f"{len(waiting)} letters"))
    clock.reset()


def _fan_out(members: int) -> None:
    from common import clock, jobs
    from common.db import db, insert_many
    from common.jobs import Job
    from common.permissions import SYSTEM
    from common.unit_of_work import unit_of_work
    from forum.categories.models import Category
    from forum.following.models import Following
    from forum.following.rules import TargetKind
    from forum.questions.models import Question
    from forum.questions.publishing import submit

    for start in range(0, members, 5_000):
        ids = range(10_000 + start, 10_000 + min(start + 5_000, members))
        with unit_of_work():
            insert_many(
                Following,
                [
                    {"kind": TargetKind.CATEGORY, "target_id": 1, "member_id": n, "since": clock.now()}
                    for n in ids
                ],
            )
    with unit_of_work():
        db.session.query(Job).delete()
        asked = Question(
            author_id=None, title="The drum stays full of water", slug="", category_id=1, language="en",
            body="It stops eight minutes before the end and shows E18. What can I do?",
        )  # fmt: skip
        submit(SYSTEM, asked, db.session.get(Category, 1))
    with unit_of_work():
        db.session.query(Job).filter(Job.kind != "forum.tell_topics").delete()
    click.echo(
        Measured(lambda: jobs.run_one("bench")).line(
            "telling a category's followers", f"{members:,} followers"
        )
    )


def _in_a_process(*what: Any) -> None:
    """In a process of its own, so that its memory is its own."""
    process = multiprocessing.get_context("spawn").Process(target=measure, args=what)
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(process.exitcode)


@click.command()
@click.option("--members", default=50_000, show_default=True)
@click.option("--questions", default=20_000, show_default=True)
@click.option(
    "--engine", type=click.Choice(["sqlite", "postgresql", "both"]), default="both", show_default=True
)
def main(members: int, questions: int, engine: str) -> None:
    """Measure digests and the telling of followers."""
    if engine in ("sqlite", "both"):
        _in_a_process("sqlite", None, members, questions)
    if engine in ("postgresql", "both") and postgres.binaries():
        with postgres.cluster(durable=True) as url:
            _in_a_process(
                "postgresql", url.replace("postgresql://", "postgresql+psycopg://"), members, questions
            )


if __name__ == "__main__":
    main()

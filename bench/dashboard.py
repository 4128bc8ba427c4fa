"""How long the manager's dashboard takes over 24 months, and how long the nightly count. Fails when a page is too slow
or the count differs from the forum's own counters.

python -m bench.dashboard                      # 20,000 questions and 200,000 posts over 24 months, SQLite and PostgreSQL
python -m bench.dashboard --engine sqlite --questions 2000 --posts 20000 --keep DIR
"""

from __future__ import annotations

import re
import tempfile
import time
from pathlib import Path
from typing import Any

import click
from sqlalchemy import event

from bench.dashboard_filling import DAYS, MANAGER, happen
from bench.filling import fill
from bench.pages import PASSWORD, ROOT, config_for
from tests import postgres

GOAL_MS = 400
PAGE = "/en/desk/dashboard"
TIDY = {"sqlite": "ANALYZE", "postgresql": "VACUUM ANALYZE"}
"""What an installation has done by itself before anybody opens the page: PostgreSQL by its autovacuum."""


def prepare(folder: Path, url: str | None, questions: int, posts: int) -> Any:
    """An application with a filled database."""
    from flask_migrate import upgrade

    from app import create_app
    from common.db import db

    app = create_app(config_for(folder, url))
    with app.app_context():
        from accounts.signin.joining import open_account

        upgrade(directory=str(ROOT / "migrations"))  # as an installation has it, to the last index
        fill(questions, posts, apart=max(1, DAYS * 24 * 60 // questions))
        open_account(MANAGER, "Manager", PASSWORD, "en")
        with db.engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE member SET role = 'manager' WHERE email_key = '{MANAGER}'")
        happen()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(TIDY[db.engine.dialect.name])
        db.session.remove()
    return app


def measure(app: Any, engine: str, times: int) -> bool:
    """Count everything anew, then ask for the page of each period; whether all were fast enough, and nothing differs."""
    from common.db import db
    from common.serving import settle_memory

    with app.app_context():
        from moderation.dashboard import recounting
        from moderation.dashboard.rules import PERIODS

        started = time.perf_counter()
        counted, differing = recounting.recount()
        click.echo(f"{engine}: {counted} questions counted anew in {time.perf_counter() - started:.1f} s, {differing} differ")  # fmt: skip
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(TIDY[db.engine.dialect.name])
        db.session.remove()
        statements = Timer(db.engine)
    client = _signed_in(app)
    settle_memory()  # as the server does
    paths = [f"{PAGE}?days={days}" for days in sorted(PERIODS)]
    paths += [
        f"{PAGE}?days=728&category=3",
        f"{PAGE}.csv?days=728",
        f"{PAGE}.json?days=728",
        f"{PAGE}/asked?days=728",
    ]
    slow = [path for path in paths if not _is_fast(client, path, times, statements)]
    return not slow and not differing


def _signed_in(app: Any) -> Any:
    client = app.test_client()
    page = client.get("/en/sign-in").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    client.post("/en/sign-in", data={"csrf_token": token.group(1) if token else "", "email": MANAGER, "password": PASSWORD})  # fmt: skip
    return client


def _is_fast(client: Any, path: str, times: int, statements: Timer) -> bool:
    assert client.get(path).status_code == 200, path
    took, used, statements.seconds = [], time.process_time(), 0.0
    for _ in range(times):
        started = time.perf_counter()
        client.get(path)
        took.append((time.perf_counter() - started) * 1000)
    took.sort()
    p50, p95 = took[len(took) // 2], took[min(len(took) - 1, round(len(took) * 0.95))]
    own, asked = (one * 1000 / times for one in (time.process_time() - used, statements.seconds))
    click.echo(f"{path:38} p50 {p50:4.0f} ms   p95 {p95:4.0f} of {GOAL_MS} ms   processor {own:4.0f} ms   in the database {asked:4.0f} ms" + ("" if p95 < GOAL_MS else "   TOO SLOW"))  # fmt: skip
    return p95 < GOAL_MS


class Timer:
    """How long statements take: on PostgreSQL that is the server's time, and what waits for it."""

    def __init__(self, engine: Any) -> None:
        self.seconds = self._since = 0.0
        event.listen(engine, "before_cursor_execute", self._begin)
        event.listen(engine, "after_cursor_execute", self._end)

    def _begin(self, *_args: Any) -> None:
        self._since = time.perf_counter()

    def _end(self, *_args: Any) -> None:
        self.seconds += time.perf_counter() - self._since


def run(folder: Path, url: str | None, questions: int, posts: int, times: int) -> bool:
    """Fill and measure on one engine."""
    app = prepare(folder, url, questions, posts)
    return measure(app, "postgresql" if url else "sqlite", times)


@click.command(epilog=__doc__.split("\n\n", 1)[1] if __doc__ else None)
@click.option("--questions", default=20_000, show_default=True)
@click.option("--posts", default=200_000, show_default=True)
@click.option("--times", default=30, show_default=True, help="How often each page is asked for.")
@click.option(
    "--engine", type=click.Choice(["both", "sqlite", "postgresql"]), default="both", show_default=True
)
@click.option("--keep", type=click.Path(file_okay=False), help="Leave the filled folder of SQLite there.")
def main(questions: int, posts: int, times: int, engine: str, keep: str | None) -> None:
    """Measure the dashboard; the exit code is 1 when a page is slower than its goal, or a question differs."""
    fast = []
    if engine in ("both", "sqlite"):
        with tempfile.TemporaryDirectory(prefix="fourmi-bench-") as made:
            folder = Path(keep or made)
            folder.mkdir(parents=True, exist_ok=not keep)
            fast.append(run(folder, None, questions, posts, times))
    if engine in ("both", "postgresql"):
        if postgres.binaries() is None:
            click.echo("PostgreSQL is not installed: not measured.")
        else:
            with (
                tempfile.TemporaryDirectory(prefix="fourmi-bench-") as made,
                postgres.cluster(durable=True) as url,
            ):
                fast.append(run(Path(made), url, questions, posts, times))
    raise SystemExit(0 if all(fast) else 1)


if __name__ == "__main__":
    main()

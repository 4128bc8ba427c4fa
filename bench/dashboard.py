"""How long the manager's dashboard takes over 24 months, and how long the nightly count.

python -m bench.dashboard                      # 20,000 questions and 200,000 posts over 24 months, SQLite
python -m bench.dashboard --questions 2000 --posts 20000 --keep DIR
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import click
from sqlalchemy import text as sql

from bench.filling import fill
from bench.pages import ROOT, config_for

MONTHS_24 = 728 * 24 * 60
GOAL_MS = 400


def _spread() -> None:
    """Answers come minutes to days after their question, and half of the questions have accepted one of them."""
    from common.db import db
    from common.unit_of_work import unit_of_work

    later = "datetime(published_at, '+' || ((id * 7919) % 97 * (id * 31 % 29) * (id % 3 + 1)) || ' minutes')"
    with unit_of_work():
        db.session.execute(sql(f"UPDATE post SET published_at = {later} || '.000000' WHERE kind = 'answer' AND {later} < datetime('now')"))  # fmt: skip
        db.session.execute(sql("UPDATE question SET accepted_answer_id = (SELECT min(id) FROM post WHERE question_id = question.id) WHERE help_state = 'solved'"))  # fmt: skip
        db.session.execute(sql("UPDATE question SET accepted_at = (SELECT datetime(published_at, '+90 minutes') || '.000000' FROM post WHERE id = accepted_answer_id) WHERE accepted_answer_id IS NOT NULL"))  # fmt: skip


def run(folder: Path, questions: int, posts: int, times: int) -> None:
    """Fill, count, and ask for the page of each period."""
    from flask_migrate import upgrade

    from app import create_app
    from common.db import db

    app = create_app(config_for(folder, None))
    with app.app_context():
        from accounts.signin.joining import open_account
        from moderation.dashboard import recounting
        from moderation.dashboard.rules import PERIODS

        upgrade(directory=str(ROOT / "migrations"))
        fill(questions, posts, apart=max(1, MONTHS_24 // questions))
        open_account("manager@bench.example", "Manager", "measured-with-patience", "en")
        with db.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE member SET role = 'manager' WHERE email_key = 'manager@bench.example'")  # fmt: skip
        _spread()
        started = time.perf_counter()
        counted, _differing = recounting.recount()
        click.echo(f"counted {counted} questions anew in {time.perf_counter() - started:.1f} s")
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
        db.session.remove()
    client = _signed_in(app)
    for days in sorted(PERIODS):
        _measure(client, f"/en/desk/dashboard?days={days}", times)
    for path in ("/en/desk/dashboard.csv?days=728", "/en/desk/dashboard/asked?days=728"):
        _measure(client, path, times)


def _signed_in(app):  # type: ignore[no-untyped-def]
    import re

    client = app.test_client()
    page = client.get("/en/sign-in").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    client.post(
        "/en/sign-in",
        data={
            "csrf_token": token.group(1) if token else "", "email": "manager@bench.example", "password": "measured-with-patience",
        },
    )  # fmt: skip
    return client


def _measure(client, path: str, times: int) -> None:  # type: ignore[no-untyped-def]
    assert client.get(path).status_code == 200, path
    took = []
    for _ in range(times):
        started = time.perf_counter()
        client.get(path)
        took.append((time.perf_counter() - started) * 1000)
    took.sort()
    p50, p95 = took[len(took) // 2], took[min(len(took) - 1, round(len(took) * 0.95))]
    mark = "" if p95 < GOAL_MS else f"   slower than {GOAL_MS} ms"
    click.echo(f"{path:44} p50 {p50:6.0f} ms   p95 {p95:6.0f} ms{mark}")


@click.command(epilog=__doc__.split("\n\n", 1)[1] if __doc__ else None)
@click.option("--questions", default=20_000, show_default=True)
@click.option("--posts", default=200_000, show_default=True)
@click.option("--times", default=30, show_default=True, help="How often each page is asked for.")
@click.option("--keep", type=click.Path(file_okay=False), help="Leave the filled folder there.")
def main(questions: int, posts: int, times: int, keep: str | None) -> None:
    """Measure the dashboard."""
    if keep:
        Path(keep).mkdir(parents=True)
        run(Path(keep), questions, posts, times)
        return
    with tempfile.TemporaryDirectory(prefix="fourmi-bench-") as folder:
        run(Path(folder), questions, posts, times)


if __name__ == "__main__":
    main()

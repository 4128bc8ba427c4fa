"""How fast the main pages are, beside a bare Flask route on the same server in the same run.

python -m bench.pages                       # 20,000 questions, 200,000 posts, SQLite and PostgreSQL
python -m bench.pages --questions 2000 --posts 20000 --engine sqlite --seconds 3
python -m bench.pages --growth              # how cost grows from 2,000 to 200,000 posts
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import click

from bench.client import Connection, Figures, measure, request
from bench.filling import fill
from common.config import Config, load, use_config
from tests import postgres

ROOT = Path(__file__).resolve().parent.parent
THREADS = 4
"""As `flask serve` has them by default; the bare route gets the same."""
PASSWORD = "measured-with-patience"
READER, WRITER = "reader@bench.example", "writer@bench.example"
"""A customer of a high rank reads. One of the team writes, whom no limit stops, and has the page with most on it."""
SEARCHES = (
    "drum water",
    "battery turbo",
    "pompe filtre",
    "error code display",
    "café vapeur",
    "wifi router update",
)


def config_for(folder: Path, url: str | None) -> Config:
    environment = {
        "FOURMI_MODE": "demo",
        "FOURMI_DATA_DIR": str(folder),
        "FOURMI_DATABASE_URL": url or f"sqlite:///{folder / 'bench.db'}",
        "FOURMI_WORKER": "outside",
    }
    os.environ.update(environment)
    config = load(environment)
    use_config(config)
    return config


def _prepare(config: Config, questions: int, posts: int) -> None:
    from flask_migrate import upgrade

    from app import create_app
    from common.db import db

    app = create_app(config)
    with app.app_context():
        from accounts.signin.joining import open_account
        from forum.search.index import rebuild

        upgrade(directory=str(ROOT / "migrations"))  # as an installation has it, to the last index
        fill(questions, posts)
        for who, role in ((READER, "member"), (WRITER, "agent")):
            open_account(who, who.partition("@")[0].title(), PASSWORD, "en")
            with db.engine.begin() as connection:
                connection.exec_driver_sql(
                    f"UPDATE member SET rank = 4, role = '{role}' WHERE email_key = '{who}'"
                )
        rebuild()
        # What autovacuum would do within a minute is done before, so that it does not run beside the first figures.
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE" if db.engine.dialect.name == "sqlite" else "VACUUM ANALYZE")
        db.session.remove()
        db.engine.dispose()


@contextlib.contextmanager
def _server(target: str, threads: int = THREADS) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "--factory", "--port", str(port), "--workers", "1",
        "--blocking-threads", str(threads), "--backpressure", "512", "--no-ws", "--log-level", "error", target,
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _sign_in(port: int, email: str = READER) -> str:
    """The cookie of a session, by the sign-in page like anybody's."""
    connection = Connection(port)
    jar: dict[str, str] = {}

    def ask(method: str, path: str, fields: dict[str, str] | None = None) -> bytes:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in jar.items())} if jar else {}
        status, head, body = connection.ask(
            request(method, path, headers, urlencode(fields or {}).encode() if fields else b"")
        )
        for name, value in re.findall(rb"(?i)set-cookie: ([^=]+)=([^;\r]*)", head):
            jar[name.decode()] = value.decode()
        if status >= 400:
            raise click.ClickException(f"{method} {path} gave {status}")
        return body

    page = ask("GET", "/en/sign-in").decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    ask(
        "POST",
        "/en/sign-in",
        {
            "csrf_token": token.group(1) if token else "",
            "email": email,
            "password": PASSWORD,
        },
    )
    ask("GET", "/en/")  # reads the greeting, as every browser does
    return "; ".join(f"{k}={v}" for k, v in jar.items())


def _target_path(port: int) -> str:
    """The address of the question with twenty answers."""
    status, head, _ = Connection(port).ask(request("GET", "/en/questions/1/x"))
    location = re.search(rb"(?i)location: ([^\r\n]+)", head)
    return location.group(1).decode() if status in (301, 302, 308) and location else "/en/questions/1/x"


def _answers(port: int, cookie: str, path: str, count: int) -> list[bytes]:
    page = Connection(port).ask(request("GET", path, {"Cookie": cookie}))[2].decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    made = []
    for number in range(count):
        fields = {
            "csrf_token": token.group(1) if token else "",
            "body": f"Measured answer number {number}, long enough to be a real one.",
        }
        made.append(
            request(
                "POST", f"/en/questions/{2 + number}/answers", {"Cookie": cookie}, urlencode(fields).encode()
            )
        )
    return made


def pages(port: int, reader: str, writer: str) -> dict[str, list[bytes]]:
    """The requests of each page, with the cookies of who reads and who writes."""
    question = _target_path(port)
    signed = {"Cookie": reader}
    return {
        "home": [request("GET", "/en/")],
        "list": [request("GET", "/en/questions/")],
        "question": [request("GET", question)],
        "search": [request("GET", "/en/search?" + urlencode({"q": words})) for words in SEARCHES],
        "home, signed in": [request("GET", "/en/", signed)],
        "list, signed in": [request("GET", "/en/questions/", signed)],
        "question, signed in": [request("GET", question, signed)],
        "question, for staff": [request("GET", question, {"Cookie": writer})],
        "post an answer": _answers(port, writer, question, 4000),
    }


def run(
    engine: str, url: str | None, questions: int, posts: int, seconds: float, connections: tuple[int, ...]
) -> list[dict]:
    """Fill, serve, measure; one row per page and number of connections."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="fourmi-bench-") as folder:
        _prepare(config_for(Path(folder), url), questions, posts)
        with _server("bench.bare:create_app") as bare_port, _server("app:create_served_app") as port:
            wanted = pages(port, _sign_in(port), _sign_in(port, WRITER))
            for count in connections:
                bare = _best(bare_port, [request("GET", "/")], count, seconds)
                rows.append(_row(engine, posts, "bare Flask route", count, bare, bare))
                for name, requests in wanted.items():
                    figures = measure(
                        port, requests, count, min(seconds, 3) if name.startswith("post") else seconds
                    )
                    rows.append(_row(engine, posts, name, count, figures, bare))
                    _print(rows[-1])
    return rows


def _best(port: int, requests: list[bytes], count: int, seconds: float) -> Figures:
    measure(port, requests, count, 1)
    return measure(port, requests, count, seconds)


def _row(engine: str, posts: int, page: str, connections: int, figures: Figures, bare: Figures) -> dict:
    return {
        "engine": engine, "posts": posts, "page": page, "connections": connections, "per_second": round(figures.rate),
        "p50_ms": round(figures.p50, 1), "p95_ms": round(figures.p95, 1), "p99_ms": round(figures.p99, 1),
        "errors": figures.errors, "of_bare": round(figures.rate / bare.rate, 2) if bare.rate else 0,
    }  # fmt: skip


def _print(row: dict) -> None:
    click.echo(
        f"{row['engine']:10} {row['posts']:>7} {row['page']:22} {row['connections']:>3} conn {row['per_second']:>6}/s "
        f"p50 {row['p50_ms']:>7} p95 {row['p95_ms']:>7} p99 {row['p99_ms']:>7} ms  {row['of_bare']:>5} of bare"
        + (f"  {row['errors']} errors" if row["errors"] else "")
    )


def table(rows: list[dict]) -> str:
    """The rows as a Markdown table."""
    head = [
        "engine",
        "posts",
        "page",
        "connections",
        "per_second",
        "p50_ms",
        "p95_ms",
        "p99_ms",
        "of_bare",
        "errors",
    ]
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(str(row[name]) for name in head) + " |" for row in rows])


@click.command(epilog=__doc__.split("\n\n", 1)[1] if __doc__ else None)
@click.option("--questions", default=20_000, show_default=True)
@click.option("--posts", default=200_000, show_default=True)
@click.option("--seconds", default=5.0, show_default=True, help="Length of each measurement.")
@click.option(
    "--engine", type=click.Choice(["both", "sqlite", "postgresql"]), default="both", show_default=True
)
@click.option(
    "--growth", is_flag=True, help="Measure 2,000, 20,000 and 200,000 posts on SQLite with one connection."
)
def main(questions: int, posts: int, seconds: float, engine: str, growth: bool) -> None:
    """Measure home, list, question, search and posting an answer."""
    rows: list[dict] = []
    if growth:
        for size in (2_000, 20_000, 200_000):
            rows += run("sqlite", None, size // 10, size, seconds, (1,))
    else:
        if engine in ("both", "sqlite"):
            rows += run("sqlite", None, questions, posts, seconds, (1, 16))
        if engine in ("both", "postgresql"):
            if postgres.binaries() is None:
                click.echo("PostgreSQL is not installed: not measured.")
            else:
                with postgres.cluster(durable=True) as url:
                    rows += run("postgresql", url, questions, posts, seconds, (1, 16))
    click.echo("\n" + table(rows) + "\n")
    click.echo(json.dumps(rows))


if __name__ == "__main__":
    main()

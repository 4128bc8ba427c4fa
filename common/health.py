"""Is all well? One list of checks, told to a machine (`GET /healthz`) and to a person (`flask doctor`)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click
from flask import Flask
from flask.cli import with_appcontext
from sqlalchemy import text

from common import audit, cli, jobs
from common.config import Misconfigured, current_config
from common.db import db
from common.unit_of_work import handlers_of, unit_of_work


@dataclass(frozen=True)
class Finding:
    """One check's result. ``advice`` says what to do when it is not well."""

    name: str
    well: bool
    detail: str
    advice: str = ""


Check = Callable[[], Finding]
_quick: dict[str, Check] = {}
_thorough: dict[str, Check] = {}


def check(name: str, quick: bool = False) -> Callable[[Check], Check]:
    """Register a check; the quick ones are also asked by `/healthz`."""

    def register(look: Check) -> Check:
        (_quick if quick else _thorough)[name] = look
        return look

    return register


def findings(quick: bool = False) -> list[Finding]:
    """Run the checks. A check that fails itself is a finding, never an exception."""
    chosen = dict(_quick) if quick else {**_quick, **_thorough}
    found = []
    for name, look in chosen.items():
        try:
            found.append(look())
        except Exception as error:
            db.session.rollback()
            found.append(
                Finding(
                    name, False, f"{type(error).__name__}: {str(error).splitlines()[0][:200]}", "See the log."
                )
            )
    return found


@check("database", quick=True)
def _database() -> Finding:
    db.session.execute(text("SELECT 1"))
    return Finding("database", True, db.engine.dialect.name)


@check("jobs", quick=True)
def _jobs() -> Finding:
    counts = jobs.counts()
    well = counts["late"] == 0
    detail = ", ".join(f"{number} {name}" for name, number in counts.items())
    return Finding("jobs", well, detail, "Is a worker running? Start one with: flask --app app worker")


@check("parked jobs")
def _parked() -> Finding:
    parked = jobs.counts()["parked"]
    return Finding(
        "parked jobs",
        parked == 0,
        f"{parked} parked",
        "Look with: flask --app app jobs parked; then: jobs retry",
    )


@check("migrations")
def _migrations() -> Finding:
    here, head = migration_state()
    return Finding(
        "migrations", here == head, f"at {here or 'none'}, newest {head}", "Run: flask --app app db upgrade"
    )


@check("audit trail")
def _audit() -> Finding:
    broken = audit.verify()
    return Finding(
        "audit trail",
        broken is None,
        "chain holds" if broken is None else f"broken at entry {broken}",
        "Restore from a backup and find out who wrote to the table.",
    )


def migration_state() -> tuple[str | None, str | None]:
    """The revision the database is at, and the newest one in the code."""
    from alembic.config import Config as AlembicConfig
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    alembic = AlembicConfig()
    alembic.set_main_option("script_location", str(current_root() / "migrations"))
    head = ScriptDirectory.from_config(alembic).get_current_head()
    with db.engine.connect() as connection:
        here = MigrationContext.configure(connection).get_current_revision()
    return here, head


def current_root():
    """The folder of the code."""
    from common.web import ROOT

    return ROOT


def init_app(app: Flask) -> None:
    """The address, the commands, and the guard against pending migrations in production."""

    @app.get("/healthz")
    def healthz() -> Any:
        found = findings(quick=True)
        well = all(finding.well for finding in found)
        body = {
            "status": "ok" if well else "failing",
            "checks": {f.name: {"ok": f.well, "detail": f.detail} for f in found},
        }
        if not well:
            body["reason"] = "; ".join(f"{f.name}: {f.detail}" for f in found if not f.well)
        return app.json.response(body), 200 if well else 503

    app.cli.add_command(doctor)
    app.cli.add_command(facts)
    app.cli.add_command(worker)
    jobs_group = cli.group(app, "jobs", "Look at work outside the request.")
    jobs_group.command("parked")(jobs_parked)
    jobs_group.command("retry")(jobs_retry)
    cli.group(app, "audit", "The trail of what the team and the system did.").add_command(audit_verify)
    if current_config().production:
        with app.app_context():
            here, head = migration_state()
        if here != head and not _is_mending():
            raise Misconfigured(
                f"Fourmi does not start:\n- The database is at {here}, the code needs {head}. Run: flask --app app db upgrade"
            )


def _is_mending() -> bool:
    """Whether somebody is about to find out, or to put it right."""
    return any(word in sys.argv[1:4] for word in ("db", "doctor", "--help"))


@click.command("doctor", epilog=cli.examples("flask --app app doctor"))
@with_appcontext
def doctor() -> None:
    """Explain the state of the installation: jobs, counters, clocks, migrations, index."""
    found = findings()
    for finding in found:
        cli.say(f"{'✓' if finding.well else '✗'} {finding.name}: {finding.detail}", finding.well)
        if not finding.well and finding.advice:
            click.echo(f"    → {finding.advice}")
    if not all(finding.well for finding in found):
        raise SystemExit(1)


@click.command(
    "verify",
    epilog=cli.examples("flask --app app audit verify", "flask --app app audit verify --expect HASH"),
)
@click.option(
    "--expect", default="", help="A hash that was written down elsewhere; the trail must contain it."
)
@with_appcontext
def audit_verify(expect: str) -> None:
    """Recompute the trail's chain. Prints its last hash: keep it elsewhere, and give it back with --expect."""
    trail = audit.examine(expect.strip())
    if trail.broken_at is not None:
        cli.say(f"Broken: entry {trail.broken_at} {trail.fault}.", good=False)
        sys.exit(1)
    cli.say(f"{trail.count} entries, the chain holds.", good=True)
    click.echo(trail.head)


@click.command("facts", epilog=cli.examples("flask --app app facts", "flask --app app facts > docs/facts.md"))
@with_appcontext
def facts() -> None:
    """Print who reacts to what happens, in the order of the reactions."""
    click.echo(facts_table(), nl=False)


def facts_table() -> str:
    """The table of facts and handlers as Markdown."""
    lines = [
        "# Facts and who reacts to them",
        "",
        "Made by `flask --app app facts`; a test keeps it current.",
        "",
        "| fact | reactions, in order |",
        "| --- | --- |",
    ]
    for fact, handlers in sorted(
        handlers_of().items(), key=lambda item: (item[0].__module__, item[0].__name__)
    ):
        if not handlers:
            continue
        told = "<br>".join(f"`{h.__module__}.{h.__name__}`" for h in handlers)
        lines.append(f"| `{fact.__module__.split('.')[0]}.{fact.__name__}` | {told} |")
    return "\n".join(lines) + "\n"


@click.command("worker", epilog=cli.examples("FOURMI_WORKER=outside flask --app app worker"))
@with_appcontext
def worker() -> None:
    """Run jobs and periodic work in this process until stopped."""
    import signal

    from flask import current_app

    runner = jobs.Worker(current_app._get_current_object())  # type: ignore[attr-defined]
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: runner.stop())
    click.echo("Worker running. Stop it with Ctrl+C.")
    runner.run()


def jobs_parked() -> None:
    """List the jobs that were given up, with their last error."""
    rows = db.session.scalars(
        db.select(jobs.Job).where(jobs.Job.parked_at.is_not(None)).order_by(jobs.Job.id)
    ).all()
    for row in rows:
        click.echo(f"{row.id}\t{row.kind}\t{row.payload}\t{row.last_error}")
    click.echo(f"{len(rows)} parked")


def jobs_retry() -> None:
    """Give every parked job another chance."""
    with unit_of_work():
        rows = db.session.scalars(db.select(jobs.Job).where(jobs.Job.parked_at.is_not(None))).all()
        for row in rows:
            row.parked_at, row.attempts = None, 0
    click.echo(f"{len(rows)} jobs go again")

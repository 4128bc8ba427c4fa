"""`flask digests`: build what is due in the foreground, with progress, or see what it would be."""

from __future__ import annotations

import click
from flask import Flask
from sqlalchemy import select

from accounts.digests import building
from accounts.digests.models import DigestRun
from accounts.digests.rules import HOUR, slot_of
from common import cli, clock
from common.db import db
from common.i18n import using_language


def init_app(app: Flask) -> None:
    """Add the commands."""
    digests = cli.group(app, "digests", "Letters that sum up what was not mailed on its own.")

    @digests.command(
        epilog=cli.examples(
            "flask --app app digests send",
            "flask --app app digests send --dry-run",
            "flask --app app digests send --dry-run --everybody",
        )
    )
    @click.option("--dry-run", is_flag=True, help="Write nothing; say how many would get suggestions.")
    @click.option("--everybody", is_flag=True, help="With --dry-run: as if everybody's morning came now.")
    @click.option(
        "--part",
        default=building.PART,
        show_default=True,
        type=click.IntRange(1, 5_000),
        help="Members at a time.",
    )
    def send(dry_run: bool, everybody: bool, part: int) -> None:
        """Build the digests of the coming hour, those of missed hours and what was cut. Repeating it adds nothing."""
        if everybody and not dry_run:
            raise click.UsageError("--everybody goes with --dry-run only.")
        with using_language("en"):
            _try(everybody, part) if dry_run else _send(part)

    @digests.command(epilog=cli.examples("flask --app app digests status"))
    def status() -> None:
        """The last runs that had something to do, and how far they have come."""
        query = select(DigestRun).where((DigestRun.looked_count > 0) | DigestRun.finished_at.is_(None))
        for run in db.session.scalars(query.order_by(DigestRun.slot_at.desc()).limit(20)):
            state = "done" if run.finished_at else f"at member {run.after_id}"
            cli.say(
                f"{run.slot_at:%Y-%m-%d %H:%M} UTC  {run.looked_count:>8} looked at  {run.written_count:>8} written  {state}",
                good=run.finished_at is not None,
            )


def _send(part: int) -> None:
    building.begin_due()
    looked = written = 0
    for run_id in building.unfinished_runs():
        run = db.session.get_one(DigestRun, run_id)
        slot, before, before_written = run.slot_at, run.looked_count, run.written_count
        total = building.count(building.whose_digest_is_due(slot))
        db.session.rollback()
        with click.progressbar(length=total, label=f"{slot:%d %b %H:%M} UTC") as bar:
            bar.update(before)
            done, seen = False, before
            while not done:
                progress = building.build_part(run_id, part)
                bar.update(progress.looked - seen)
                done, seen = progress.finished, progress.looked
        looked, written = looked + seen - before, written + progress.written - before_written
    cli.say(
        f"{looked} members looked at, {written} digests written. The worker sends them when they are due.",
        good=True,
    )


def _try(everybody: bool, part: int) -> None:
    slot = slot_of(clock.now()) + HOUR
    criterion = building.who_gets_digests() if everybody else building.whose_digest_is_due(slot)
    total, written, after, done = building.count(criterion), 0, 0, False
    db.session.rollback()
    with click.progressbar(length=total, label="Looking") as bar:
        while not done:
            progress = building.try_part(criterion, after, part)
            bar.update(progress.looked)
            written, after, done = written + progress.written, progress.after_id, progress.finished
    cli.say(f"{total} members, {written} with suggestions. Nothing was written.", good=True)

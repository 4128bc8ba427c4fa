"""``flask clocks check``: every clock recomputed from its events."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from common import cli
from moderation.incidents import promising
from moderation.targets.checking import faults, mend

group = AppGroup("clocks", help="The clocks of what was promised.")


@group.command("check", epilog=cli.examples("flask --app app clocks check --mend"))
@click.option(
    "--mend", "mending", is_flag=True, help="Set the moments the sweep looks at anew where they are wrong."
)
def check(mending: bool) -> None:
    """Recompute every clock from its events; ends with 1 when one says something else."""
    found = faults()
    for fault in found:
        click.echo(f"question {fault.question_id}, {fault.what}: {fault.said}; computed: {fault.computed}")
    if mending:
        click.echo(f"{mend()} clocks set anew")
        found = faults()
    of_incidents = list(promising.faults())
    for said in of_incidents:
        click.echo(said)
    click.echo(f"{len(found) + len(of_incidents)} faults")
    raise SystemExit(1 if found or of_incidents else 0)

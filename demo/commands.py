"""Commands of the demonstration, and the one that `make run` calls."""

from __future__ import annotations

import shutil
import socket

import click
from flask.cli import with_appcontext
from flask_migrate import downgrade, upgrade

from common import cli, health
from common.assets import ROOT
from common.config import current_config
from common.db import db
from common.serving import serve
from demo import content, loading


@click.command("load", epilog=cli.examples("flask --app app demo load"))
@with_appcontext
def load() -> None:
    """Fill an empty database with the demonstration brand. Does nothing where there are members.

    A load that was interrupted is thrown away and begun again.
    """
    if loading.was_interrupted():
        click.echo("The demonstration was loaded only in part: starting afresh.")
        db.session.remove()  # a reading transaction would go on seeing what was there
        downgrade(directory=str(ROOT / "migrations"), revision="base")
        upgrade(directory=str(ROOT / "migrations"))
    if not loading.is_empty():
        click.echo("There are members already: nothing was loaded.")
        return
    loading.begin()
    acts = loading.plan()
    with click.progressbar(acts, label="Loading the demonstration brand") as bar:
        loading.perform(bar)
    loading.finish()


@click.command("reset", epilog=cli.examples("flask --app app demo reset --yes"))
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def reset(yes: bool) -> None:
    """Throw away the local database, index, uploads and kept mails. Refuses anything but SQLite outside production."""
    config = current_config()
    if config.production or not config.database_url.startswith("sqlite"):
        raise click.ClickException("Only a local demonstration on SQLite can be reset.")
    if not yes:
        click.confirm(f"Delete everything in {config.data_dir}?", abort=True)
    db.session.remove()
    db.engine.dispose()
    shutil.rmtree(config.data_dir, ignore_errors=True)
    click.echo("Gone. The next `make run` starts afresh.")


@click.command("start", epilog=cli.examples("flask --app app start", "flask --app app start --port 8080"))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, envvar="PORT", help="Port to listen on.")
@click.pass_context
@with_appcontext
def start(context: click.Context, host: str, port: int) -> None:
    """Bring the database up to date, load the demonstration where it is empty, and serve."""
    _refuse_a_taken_port(host, port)
    here, head = health.migration_state()
    if here != head:
        upgrade(directory=str(ROOT / "migrations"))
    if not current_config().production and (loading.is_empty() or loading.was_interrupted()):
        context.invoke(load)
    _welcome(host, port)
    db.session.remove()
    db.engine.dispose()
    context.invoke(serve, host=host, port=port, processes=1, threads=8)


def _refuse_a_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise click.ClickException(f"Port {port} is taken. Choose another: make run PORT=8080") from None


def _welcome(host: str, port: int) -> None:
    click.echo()
    cli.say(f"Le Sentier is at http://{host}:{port}", good=True)
    if current_config().production:
        return
    click.echo(f"\nDemonstration accounts (invented people), password for all: {content.PASSWORD}")
    for key, work in (
        ("mireille", "customer who asks"),
        ("gerard", "super-user who answers"),
        ("walter", "newcomer, posts are read first"),
        ("jonas", "customer, in English"),
        ("nadia", "moderator"),
        ("camille", "agent, answers officially"),
        ("marc", "manager"),
        ("admin", "administrator; sees the mails at /fr/desk/outbox"),
    ):
        click.echo(f"  {key + '@demo.example':24} {work}")
    click.echo("\nStop with Ctrl+C.")

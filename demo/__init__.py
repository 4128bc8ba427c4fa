"""The demonstration: an invented brand whose community is filled by acting in it. Stands on all other packages.

``flask demo load`` fills an empty database, ``flask demo reset`` throws the local one away, ``flask start`` is
what `make run` calls.
"""

from __future__ import annotations

from flask import Flask

from common import cli


def init_app(app: Flask) -> None:
    """Add the commands."""
    from demo import commands  # late: it imports every package

    group = cli.group(app, "demo", help="The demonstration brand.")
    group.add_command(commands.load)
    group.add_command(commands.reset)
    app.cli.add_command(commands.start)

"""The command line: groups of the product's own commands, each with examples in its ``--help``."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup


def group(app: Flask, name: str, help: str) -> AppGroup:
    """A group of commands that run inside the application; asked for twice, the same group."""
    known = app.cli.commands.get(name)
    if isinstance(known, AppGroup):
        return known
    made = AppGroup(name, help=help)
    app.cli.add_command(made)
    return made


def examples(*lines: str) -> str:
    """The block of examples at the end of a command's help."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


def say(text: str, good: bool | None = None) -> None:
    """A line for a person: green when good, red when bad."""
    colour = {True: "green", False: "red", None: None}[good]
    click.echo(click.style(text, fg=colour) if colour else text)

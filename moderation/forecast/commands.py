"""``flask forecast …``: the rules as a file, and what others would have done with the history of this site."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
from flask import Flask

from common import cli, settings
from common.errors import Invalid
from moderation.calendars import contents
from moderation.calendars.reading import overlapping
from moderation.escalation.rules import STAGES
from moderation.forecast import queries, ruleset, running
from moderation.forecast.rules import SHARES, needed
from moderation.routing.rules import circle


def init_app(app: Flask) -> None:
    """Add the group to the command line."""
    group = cli.group(app, "forecast", "What other rules would have done with the history.")
    group.command("rules", epilog=cli.examples("flask --app app forecast rules > rules.json"))(rules)
    group.command("run", epilog=cli.examples("flask --app app forecast run --days 30 --rules rules.json"))(
        run
    )


def rules() -> None:
    """The rules in force as JSON, to be changed and given to `run`."""
    click.echo(json.dumps(ruleset.in_force(), indent=1, ensure_ascii=False))


@click.option("--days", type=click.IntRange(1, 366), default=30, show_default=True, help="Days of history.")
@click.option(
    "--rules", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Other rules, as `rules` writes them."
)  # fmt: skip
def run(days: int, file: Path | None) -> None:
    """Play the last days of the history under the rules in force and under those of a file. Changes nothing.

    Imported questions count like any other. One line of JSON comes last; the forecast stands on the desk as well.
    """
    old = ruleset.in_force()
    new = _read(file, old) if file is not None else old
    made = running.begin_between(None, old, new, days, "file", None, {"title": [file.name if file else ""]})
    total = running.load(made).total_count
    with click.progressbar(length=max(total, 1), label="Forecast", file=sys.stderr) as bar:
        result = running.play_now(made, bar.update).result
    for line in told(result):
        click.echo(line)
    click.echo(json.dumps(result, ensure_ascii=False))


def _read(file: Path, old: ruleset.Content) -> ruleset.Content:
    """Rules of a file; parts that it leaves out are those in force."""
    try:
        typed = json.loads(file.read_text())
        unknown = sorted(set(typed) - set(old))
        if unknown:
            raise ValueError(f"unknown parts: {', '.join(unknown)}")
        read = {**old, **typed, "settings": {**old["settings"], **typed.get("settings", {})}}
        for key, value in typed.get("settings", {}).items():
            _check_setting(key, value)
        for calendar in read["calendars"].values():
            contents.read(calendar)
            if overlapping(calendar["week"]):
                raise ValueError("the hours of a calendar overlap")
        if ruleset.USUAL not in read["calendars"]:
            raise ValueError(f"the usual calendar is missing: its key is {ruleset.USUAL!r}")
        known = ruleset.Rules(read)
        if any(circle({team.id: team.overflow_id for team in known.teams}, team.id) for team in known.teams):
            raise ValueError("teams help each other in a circle")
        if not any(one.is_open for _id, one in known.filters):
            raise ValueError("one policy must have no conditions")
        return read
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise click.ClickException(f"These rules cannot be read: {error}") from error


def _check_setting(key: str, value: Any) -> None:
    if key not in ruleset.KEYS:
        raise ValueError(f"unknown setting: {key}")
    try:
        settings.checked(key, value)
    except Invalid as invalid:
        raise ValueError(f"{key}: {invalid.fields[key]}") from invalid


def told(result: dict[str, Any]) -> list[str]:
    """The figures for a person."""
    old, new = result["old"], result["new"]
    lines = [f"{new['questions']} questions", f"{'stage':<34}{'now':>9}{'then':>9}{'answered anyway':>18}"]
    for stage in STAGES:
        was, will = old["stages"][stage.value], new["stages"][stage.value]
        name = f"{stage.value} {queries.STAGE_NAMES[stage]}"
        lines.append(f"{name:<34}{was['reached']:>9}{will['reached']:>9}{sum(will['peers'][:-1]):>18}")
    for team in sorted(new["agents"], key=int):
        counts = ", ".join(f"{share} %: {needed(new['agents'][team], share) or '-'}" for share in SHARES)
        lines.append(f"team {team}: {new['teams'][team]['cases']} cases; agents to keep {counts}")
    for team, waits in sorted(new["desk"].items(), key=lambda one: int(one[0])):
        named = waits["wanted"] - waits["never"]
        lines.append(
            f"team {team}: {named} of {waits['wanted']} named an agent, nine in ten within {waits['most_of'] or '-'} minutes"
        )
    return lines

"""``flask products …``: the catalogue and the purchases, from the command line."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask

from common import cli
from common.errors import Invalid
from common.i18n import using_language
from forum.catalogue import filling, importing
from forum.catalogue.filling import Report
from forum.catalogue.rules import PRODUCT_COLUMNS, Fault, ImportKind
from forum.catalogue.wording import FAULTS

_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_DRY_RUN = click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")


def init_app(app: Flask) -> None:
    """Put the commands on the application."""
    group = cli.group(app, "products", help="The catalogue of products, and who bought what.")

    @group.command(
        "import",
        epilog=cli.examples(
            "flask --app app products import catalogue.csv --dry-run",
            "flask --app app products import new-products.csv --partial",
        ),
    )
    @_FILE
    @_DRY_RUN
    @click.option("--partial", is_flag=True, help="Products that are not in the file stay as they are.")
    @click.option("--force", is_flag=True, help="Also when most of the catalogue would vanish.")
    def import_products(file: Path, dry_run: bool, partial: bool, force: bool) -> None:
        """Take the catalogue from a CSV file. Lines are known by their key; what the file lacks retires."""
        _run(file, ImportKind.PRODUCTS, dry_run, complete=not partial, careful=not force)

    @group.command(
        "purchases", epilog=cli.examples("flask --app app products purchases orders.csv --dry-run")
    )
    @_FILE
    @_DRY_RUN
    def import_purchases(file: Path, dry_run: bool) -> None:
        """Take purchases from a CSV file: product, and email_sha256 (or email, or member); bought_on, withdrawn."""
        _run(file, ImportKind.OWNERS, dry_run)

    import_products.help = f"{import_products.help}\n\nColumns: {', '.join(PRODUCT_COLUMNS)}."


def _run(file: Path, kind: ImportKind, dry_run: bool, complete: bool = False, careful: bool = False) -> None:
    with using_language("en"):
        try:
            text, total, _gone = importing.checked(file.read_bytes(), kind, complete and careful)
        except Invalid as bad:
            raise click.ClickException(str(next(iter(bad.fields.values())))) from bad
        with click.progressbar(length=total, label="Reading") as bar:
            report = importing.run(
                text, kind, complete=complete, dry_run=dry_run,
                progress=lambda done: bar.update(done - bar.pos),
            )  # fmt: skip
        _tell(report, dry_run)


def _tell(report: Report, dry_run: bool) -> None:
    for number, key, fault in report.faults:
        cli.say(f"line {number} ({key}): {FAULTS[Fault(fault)]}", good=False)
    cli.say(
        f"{'Would be' if dry_run else 'Done'}: {report.added} added, {report.changed} changed, {report.same} as before, "
        f"{report.retired} retired, {report.fault_count} left out. {filling.active_count()} products are active.",
        good=not report.fault_count,
    )

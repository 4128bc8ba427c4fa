"""How long a pool of 100,000 codes takes to come in from a CSV file, how much memory it needs, and what is told of bad lines.

python -m bench.codes                                   # 100,000 codes, SQLite and PostgreSQL
python -m bench.codes --codes 5000 --engine sqlite
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import click

from tests import postgres
from tests.conftest import test_config

BAD = ("WITH-CYRILLIC-А1", "x" * 60)
"""Of every thousand lines: a letter that only looks like ours, too long; and one that was there before."""


def _file(folder: Path, codes: int) -> tuple[Path, int, int]:
    """A CSV file; returns (its path, good lines, lines to be refused)."""
    path, bad = folder / "codes.csv", 0
    with path.open("w", encoding="utf-8") as out:
        out.write("code\n")
        for n in range(codes):
            out.write(f"POOL {n:08d}\n")
            if n % 1000 == 999:
                out.write("\n".join([*BAD, f"pool-{n:08d}"]) + "\n")
                bad += len(BAD) + 1
    return path, codes, bad


def measure(url: str, folder: Path, codes: int) -> dict[str, Any]:
    """One engine: the import by the command, then the same file again."""
    from app import create_app
    from common.db import db
    from common.permissions import SYSTEM
    from rewards.promotions import offering
    from rewards.promotions.rules import PromotionKind

    path, good, bad = _file(folder, codes)
    app = create_app(test_config(folder, url))
    with app.app_context():
        db.create_all()
        offering.offer_promotion(
            SYSTEM, offering.Offer("pool", PromotionKind.AMOUNT, 500, "Lot", "Pool", 100)
        )
        db.session.remove()
    told: dict[str, Any] = {"codes": good, "bad lines": bad}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for name in ("first", "again"):
        begin, work = time.perf_counter(), time.process_time()
        result = app.test_cli_runner().invoke(args=["promotions", "import-codes", "pool", str(path)])
        told[f"{name} s"] = round(time.perf_counter() - begin, 1)
        told[f"{name} cpu s"] = round(time.process_time() - work, 1)
        told[f"{name} said"] = result.output.splitlines()[-1] if result.output else repr(result.exception)
        if name == "first":
            told["more memory MB"] = round(
                (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
            )
            click.echo(result.output[:600])
    with app.app_context():
        left, total = offering.stock(1)
        told["in stock"] = left
        db.session.remove()
        db.engine.dispose()
    click.echo(json.dumps(told))
    if (left, total) != (good, good):
        raise SystemExit("codes are missing, or too many")
    return told


@click.command()
@click.option("--codes", default=100_000, show_default=True)
@click.option(
    "--engine", type=click.Choice(["sqlite", "postgresql", "both"]), default="both", show_default=True
)
def main(codes: int, engine: str) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="fourmi-bench-", dir=os.environ.get("TMPDIR")) as folder:
        if engine in ("sqlite", "both"):
            measure(f"sqlite:///{folder}/codes.db", Path(folder), codes)
        if engine in ("postgresql", "both"):
            with contextlib.ExitStack() as stack:
                measure(stack.enter_context(postgres.cluster()), Path(folder), codes)


if __name__ == "__main__":
    main()

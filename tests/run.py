"""`make test`: the suite on PostgreSQL where it is installed, then all of it on SQLite; pytest has the last line."""

from __future__ import annotations

import os
import subprocess
import sys

from tests import postgres

DATABASE_SUITES = [
    "tests/common", "tests/accounts", "tests/forum", "tests/rewards", "tests/moderation", "tests/escalation",
    "tests/search", "tests/finding", "tests/guides", "tests/asking", "tests/products", "tests/reading", "tests/states",
    "tests/importers", "tests/flows", "tests/races",
    "tests/web/test_every_route.py", "tests/web/test_forum_queries.py", "tests/web/test_forum_read_rule.py",
    "tests/web/test_forum_forms.py", "tests/web/test_discovery.py", "tests/web/test_helping.py",
    "tests/web/test_people_pages.py",
]  # fmt: skip
"""Everything whose outcome the database decides. Of the pages, those that walk every address, every read and every
statement: what the others look at is words and shapes, the same whatever stores them."""


def _pytest(arguments: list[str], **environment: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "pytest", *arguments], env={**os.environ, **environment}, check=False
    ).returncode


def main() -> int:
    """Run both; the exit code is the first that is not zero."""
    # Two for each core: a test spends nearly half of its time waiting for a database, a browser or a server.
    processes = str(min(6, 2 * (os.cpu_count() or 1)))
    parallel = ["-n", processes, "--dist", "loadfile", "--no-loadscope-reorder"]
    extra = [*parallel, *sys.argv[1:]]
    codes = []
    if postgres.binaries() is None:
        if "postgresql" in os.environ.get("FOURMI_REQUIRE", ""):
            print("PostgreSQL is required here and not installed.")
            return 1
        print("PostgreSQL is not installed: skipped its run, the suite runs on SQLite only.")
    else:
        print("— the database suite on PostgreSQL —", flush=True)
        with postgres.cluster() as url:
            suites = [suite for suite in DATABASE_SUITES if os.path.exists(suite)]
            codes.append(_pytest(["-q", *suites, *extra], FOURMI_TEST_DATABASE_URL=url))
    print("— everything on SQLite —", flush=True)
    codes.append(_pytest(["-q", "-rs", "tests", *extra]))
    return next((code for code in codes if code), 0)


if __name__ == "__main__":
    sys.exit(main())

"""`make test`: the suite on PostgreSQL where it is installed, then all of it on SQLite; pytest has the last line."""

from __future__ import annotations

import os
import subprocess
import sys

from tests import postgres

DATABASE_SUITES = [
    "tests/common", "tests/accounts", "tests/forum", "tests/rewards", "tests/moderation", "tests/escalation",
    "tests/search", "tests/finding", "tests/guides", "tests/asking", "tests/products", "tests/reading", "tests/states",
    "tests/importers", "tests/flows", "tests/races", "tests/web", "tests/delegation", "tests/reviews", "tests/terms",
    "tests/masks", "tests/desk", "tests/entrusted", "tests/triage", "tests/trials", "tests/outside", "tests/listening",
    "tests/dashboard", "tests/forecast", "tests/outbreaks", "tests/experts",
]  # fmt: skip
BRIEF_SUITES = [
    "tests/common/test_migrations.py", "tests/common/test_jobs.py", "tests/common/test_unit_of_work.py",
    "tests/common/test_direct.py", "tests/rewards/test_ledger_stateful.py", "tests/rewards/test_promotions.py",
    "tests/flows", "tests/races",
]  # fmt: skip
"""With `FOURMI_BRIEF=1` only these run on PostgreSQL: migrations, jobs, direct statements, the ledger, coupons,
the five paths, races."""

LEFT_OUT_IN_BRIEF = [
    "tests/demo/test_demonstration.py::test_a_load_that_was_killed_begins_again",
    "tests/faults/test_idle.py::test_a_server_outlives_its_idle_threads",
    "tests/data/test_import_sets.py::test_a_stack_exchange_set_comes_in_whole[se-beer-earlier]",
    "tests/browser/test_phone.py::test_every_page_there_is_fits_320_pixels",
    "tests/faults/test_restart.py::test_two_restarts_fail_no_request",
    "tests/escalation/test_replay.py::test_a_real_history_can_be_played",
    "tests/data/test_import_sets.py::test_the_later_beer_over_the_earlier_ends_like_the_later_alone",
    "tests/data/test_import_sets.py::test_the_thunderbird_forum_comes_in_whole",
    "tests/search/test_bench_search.py::test_a_run_ends_with_one_line_of_json",
]
"""A quarter of a minute to a minute each."""


def _pytest(arguments: list[str], **environment: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "pytest", *arguments], env={**os.environ, **environment}, check=False
    ).returncode


def main() -> int:
    """Run both; the exit code is the first that is not zero."""
    # One more than there are cores: some wait for a database, a browser or a server.
    processes = str(min(6, 1 + (os.cpu_count() or 1)))
    parallel = ["-n", processes, "--dist", "loadfile", "--no-loadscope-reorder"]
    extra = [*parallel, *sys.argv[1:]]
    codes = []
    brief = bool(os.environ.get("FOURMI_BRIEF"))
    fewer = {"FOURMI_LEDGER_EXAMPLES": "12"} if brief else {}
    if postgres.binaries() is None:
        if "postgresql" in os.environ.get("FOURMI_REQUIRE", ""):
            print("PostgreSQL is required here and not installed.")
            return 1
        print("PostgreSQL is not installed: skipped its run, the suite runs on SQLite only.")
    else:
        print(
            f"— the database suite on PostgreSQL{', briefly (FOURMI_BRIEF=1)' if brief else ''} —", flush=True
        )
        with postgres.cluster() as url:
            wanted = BRIEF_SUITES if brief else DATABASE_SUITES
            suites = [suite for suite in wanted if os.path.exists(suite)]
            codes.append(_pytest(["-q", *suites, *extra], FOURMI_TEST_DATABASE_URL=url, **fewer))
    print("— everything on SQLite —", flush=True)
    left_out = [f"--deselect={name}" for name in LEFT_OUT_IN_BRIEF] if brief else []
    codes.append(_pytest(["-q", "-rs", "tests", *left_out, *extra]))
    return next((code for code in codes if code), 0)


if __name__ == "__main__":
    sys.exit(main())

"""The demonstration acts through the product, so loading it is a test of the whole; killed in the middle, it begins again."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.conftest import demonstration_environment

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def flask(tmp_path):
    """Run the product's commands on a folder of its own."""

    def run(*arguments: str, wait: bool = True, folder: Path = tmp_path):
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "app", *arguments], cwd=ROOT,
            env=demonstration_environment(folder),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        if not wait:
            return process
        out, _ = process.communicate(timeout=240)
        assert process.returncode == 0, out
        return out

    return run


def counts(folder):
    engine = create_engine(f"sqlite:///{folder / 'fourmi.db'}")
    with engine.connect() as connection:
        return {
            name: connection.execute(text(query)).scalar_one()
            for name, query in {
                "members": "SELECT count(*) FROM member",
                "published": "SELECT count(*) FROM post WHERE state = 'published'",
                "held": "SELECT count(*) FROM post WHERE state = 'held'",
                "solved": "SELECT count(*) FROM question WHERE help_state = 'solved'",
                "entries": "SELECT count(*) FROM ledger_entry",
                "codes": "SELECT count(*) FROM coupon",
                "by a provider": "SELECT count(*) FROM review_decision JOIN agency_seat ON member_id = actor_id",
                "teams at work": "SELECT count(DISTINCT team_id) FROM case_desk JOIN support_case ON support_case.id = case_id",
                "put right": "SELECT count(*) FROM appeal WHERE state = 'overturned'",
            }.items()
        }


def test_the_demonstration_loads_and_all_is_well_afterwards(flask, demonstration):
    found = counts(demonstration)
    assert found["held"] == 2
    assert found["solved"] >= 12
    assert found["published"] > 55
    assert found["entries"] > 60
    assert found["codes"] == 160
    assert found["by a provider"] >= 4 and found["put right"] == 1
    assert found["teams at work"] >= 3, "the board by team has something to show"
    assert "nothing was loaded" in flask("demo", "load", folder=demonstration)
    assert counts(demonstration) == found
    flask("search", "rebuild", folder=demonstration)
    said = flask("doctor", folder=demonstration).splitlines()
    without_a_worker = ("✗ clocks:", "✗ jobs:")
    assert not [line for line in said if "✗" in line and not line.startswith(without_a_worker)]
    assert any("jobs:" in line and "0 failing, 0 parked" in line for line in said)
    flask("ledger", "verify", folder=demonstration)


def test_a_load_that_was_killed_begins_again(flask, tmp_path):
    flask("db", "upgrade")
    process = flask("demo", "load", wait=False)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and counts(tmp_path)["published"] < 5:
        time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert "in part" in flask("demo", "load")
    assert counts(tmp_path)["solved"] >= 12

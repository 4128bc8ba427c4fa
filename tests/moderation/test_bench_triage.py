"""The measure of the filters runs from end to end on a small folder, and says always the same things."""

import json
import random

import pytest
from click.testing import CliRunner

from bench import triage

GOOD = (
    "The pump hums at night and the filter is clean",
    "How do I open the hatch of the dryer",
    "Thank you, it was the hose",
)
BAD = (
    "WIN a free prize, call now",
    "Cheap pills at https://pills.example today",
    "Claim your reward, send your card",
)
KEYS = {"data", "review_load", "folds", "sets", "languages", "personal_data", "screening_ms"}
OF_A_SET = {
    "language", "model", "texts", "bad", "ordinary", "precision_at_load", "best_possible", "recall_at_load", "auc",
    "held_at_95", "precision_at_95", "false_positives_ordinary",
}  # fmt: skip
OF_PERSONAL_DATA = {
    "lines", "recall", "recall_fr", "recall_en", "recall_by_kind", "harmless_lines", "false_positives", "examples_missed",
    "examples_alarmed",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """A set of messages and one of tweets in French, made up."""
    chance = random.Random(3)
    lines = [f"{chance.choice((*GOOD, *BAD))} {n}" for n in range(80)]
    (tmp_path / "sms").mkdir()
    (tmp_path / "sms" / "sms.tsv").write_text(
        "".join(f"{'spam' if one.startswith(BAD) else 'ham'}\t{one}\n" for one in lines)
    )
    (tmp_path / "tweets").mkdir()
    tweets = "".join(
        f"{n},Tu es {'nul' if n % 2 else 'gentil'} {n},{'hateful' if n % 2 else 'normal'}\n"
        for n in range(60)
    )
    (tmp_path / "tweets" / "fr_dev.csv").write_text("HITId,tweet,sentiment\n" + tweets)
    return tmp_path


def test_a_run_ends_with_one_line_of_json_that_says_the_same_things(folder):
    done = CliRunner().invoke(triage.main, [str(folder), "--lines", "2"], catch_exceptions=False)
    assert done.exit_code == 0
    found = json.loads(done.stdout.strip().splitlines()[-1])
    assert set(found) == KEYS
    assert set(found["languages"]) == {"en", "fr"}, "French beside English"
    assert set(found["sets"]) == {"sms", "tweets/fr"}
    for one in found["sets"].values():
        assert set(one) >= OF_A_SET, OF_A_SET - set(one)
    assert found["sets"]["sms"]["auc"] > 0.9, "what is plain is found"
    assert set(found["personal_data"]) == OF_PERSONAL_DATA
    assert set(found["screening_ms"]) == {"watched_words", "p50", "p95", "max"}

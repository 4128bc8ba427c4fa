"""The charter that decisions quote holds every clause they can quote."""

from __future__ import annotations

import pytest

from moderation.review.rules import CLAUSES


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_clause_a_decision_can_name_stands_in_the_charter(client, language):
    page = client.get(f"/{language}/charter").get_data(as_text=True)
    missing = [
        clause for clause in CLAUSES.values() if f'id="rule-{clause.replace(".", "-")}">{clause}<' not in page
    ]
    assert missing == []

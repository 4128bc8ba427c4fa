"""The documentation that is made from the code is current, and links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

from common.health import facts_table

ROOT = Path(__file__).resolve().parent.parent


def test_the_table_of_facts_is_current(app):
    """Renew it with: flask --app app facts > docs/facts.md"""
    assert (ROOT / "docs" / "facts.md").read_text() == facts_table()


def test_links_in_the_documents_lead_somewhere():
    lost = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
            if not target.startswith(("http", "mailto:", "/")) and not (page.parent / target).exists():
                lost.append((str(page.relative_to(ROOT)), target))
    assert not lost


def test_the_help_of_make_lists_every_command():
    makefile = (ROOT / "Makefile").read_text()
    for name in ("run", "test", "sure", "bench", "demo", "reset"):
        assert re.search(rf"^{name}:.*## ", makefile, re.M)

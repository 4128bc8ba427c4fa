"""Every page of the team's desk in Chromium."""

from __future__ import annotations

import pytest

from tests.browser.looking import DESK, look
from tests.browser.serve import PAGES


@pytest.mark.parametrize("name", DESK)
def test_a_page_of_the_desk_is_faultless_at_every_width_theme_and_language(name, site, seat):
    assert name in PAGES
    look(name, site, seat)

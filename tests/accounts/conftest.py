"""What tests of accounts share: origins, mailed secrets, members with passwords."""

from __future__ import annotations

import re

import pytest

from accounts.members.queries import by_email
from accounts.signin import joining
from accounts.signin.joining import SignUp
from accounts.signin.sessions import Origin
from common import clock
from tests.conftest import START

GOOD = "correct horse battery"
BETTER = "staple of the purple cow"
HERE = Origin("192.0.2.10", "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0")
THERE = Origin("198.51.100.20", "Mozilla/5.0 (Windows NT 10.0) Chrome/120.0")


@pytest.fixture(autouse=True)
def _on_a_monday(app):
    clock.travel(START)


@pytest.fixture
def secret_of(outbox):
    """The secret in the last mail to an address; the page it opens must be the one named."""

    def read(to: str, page: str = "") -> str:
        mails = [mail for mail in outbox() if mail["To"] == to]
        assert mails, f"no mail to {to}"
        text = mails[-1].get_body(preferencelist=("plain",)).get_content()
        found = re.search(rf"https?://\S*/{page}\S*?([A-Za-z0-9_-]{{43}})", text)
        assert found, text
        return found.group(1)

    return read


@pytest.fixture
def join(drain, secret_of):
    """A member who signed up by the front door; returns their id."""

    def make(
        email: str = "gina@example.com", name: str = "Gina B.", password: str = GOOD, origin: Origin = HERE
    ) -> int:
        claim = joining.sign_up(SignUp(email, name, password, "en"), origin)
        drain()
        joining.confirm(secret_of(email, "confirm"), origin, claim)
        return by_email(email).id

    return make


@pytest.fixture
def with_password(app):
    """Give a member of the cast a password."""
    from accounts.signin.passwords import set_password

    def give(actor, password: str = GOOD) -> str:
        set_password(actor.member_id, password)
        return f"{actor.display_name.lower()}@example.com"

    return give

"""Passkeys in a real browser, with a device of Chromium's own: made in the settings, used to come in, offered in the
field of the address, gone when removed; and what a browser without scripts reads."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Watch
from tests.browser.looking import RULES, RUN, WIDE

DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def at_home(site, visit):
    """``at_home(path, who)`` → a page under the name that passkeys are made for, with a device that holds some."""
    home = site.address.replace("127.0.0.1", "localhost")

    def go(path: str, who: str = "", held=(), offers: bool = True, verified: bool = True, **more):
        page = visit(**more)
        page.home, page.watch = home, Watch(page, home)
        tools = page.context.new_cdp_session(page)
        tools.send("WebAuthn.enable")
        device = {
            "authenticatorId": tools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})[
                "authenticatorId"
            ]
        }
        for key in held:
            tools.send("WebAuthn.addCredential", device | {"credential": key})
        page.verify = lambda yes: tools.send("WebAuthn.setUserVerified", device | {"isUserVerified": yes})
        page.verify(verified)
        if not offers:
            page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
        page.keys = lambda: tools.send("WebAuthn.getCredentials", device)["credentials"]
        if who:
            page.context.add_cookies([{"name": "session", "value": site.facts["cookies"][who], "url": home}])
        page.goto(home + path)
        return page

    return go


def test_a_passkey_from_the_settings_to_the_sign_in_page_and_away_again(at_home, axe_source):
    mine = at_home("/en/settings/passkeys", "sam", width=390)
    mine.get_by_role("button", name="Add a passkey").click()
    mine.get_by_role("heading", name="Now your device").wait_for()
    mine.evaluate(axe_source)
    assert mine.evaluate(WIDE) == [] and mine.evaluate(RUN, RULES) == []
    mine.get_by_label("Name").fill("The desk")
    mine.get_by_role("button", name="Make the passkey").click()
    mine.get_by_text("Your passkey is added").wait_for()
    keys = mine.keys()
    assert len(keys) == 1 and keys[0]["rpId"] == "localhost" and keys[0]["isResidentCredential"]
    mine.get_by_role("button", name="Add a passkey").click()
    mine.get_by_role("button", name="Make the passkey").click()
    mine.get_by_text("This device has a passkey for your account already.").wait_for()

    offered = at_home("/en/sign-in?next=/en/desk/escalations", held=keys)
    offered.wait_for_url(offered.home + "/en/desk/escalations")
    pressed = at_home(
        "/en/sign-in?next=/en/settings/passkeys", held=offered.keys(), offers=False, verified=False
    )
    pressed.get_by_role("button", name="Use a passkey").click()
    pressed.get_by_text("No passkey was used. Try again, or come in another way.").wait_for()
    pressed.verify(True)
    pressed.get_by_role("button", name="Use a passkey").click()
    pressed.wait_for_url(pressed.home + "/en/settings/passkeys")

    mine.goto(mine.url)
    mine.get_by_role("button", name="Remove the passkey: The desk").click()
    mine.get_by_text("The passkey is removed.").wait_for()
    late = at_home("/en/sign-in", held=pressed.keys())
    late.get_by_text("We do not recognise this passkey.").wait_for()
    for page in (mine, offered, pressed):
        assert page.watch.faults == []


def test_without_scripts_the_pages_say_what_works_instead(at_home):
    """The driver switches scripts off too late for ``noscript`` to be drawn; what stands in it is read."""
    page = at_home("/en/sign-in", java_script_enabled=False)
    assert "Passkeys need scripts in your browser. The other ways in work without." in page.content()
    assert not page.get_by_role("button", name="Use a passkey").is_visible()
    page = at_home("/en/settings/passkeys", "sam", java_script_enabled=False)
    assert "A second factor with codes works without." in page.content()

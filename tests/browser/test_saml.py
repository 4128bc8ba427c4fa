"""Sign-in by SAML in a real browser: its rules about cookies decide whether an answer posted from another site arrives."""

from __future__ import annotations

import html

from tests.accounts import saml_house
from tests.accounts.saml_house import Says, asked, posted, sign


def test_an_answer_posted_from_another_site_finds_the_browser_that_asked(site, visit, monkeypatch):
    private, certificate = site.facts["house"]
    monkeypatch.setattr(saml_house, "keys", lambda _name: (private.encode(), certificate))
    home = site.address.replace("127.0.0.1", "localhost")

    def answer(route) -> None:
        request = asked(route.request.url)
        said = Says(request["id"], request["to"], request["issuer"])
        sent = {"SAMLResponse": posted(said.response(sign(said.assertion()))), "RelayState": request["state"]}
        fields = "".join(
            f'<input name="{name}" value="{html.escape(value)}">' for name, value in sent.items()
        )
        page = f'<form method="post" action="{request["to"]}">{fields}<button>Back</button></form>'
        route.fulfill(body=page, content_type="text/html")

    page = visit()
    page.route("https://staff.example.com/**", answer)
    page.goto(f"{home}/en/sign-in")
    page.get_by_role("link", name="Continue with Staff account").click()
    page.get_by_role("button", name="Back").click()
    page.wait_for_url(f"{home}/en/welcome")
    assert page.locator("#display_name").input_value() == "Walter Dupont"

"""Sign-in through the brand's accounts: the good flows, every bad one refused, and who becomes whom."""

from __future__ import annotations

import dataclasses
import hmac
import json
import re
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws, jwt
from joserfc.jwk import OctKey, OKPKey, RSAKey
from sqlalchemy import func, select

from accounts.closing.closing import close_account
from accounts.members.models import Member
from accounts.members.roles import give_role
from accounts.signin.models import MemberSession
from accounts.singlesignon import arriving, asking, connecting, discovery, jobs, providers
from accounts.singlesignon.asking import Answer
from accounts.singlesignon.failing import Failed
from accounts.singlesignon.models import Identity, SpentTicket
from accounts.singlesignon.queries import connections_of
from accounts.singlesignon.rules import Told, unpadded
from common import clock, config
from common.audit import AuditEntry
from common.config import Misconfigured
from common.db import db, update_where
from common.errors import Forbidden, NotFound
from common.permissions import SYSTEM
from common.unit_of_work import unit_of_work
from tests.accounts.conftest import HERE
from tests.accounts.issuer import SECRET, Issuer, key
from tests.conftest import IDS, stored_text

SHARED = "a secret of the shop and the community, long enough"
FOREIGN = "the secret of somebody else who wants to come in"


@pytest.fixture(scope="module")
def _issuers():
    pair = Issuer(), Issuer()
    yield pair
    for one in pair:
        one.close()


@pytest.fixture
def house(app, _issuers):
    """Two identity providers and a shop, configured."""
    one, two = _issuers
    for issuer in _issuers:
        issuer.codes, issuer.asked, issuer.described, issuer.instead, issuer.userinfo = {}, [], {}, {}, {}
        issuer.jwks = {"keys": [key("one").as_dict(private=False)]}
        issuer.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": "one"}, claims, key("one"))
    entry = {"kind": "openid", "client_id": "community", "client_secret": SECRET}
    role = {"claim": "realm.groups", "values": {"helpers": "moderator", "desk": "agent"}, "highest": "agent"}
    shop = {
        "name": "shop", "label": "The shop", "kind": "ticket", "issuer": "https://shop.example.com", "key": SHARED,
        "audience": "community", "sign_in_url": "https://shop.example.com/in?to=us",
    }  # fmt: skip
    entries = [
        {"name": "brand", "label": "The brand", "issuer": one.url, "role": role, **entry},
        {"name": "other", "label": "The other", "issuer": two.url, **entry},
        shop,
    ]
    before = config.current_config()
    allowed = frozenset({one.where, two.where})
    config.use_config(
        dataclasses.replace(before, single_sign_on=json.dumps(entries), private_receivers=allowed)
    )
    discovery.forget()
    yield one
    config.use_config(before)


def begin(client, name="brand", query=""):
    answer = client.get(f"/en/sign-in/with/{name}{query}")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.location


def come_in(client, issuer, query="", **claims):
    """The whole way; returns the answer of the address the provider sends back to."""
    return client.get(issuer.agree(begin(client, query=query), **claims))


def signed_in(client) -> bool:
    return client.get("/en/settings/account").status_code == 200


def member(address) -> Member | None:
    db.session.rollback()
    return db.session.scalar(select(Member).where(Member.email_key == address))


def rows() -> tuple:
    db.session.rollback()
    tables = (Member, Identity, MemberSession)
    return tuple(db.session.scalar(select(func.count()).select_from(table)) for table in tables)


def refused(client, answer, before):
    """A kind page in place of an entrance, nothing written, and nothing of the provider's on it."""
    assert answer.status_code == 303, answer.get_data(as_text=True)
    assert "/failed?why=" in answer.location
    page = client.get(answer.location)
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert re.search(r'href="/(en|fr)/sign-in"', text)
    assert "code-" not in text and "customer-7" not in text and "127.0.0.1" not in text
    assert not signed_in(client)
    assert rows() == before


# --- the good flow --------------------------------------------------------------------------------------------------


def test_a_customer_comes_in_for_the_first_time_and_again(client, house):
    first = come_in(client, house)
    assert first.location == "/en/welcome"
    walter = member("walter@example.com")
    assert (walter.display_name, walter.language, walter.role) == ("Walter D.", "fr", "member")
    assert walter.email_verified_at is not None
    assert signed_in(client)
    client.post("/en/sign-out")
    assert not signed_in(client)
    second = come_in(
        client, house, query="?next=/en/questions/", email="moved@example.com", name="Somebody Else"
    )
    assert second.location == "/en/questions/"
    assert signed_in(client)
    again = member("walter@example.com")
    assert again.id == walter.id and again.display_name == "Walter D."
    assert db.session.scalar(select(func.count()).select_from(Identity)) == 1
    acts = db.session.scalars(select(AuditEntry.act).where(AuditEntry.target_id == str(walter.id))).all()
    assert acts == ["identity.connected"]


def test_the_buttons_stand_above_the_other_ways_and_lead_back(client, house):
    for page in ("/en/sign-in?next=/en/questions/", "/en/sign-up"):
        text = client.get(page).get_data(as_text=True)
        assert (
            text.index("Continue with The brand")
            < text.index("Continue with The shop")
            < text.index('name="email"')
        )
    assert "/en/sign-in/with/brand?next=" in client.get("/en/sign-in?next=/en/questions/").get_data(
        as_text=True
    )


def test_without_a_provider_nothing_is_shown(client):
    assert "Continue with" not in client.get("/en/sign-in").get_data(as_text=True)


def test_what_goes_to_the_provider_is_complete_and_tells_no_secret(client, house):
    where = begin(client)
    assert where.startswith(f"{house.url}/authorize?")
    for part in (
        "response_type=code",
        "code_challenge_method=S256",
        "client_id=community",
        "nonce=",
        "state=",
    ):
        assert part in where
    attempt = client.get_cookie("sso-attempt").value
    assert not any(value in attempt for value in where.replace("=", "&").split("&") if len(value) == 43)
    assert SECRET not in where


def test_an_outward_next_leads_home(client, house):
    assert come_in(client, house, query="?next=https://evil.example/").location == "/en/welcome"
    client.post("/en/sign-out")
    assert come_in(client, house, query="?next=//evil.example/").location == "/en/"


def test_an_address_told_apart_is_asked_for(client, house):
    house.described = {"userinfo_endpoint": f"{house.url}/userinfo"}
    house.userinfo = {"sub": "customer-7", "email": "gina@example.com", "email_verified": True}
    come_in(client, house, email=None, email_verified=None)
    assert member("gina@example.com") is not None


def test_a_new_key_is_fetched_once(client, house, monkeypatch):
    come_in(client, house)
    client.post("/en/sign-out")
    house.jwks = {"keys": [key("two").as_dict(private=False)]}
    house.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": "two"}, claims, key("two"))
    monkeypatch.setattr(discovery, "AGAIN_AFTER", -1.0)
    come_in(client, house)
    assert signed_in(client)
    assert house.asked.count("/jwks") == 2 and house.asked.count("/.well-known/openid-configuration") == 1


def test_a_key_nobody_knows_does_not_have_the_provider_asked_again_and_again(client, house):
    house.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": "nobody's"}, claims, key("two"))
    for _n in range(3):
        come_in(client, house)
    assert not signed_in(client)
    assert house.asked.count("/jwks") == 1


# --- bad flows ------------------------------------------------------------------------------------------------------


def at(seconds: int) -> int:
    """A moment from the stopped clock of these tests."""
    return int(clock.now().timestamp()) + seconds


CLAIMS = {
    "another nonce": lambda: {"nonce": "x" * 43},
    "no nonce": lambda: {"nonce": None},
    "a nonce that is no text": lambda: {"nonce": ["x"]},
    "another issuer": lambda: {"iss": "https://evil.example"},
    "another audience": lambda: {"aud": "somebody-else"},
    "several audiences without azp": lambda: {"aud": ["community", "somebody-else"]},
    "given to somebody else": lambda: {"aud": ["community"], "azp": "somebody-else"},
    "expired": lambda: {"exp": at(-31)},
    "no end": lambda: {"exp": None},
    "an end that is no moment": lambda: {"exp": "tomorrow"},
    "an end that is not a number": lambda: {"exp": float("nan")},
    "not yet valid": lambda: {"nbf": at(31)},
    "from the future": lambda: {"iat": at(31)},
    "nobody": lambda: {"sub": None},
    "a name too long to be kept": lambda: {"sub": "x" * 256},
    "an address not confirmed": lambda: {"email_verified": False},
    "an address whose confirmation is a word": lambda: {"email_verified": "true"},
    "no address": lambda: {"email": None},
    "an address that is none": lambda: {"email": "walter"},
}


@pytest.mark.parametrize("fault", CLAIMS)
def test_a_token_with_this_fault_lets_nobody_in(client, house, fault):
    before = rows()
    answer = come_in(client, house, **CLAIMS[fault]())
    assert answer.location.endswith(("why=refused", "why=no-address"))
    refused(client, answer, before)


def unsigned(claims):
    """What no library would write."""
    parts = ({"alg": "none", "kid": "one"}, claims)
    return ".".join(unpadded(json.dumps(part).encode()) for part in parts) + "."


def confused(claims):
    """Signed with the public key as if it were a shared secret."""
    head = ".".join(unpadded(json.dumps(part).encode()) for part in ({"alg": "HS256", "kid": "one"}, claims))
    return f"{head}.{unpadded(hmac.digest(key('one').as_pem(private=False), head.encode(), 'sha256'))}"


def own_key(claims):
    """Signed by another key that the token brings along."""
    return jwt.encode(
        {"alg": "RS256", "kid": "one", "jwk": key("two").as_dict(private=False)}, claims, key("two")
    )


def tampered(claims):
    head, body, end = jwt.encode({"alg": "RS256", "kid": "one"}, claims, key("one")).split(".")
    return f"{head}.{body[:-2]}AA.{end}"


UNBOUND = RSAKey.import_key(key("one").as_pem(private=True))
"""The same key, for any algorithm."""

SIGNATURES = {
    "none": unsigned, "a public key as secret": confused, "another key of this name": own_key, "tampered": tampered,
    "a key nobody knows": lambda claims: jwt.encode({"alg": "RS256", "kid": "nine"}, claims, key("two")),
    "no token": lambda claims: "", "no text": lambda claims: {"a": 1}, "too long": lambda claims: "x" * 9000,
    "a list": lambda claims: jws.serialize_compact({"alg": "RS256", "kid": "one"}, b"[1]", key("one")),
    "RS512": lambda claims: jwt.encode({"alg": "RS512", "kid": "one"}, claims, UNBOUND, algorithms=["RS512"]),
}  # fmt: skip


@pytest.mark.parametrize("fault", SIGNATURES)
def test_a_token_signed_like_this_lets_nobody_in(client, house, fault):
    before = rows()
    house.sign = SIGNATURES[fault]
    answer = come_in(client, house)
    assert answer.location.endswith("why=refused")
    refused(client, answer, before)


def test_an_answer_with_another_state_is_refused(client, house):
    before = rows()
    back = house.agree(begin(client))
    refused(client, client.get(back[:-1] + ("A" if back[-1] != "A" else "B")), before)
    refused(client, client.get(back), before)  # and the attempt is over


def test_the_answer_of_another_browser_is_refused(app, client, house):
    before = rows()
    theirs = house.agree(begin(client))
    stranger = app.test_client()
    refused(stranger, stranger.get(theirs), before)
    begin(stranger)
    refused(stranger, stranger.get(theirs), before)


def test_a_code_counts_once_even_for_whoever_kept_the_cookie(client, house, monkeypatch):
    back = house.agree(begin(client))
    kept = client.get_cookie("sso-attempt").value
    monkeypatch.setattr(house, "codes", Forgiving(house.codes))
    client.get(back)
    assert signed_in(client)
    client.post("/en/sign-out")
    before = rows()
    refused(client, client.get(back), before)
    client.set_cookie("sso-attempt", kept)
    refused(client, client.get(back), before)


class Forgiving(dict):
    """A provider that takes a code again and again."""

    def pop(self, name, default=None):
        return self.get(name, default)


def test_the_answer_of_one_provider_is_not_taken_for_another(client, house, _issuers):
    before = rows()
    back = house.agree(begin(client))
    refused(client, client.get(back.replace("/brand/", "/other/")), before)
    begin(client, "other")
    refused(client, client.get(back.replace("/brand/", "/other/")), before)
    location = begin(client, "other")
    mixed = house.agree(location)  # the wrong house gave a code for the right state
    refused(client, client.get(mixed), before)


@pytest.mark.parametrize("said", ["", "&iss=https%3A%2F%2Fevil.example"])
def test_where_the_provider_names_itself_in_the_answer_it_must(client, house, said):
    before = rows()
    house.described = {"authorization_response_iss_parameter_supported": True}
    refused(client, client.get(house.agree(begin(client)) + said), before)
    back = house.agree(begin(client)) + f"&iss={house.url}"
    assert client.get(back).location == "/en/welcome"


@pytest.mark.parametrize("error", ["access_denied", "server_error", "<script>", "x" * 3000])
def test_a_no_of_the_provider_is_a_kind_page(client, house, error):
    before = rows()
    state = house.agree(begin(client)).rpartition("state=")[2]
    answer = client.get("/sign-in/with/brand/back", query_string={"error": error, "state": state})
    refused(client, answer, before)


def test_userinfo_of_somebody_else_is_refused(client, house):
    before = rows()
    house.described = {"userinfo_endpoint": f"{house.url}/userinfo"}
    house.userinfo = {"sub": "another", "email": "gina@example.com", "email_verified": True}
    refused(client, come_in(client, house, email=None), before)


@pytest.fixture
def canary():
    """A listener on this machine that nobody may reach."""
    one = Issuer()
    yield one
    one.close()


@pytest.mark.parametrize(
    "bend",
    [
        lambda issuer, canary: issuer.described.update(issuer="https://evil.example"),
        lambda issuer, canary: issuer.described.update(token_endpoint=f"{canary.url}/token"),
        lambda issuer, canary: issuer.described.update(jwks_uri=f"{canary.url}/jwks"),
        lambda issuer, canary: issuer.described.update(jwks_uri="https://[::ffff:127.0.0.1]/jwks"),
        lambda issuer, canary: issuer.described.update(jwks_uri="file:///etc/passwd"),
        lambda issuer, canary: issuer.described.update(authorization_endpoint="javascript:alert(1)"),
        lambda issuer, canary: issuer.described.update(token_endpoint=["x"]),
        lambda issuer, canary: issuer.described.update(padding="x" * 70_000),
        lambda issuer, canary: issuer.instead.update(
            {"/.well-known/openid-configuration": (200, None, b"[" * 30_000)}
        ),
        lambda issuer, canary: issuer.instead.update({"/.well-known/openid-configuration": (500, None, b"")}),
        lambda issuer, canary: issuer.instead.update(
            {"/.well-known/openid-configuration": (302, {"Location": canary.url}, b"")}
        ),
    ],
)
def test_a_description_like_this_is_not_believed_and_nobody_else_is_asked(client, house, canary, bend):
    bend(house, canary)
    answer = client.get("/en/sign-in/with/brand")
    assert answer.status_code == 503
    assert "does not answer at the moment" in answer.get_data(as_text=True)
    assert canary.asked == []


@pytest.mark.parametrize(
    "path, instead",
    [
        ("/jwks", (302, {"Location": "/elsewhere"}, b"")), ("/jwks", (200, None, {"keys": []})),
        ("/jwks", (200, None, {"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "one"}]})),
        ("/jwks", (200, None, {"keys": [{"kty": "RSA", "n": 1, "e": []}, 7]})), ("/jwks", (200, None, b"x" * 70_000)),
        ("/token", (307, {"Location": "/elsewhere"}, b"")), ("/token", (200, None, b"x" * 70_000)),
        ("/token", (200, None, {"error": "none"})), ("/token", (503, None, b"")),
    ],
)  # fmt: skip
def test_keys_and_answers_like_these_let_nobody_in(client, house, path, instead):
    before = rows()
    back = house.agree(begin(client))
    house.instead[path] = instead
    refused(client, client.get(back), before)
    assert "/elsewhere" not in house.asked


def test_too_many_answers_from_one_address_wait(client, house, settings_override):
    before = rows()
    with settings_override(accounts__single_sign_on_tries=2):
        for _n in range(2):
            client.get("/sign-in/with/brand/back?code=x&state=y")
        answer = client.get(house.agree(begin(client)))
        assert "why=many" in answer.location
        assert "quart" in client.get(answer.location).get_data(as_text=True)
    assert rows() == before


def test_nothing_of_a_token_is_logged(client, house, caplog):
    house.sign = tampered
    come_in(client, house)
    assert "BadSignature" in caplog.text
    assert "eyJ" not in caplog.text and "walter" not in caplog.text.lower() and "code-" not in caplog.text


# --- who is whom ----------------------------------------------------------------------------------------------------


def test_an_account_with_the_address_is_never_taken_over(app, client, house, ada, sign_in):
    answer = come_in(client, house, email="ada@example.com")
    assert answer.location == "/en/sign-in/connect"
    assert not signed_in(client)
    text = client.get(answer.location).get_data(as_text=True)
    assert "already" in text and "Sign in with a password" in text
    assert client.post("/en/sign-in/connect").location.startswith("/en/sign-in?next=")
    assert db.session.scalar(select(Identity.member_id)) is None
    sign_in(ada, client)  # by password or mailed link
    assert "Yes, connect them" in client.get("/en/sign-in/connect").get_data(as_text=True)
    assert client.post("/en/sign-in/connect").location == "/en/settings/account?done=connected"
    assert db.session.scalar(select(Identity.member_id)) == ada.member_id
    assert client.get("/en/sign-in/connect").status_code == 400
    client.post("/en/sign-out")
    assert come_in(client, house, email="ada@example.com").location == "/en/"
    assert signed_in(client)


def test_the_mailed_link_leads_to_the_question(client, house, drain, outbox):
    come_in(client, house, email="ada@example.com")
    form = {"email": "ada@example.com", "next": "/en/sign-in/connect"}
    client.post("/en/sign-in/link", data=form)
    drain()
    text = outbox()[-1].get_body(("plain",)).get_content()
    assert "connect" in text
    link = re.search(r"http://localhost(/en/sign-in/link/\S+)", text).group(1)
    assert (
        client.post(link.partition("?")[0], data={"next": "/en/sign-in/connect"}).location
        == "/en/sign-in/connect"
    )
    client.post("/en/sign-in/connect")
    assert db.session.scalar(select(Identity.member_id)) == IDS["ada"]


def test_another_browser_cannot_say_yes(app, client, house, ada, sign_in):
    come_in(client, house, email="ada@example.com")
    other = sign_in(ada, app.test_client())
    assert other.post("/en/sign-in/connect").status_code == 400
    assert db.session.scalar(select(Identity.member_id)) is None


def test_what_waits_is_forgotten(client, house, ada, sign_in, at=clock.travel):
    come_in(client, house, email="ada@example.com")
    at(timedelta(hours=1, seconds=1))
    sign_in(ada, client)
    assert client.post("/en/sign-in/connect").status_code == 400
    at(timedelta(hours=1))
    jobs.purge()
    assert db.session.scalar(select(func.count()).select_from(Identity)) == 0
    assert db.session.scalar(select(func.count()).select_from(SpentTicket)) == 0


def test_connecting_from_the_settings(client, house, ada, ben, sign_in, app):
    sign_in(ada, client)
    assert "Connect The brand" in client.get("/en/settings/account").get_data(as_text=True)
    where = client.get("/en/settings/connections/brand").location
    assert client.get(house.agree(where, email=None)).location == "/en/sign-in/connect"
    client.post("/en/sign-in/connect")
    assert "walter@example.com" not in stored_text()
    page = client.get("/en/settings/account").get_data(as_text=True)
    assert "End the connection" in page and "Connect The brand" not in page
    other = sign_in(ben, app.test_client())
    where = other.get("/en/settings/connections/brand").location
    answer = other.get(house.agree(where))
    assert answer.location.endswith("why=taken")
    assert db.session.scalar(select(Identity.member_id)) == ada.member_id


def test_a_foreign_page_cannot_begin_a_connection(client, house, ada, sign_in):
    sign_in(ada, client)
    for site in ("cross-site", "same-site"):
        answer = client.get("/en/settings/connections/brand", headers={"Sec-Fetch-Site": site})
        assert answer.status_code == 403


def test_a_connection_begun_by_one_member_is_not_ended_by_another(client, house, ada, ben, sign_in):
    sign_in(ada, client)
    where = client.get("/en/settings/connections/brand").location
    sign_in(ben, client)
    assert client.get(house.agree(where)).location.endswith("why=stale")
    assert db.session.scalar(select(func.count()).select_from(Identity)) == 0


def test_ending_a_connection(client, house, ada, ben, sign_in):
    come_in(client, house)
    walter = member("walter@example.com").id
    identity = db.session.scalar(select(Identity.id))
    with pytest.raises(NotFound):
        connecting.disconnect(ben, identity)
    assert (
        client.post(f"/en/settings/connections/{identity}/end").location
        == "/en/settings/account?done=disconnected"
    )
    assert client.post(f"/en/settings/connections/{identity}/end").status_code == 404
    assert signed_in(client)
    acts = db.session.scalars(select(AuditEntry.act).where(AuditEntry.target_id == str(walter))).all()
    assert acts == ["identity.connected", "identity.disconnected"]


def test_the_last_way_in_stays(client, house, ada):
    come_in(client, house)
    walter = member("walter@example.com").id
    with unit_of_work():
        update_where(Member, Member.id == walter, email=None, email_key=None)
    identity = db.session.scalar(select(Identity.id))
    with pytest.raises(Forbidden):
        connecting.disconnect(dataclasses.replace(ada, member_id=walter), identity)
    assert client.post(f"/en/settings/connections/{identity}/end").status_code == 403
    assert db.session.scalar(select(func.count()).select_from(Identity)) == 1


@pytest.mark.parametrize(
    "name, begins",
    [("Ada Lovelace", "Ada L."), ("Ada", "Ada 2"), ("Admin", "Admin 2"), ("<b>@", "Mem"), (7, "Mem")],
)
def test_a_name_is_found(client, house, name, begins):
    come_in(client, house, name=name)
    assert member("walter@example.com").display_name.startswith(begins)


def test_a_closed_account_leaves_nothing_behind_and_begins_anew(client, house):
    come_in(client, house, customer_number="C-4711")
    walter = member("walter@example.com").id
    assert "C-4711" in stored_text()
    close_account(SYSTEM, walter, "asked")
    assert "C-4711" not in stored_text() and "customer-7" not in stored_text()
    come_in(client, house)
    assert member("walter@example.com").id != walter


# --- roles and facts ------------------------------------------------------------------------------------------------


def role_of(address="walter@example.com") -> str:
    return str(member(address).role)


def again(client, house, *groups):
    client.post("/en/sign-out")
    come_in(client, house, realm={"groups": list(groups)})


def test_a_role_follows_the_claim(client, house):
    come_in(client, house, realm={"groups": ["helpers"]})
    assert role_of() == "moderator" and signed_in(client)
    again(client, house, "helpers", "desk")
    assert role_of() == "agent" and signed_in(client)
    again(client, house)
    assert role_of() == "member" and signed_in(client)
    given = db.session.scalars(select(AuditEntry.after).where(AuditEntry.act == "role.changed")).all()
    assert given == ['"moderator"', '"agent"', '"member"']


def test_a_role_given_by_hand_is_not_taken(client, house, root):
    come_in(client, house)
    give_role(root, member("walter@example.com").id, "manager", "leads the team")
    again(client, house, "helpers")
    assert role_of() == "manager"
    again(client, house)
    assert role_of() == "manager"


def test_ending_the_connection_takes_its_role_back(client, house):
    come_in(client, house, realm={"groups": ["desk"]})
    identity = db.session.scalar(select(Identity.id))
    assert client.post(f"/en/settings/connections/{identity}/end").location == "/en/sign-in"
    assert role_of() == "member"
    assert not signed_in(client)


def test_what_the_brand_knows_is_shown_to_the_team_only(app, client, house, ada, mo, sign_in):
    come_in(client, house, customer_number="C-4711", segment="gold", entitlements=["repair", "x" * 500])
    walter = member("walter@example.com")
    own = dataclasses.replace(ada, member_id=walter.id)
    assert connections_of(walter.id, own)[0].facts == {}
    assert connections_of(walter.id, ada) == []
    assert "C-4711" not in client.get("/en/settings/account").get_data(as_text=True)
    team = sign_in(mo, app.test_client())
    page = team.get(f"/en/desk/members/{walter.id}").get_data(as_text=True)
    assert "C-4711" in page and "gold" in page and "repair" in page
    assert len(connections_of(walter.id, mo)[0].facts["entitlements"][1]) == 200


# --- tickets --------------------------------------------------------------------------------------------------------


def ticket(secret=SHARED, algorithm="HS256", **more):
    moment = int(clock.now().timestamp())
    claims = {
        "iss": "https://shop.example.com", "aud": "community", "sub": "k-12", "iat": moment, "exp": moment + 120,
        "jti": "t-1", "email": "gina@example.com", "email_verified": True, "name": "Gina Blanc", "customer_number": 12,
        "locale": "en",
    } | more  # fmt: skip
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": algorithm}, claims, OctKey.import_key(secret), algorithms=[algorithm])


def arrive(client, token):
    return client.get("/sign-in/with/shop/arrive", query_string={"token": token})


def test_a_ticket_of_the_shop_counts_after_a_yes_and_once(client, house):
    before = rows()
    token = ticket()
    answer = arrive(client, token)
    assert answer.location == "/en/sign-in/with/shop/ticket"
    page = client.get(answer.location).get_data(as_text=True)
    assert "Gina B." in page and token not in page
    assert rows() == before
    assert client.post(answer.location).location == "/en/welcome"
    assert signed_in(client)
    assert db.session.scalar(select(Identity.facts)) == {"customer_number": "12"}
    client.post("/en/sign-out")
    before = rows()
    arrive(client, token)
    again = client.post("/en/sign-in/with/shop/ticket")
    assert again.status_code == 400 and "start again" in again.get_data(as_text=True)
    assert rows() == before and not signed_in(client)
    arrive(client, ticket(jti="t-2"))
    assert client.post("/en/sign-in/with/shop/ticket").location == "/en/"


def test_a_ticket_this_browser_asked_for_lets_in_at_once(app, client, house):
    where = begin(client, "shop")
    assert where.startswith("https://shop.example.com/in?to=us&nonce=")
    nonce = where.partition("nonce=")[2].partition("&")[0]
    stranger = app.test_client()
    before = rows()
    refused(stranger, arrive(stranger, ticket(nonce=nonce)), before)
    assert arrive(client, ticket(nonce=nonce)).location == "/en/welcome"
    assert signed_in(client)


TICKETS = {
    "another secret": lambda: ticket(FOREIGN),
    "another issuer": lambda: ticket(iss="https://evil.example"),
    "another audience": lambda: ticket(aud="elsewhere"),
    "too old": lambda: ticket(iat=at(-200), exp=at(-31)),
    "lives too long": lambda: ticket(exp=at(301)),
    "from the future": lambda: ticket(iat=at(60), exp=at(200)),
    "not yet valid": lambda: ticket(nbf=at(60)),
    "no name of its own": lambda: ticket(jti=None),
    "a name that is none": lambda: ticket(jti=["t"]),
    "no customer": lambda: ticket(sub=None),
    "a nonce of nobody": lambda: ticket(nonce="x" * 43),
    "HS512": lambda: ticket(algorithm="HS512"),
    "none": lambda: unsigned({"iss": "https://shop.example.com", "aud": "community", "sub": "k"}),
    "too long": lambda: ticket(padding="x" * 2000),
    "no ticket": lambda: "",
    "no text": lambda: "é.é.é",
}


@pytest.mark.parametrize("fault", TICKETS)
def test_a_ticket_with_this_fault_lets_nobody_in(client, house, fault):
    before = rows()
    refused(client, arrive(client, TICKETS[fault]()), before)
    assert client.post("/en/sign-in/with/shop/ticket").status_code == 400
    assert rows() == before


def test_a_ticket_without_a_confirmed_address_opens_nothing(client, house):
    before = rows()
    arrive(client, ticket(email_verified=False))
    assert client.post("/en/sign-in/with/shop/ticket").status_code == 400
    assert rows() == before


def test_a_ticket_is_not_for_an_openid_provider_nor_the_other_way_round(client, house):
    before = rows()
    refused(client, client.get("/sign-in/with/brand/arrive", query_string={"token": ticket()}), before)
    refused(client, client.get("/sign-in/with/shop/back?code=1&state=2"), before)


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize("algorithm", ["EdDSA", "Ed25519"])
def test_a_ticket_signed_with_a_private_key(client, house, algorithm):
    private = Ed25519PrivateKey.generate()
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    entry = {
        "name": "shop", "kind": "ticket", "issuer": "https://shop.example.com", "audience": "community",
        "algorithm": algorithm, "key": pem,
    }  # fmt: skip
    config.use_config(dataclasses.replace(config.current_config(), single_sign_on=json.dumps([entry])))
    moment = int(clock.now().timestamp())
    claims = {"iss": "https://shop.example.com", "aud": "community", "sub": "k", "iat": moment, "exp": moment + 60,
              "jti": "e-1", "locale": "en", "email": "gina@example.com", "email_verified": True}  # fmt: skip
    good = jwt.encode({"alg": algorithm}, claims, OKPKey.import_key(private), algorithms=[algorithm])
    forged = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key({"kty": "oct", "k": "eA" * 30}))
    before = rows()
    refused(client, arrive(client, forged), before)
    arrive(client, good)
    assert client.post("/en/sign-in/with/shop/ticket").location == "/en/welcome"


# --- races ----------------------------------------------------------------------------------------------------------


WALTER = Told("brand", "https://login.example.com", "c-1", "walter@example.com", "Walter D.", "fr")


def test_of_many_who_use_one_answer_one_comes_in(app, in_threads, house):
    db.session.rollback()
    found = in_threads(6, lambda number: arriving.arrive(Answer(WALTER, "the same"), HERE))
    assert len(found) == 6 and sum(not isinstance(one, Failed) for one in found) == 1


def test_many_windows_open_one_account(app, in_threads, house):
    db.session.rollback()
    found = in_threads(6, lambda number: arriving.arrive(Answer(WALTER, f"answer {number}"), HERE))
    assert len(found) == 6 and all(getattr(one, "secret", "") for one in found)
    assert sum(one.is_new for one in found) == 1
    assert db.session.scalar(select(func.count()).select_from(Identity)) == 1


# --- the configuration ----------------------------------------------------------------------------------------------

GOOD = {"name": "brand", "kind": "openid", "issuer": "https://login.example.com", "client_id": "c"}
SHOP = {"name": "shop", "kind": "ticket", "issuer": "shop", "key": SHARED}


@pytest.mark.parametrize(
    "entries",
    [
        "{", {}, [7], [{**GOOD, "name": "Brand"}], [{**GOOD, "kind": "saml"}], [GOOD, GOOD], [GOOD, {**GOOD, "name": "b"}],
        [{**GOOD, "issuer": "http://login.example.com"}], [{**GOOD, "issuer": "http://127.0.0.1:1"}],
        [{**GOOD, "issuer": "https://127.0.0.1"}], [{**GOOD, "issuer": "https://u:p@login.example.com"}],
        [{**GOOD, "client_id": ""}], [{**GOOD, "algorithms": ["HS256"]}], [{**GOOD, "algorithms": ["none"]}],
        [{**GOOD, "algorithms": []}], [{**GOOD, "scopes": "email"}], [{**GOOD, "clientid": "x"}], [{**GOOD, "key": "x"}],
        [{**SHOP, "key": "short"}], [{**SHOP, "algorithm": "RS256"}], [{**SHOP, "algorithm": "EdDSA"}],
        [{**SHOP, "key": "-----BEGIN PUBLIC KEY-----" + SHARED}], [{**SHOP, "sign_in_url": "javascript:1"}],
        [{**GOOD, "role": {"claim": "g", "values": {"a": "agent"}}}], [{**GOOD, "claims": {"email": "mail"}}],
        [{**GOOD, "role": {"claim": "g", "values": {"a": "king"}, "highest": "admin"}}],
        [{**GOOD, "role": {"claim": "g", "values": {"a": "admin"}, "highest": "manager"}}],
    ],
)  # fmt: skip
def test_a_mistake_in_the_configuration_stops_the_start(app, entries):
    raw = entries if isinstance(entries, str) else json.dumps(entries)
    with pytest.raises(Misconfigured, match="FOURMI_SINGLE_SIGN_ON"):
        providers._read(raw, "http://localhost", False, frozenset())


def test_plain_http_is_for_this_machine_and_never_in_production(app, house):
    raw = config.current_config().single_sign_on
    allowed = config.current_config().private_receivers
    assert providers._read(raw, "http://localhost", False, allowed)
    with pytest.raises(Misconfigured):
        providers._read(raw, "https://c.example.com", True, allowed)


def test_secrets_do_not_show(app, house):
    assert SECRET not in repr(providers.all_providers()) and SHARED not in repr(config.current_config())
    assert asking.back_url(providers.provider_named("brand")) == "http://localhost/sign-in/with/brand/back"

"""Sign-in by SAML: the good way, every forged or misdirected answer refused, and who becomes whom."""

from __future__ import annotations

import copy
import dataclasses
import json
import re
from datetime import timedelta

import pytest
from lxml import etree
from sqlalchemy import func, select

from accounts.singlesignon import jobs, providers
from accounts.singlesignon.models import Identity, KeptAnswer
from accounts.singlesignon.saml import reading
from common import clock, config
from common.config import Misconfigured
from common.db import db
from tests.accounts import saml_house
from tests.accounts.saml_house import DS, SAML, SAMLP, OldSigner, Says, asked, entry, posted, sign
from tests.accounts.test_single_sign_on import member, rows, signed_in

OTHER = {
    "name": "partner", "label": "Partner", "kind": "saml", "issuer": "https://partner.example.com",
    "sign_in_url": "https://partner.example.com/sso", "certificates": [saml_house.keys("partner")[1]],
}  # fmt: skip


@pytest.fixture
def house(app):
    """Two houses that speak SAML, configured; how to change the first one's entry."""
    before = config.current_config()

    def configure(*entries, **more):
        told = json.dumps(entries or [entry(**more), OTHER])
        config.use_config(dataclasses.replace(before, single_sign_on=told))

    configure()
    yield configure
    config.use_config(before)


def begin(client, name="staff", query="") -> dict[str, str]:
    """What our button asks of the house."""
    return asked(client.get(f"/en/sign-in/with/{name}{query}").location)


def says(request, **more) -> Says:
    return Says(request["id"], request["to"], request["issuer"], **more)


def post(client, request, response, state=None, name="staff"):
    """The page of the house posts the answer; the address that it leads to."""
    sent = {"SAMLResponse": posted(response), "RelayState": request["state"] if state is None else state}
    return client.post(f"/sign-in/with/{name}/acs", data=sent)


def come_in(client, query="", **more):
    """The whole way; returns the last answer."""
    request = begin(client, query=query)
    said = says(request, **more)
    return client.get(post(client, request, said.response(sign(said.assertion()))).location)


def refused(client, answer, before, caplog=None, why=""):
    """A kind page in place of an entrance, and nothing written."""
    assert answer.status_code == 303 and "/failed?why=" in answer.location, answer.location
    page = client.get(answer.location)
    assert page.status_code == 200 and "SAML" not in page.text and "walter" not in page.text.lower()
    assert not signed_in(client) and rows() == before
    assert db.session.scalar(select(func.count()).select_from(KeptAnswer)) == 0
    if caplog is not None:
        assert why in caplog.text, caplog.text


# --- the good way ---------------------------------------------------------------------------------------------------


def test_somebody_comes_in_for_the_first_time_and_again(client, house):
    first = come_in(client, attributes={
        "mail": ["walter@example.com"], "displayName": ["Walter Dupont"], "groups": ["all", "helpers"],
        "urn:oid:2.16.840.1.113730.3.1.3": ["E 42"],
    })  # fmt: skip
    assert first.location == "/en/welcome" and signed_in(client)
    walter = member("walter@example.com")
    assert (walter.display_name, walter.role) == ("Walter Dupont", "moderator")
    identity = db.session.scalars(select(Identity)).one()
    assert (identity.issuer, identity.subject) == (saml_house.ISSUER, "staff-7")
    assert identity.facts == {"customer_number": "E 42"}
    client.post("/en/sign-out")
    assert come_in(client, query="?next=/en/questions/").location == "/en/questions/" and signed_in(client)
    assert member("walter@example.com").role == "member", "the role goes when it is no longer said"
    assert db.session.scalar(select(func.count()).select_from(KeptAnswer)) == 0


def test_what_is_asked_and_what_the_house_loads_to_know_us(client, house):
    page = client.get("/en/sign-in").text
    assert "Continue with Staff account" in page and "Continue with Partner" in page
    request, again = begin(client), begin(client)
    assert request["to"] == "http://localhost/sign-in/with/staff/acs"
    assert request["destination"] == saml_house.SIGN_IN
    assert request["issuer"] == "http://localhost/sign-in/with/staff/metadata"
    assert re.fullmatch(r"_[\w-]{43}", request["id"]) and len(request["state"]) <= 80
    assert request["id"] != again["id"] and request["state"] != again["state"]
    told = client.get("/sign-in/with/staff/metadata")
    assert told.mimetype == "application/samlmetadata+xml"
    us = etree.fromstring(told.data)
    assert us.get("entityID") == request["issuer"]
    assert us[0].get("WantAssertionsSigned") == "true" and us[0][-1].get("Location") == request["to"]
    house({**entry(), "entity_id": "urn:community"})
    assert begin(client)["issuer"] == "urn:community"


def test_the_answer_is_posted_without_our_cookies_and_counts_in_the_browser_that_asked(app, client, house):
    request = begin(client)
    said = says(request)
    elsewhere = app.test_client()  # no cookies: browsers send none with a post from another site
    kept = post(elsewhere, request, said.response(sign(said.assertion()))).location
    assert "walter" not in kept and not signed_in(elsewhere)
    assert client.get(kept).location == "/en/welcome" and signed_in(client)


def test_without_a_token_of_ours_only_this_address_may_be_posted_to(app, client, house):
    app.config["WTF_CSRF_ENABLED"] = True
    request = begin(client)
    said = says(request)
    first = post(client, request, said.response(sign(said.assertion())))
    assert "/finish?" in first.location
    app.config["WTF_CSRF_ENABLED"] = False


@pytest.mark.parametrize(
    ("key", "method", "digest"),
    [
        ("one", "RSA_SHA512", "SHA512"),
        ("one", "SHA256_RSA_MGF1", "SHA256"),
        ("curve", "ECDSA_SHA256", "SHA384"),
    ],
)
def test_strong_signatures_are_taken(client, house, key, method, digest):
    house(certificates=[saml_house.keys("partner")[1], saml_house.keys(key)[1]])
    request = begin(client)
    said = says(request)
    response = said.response(sign(said.assertion(), key, method, digest))
    assert client.get(post(client, request, response).location).location == "/en/welcome"


def test_an_account_with_the_address_is_never_taken_over(client, house, ada):
    assert come_in(client, attributes={"mail": ["ada@example.com"]}).location == "/en/sign-in/connect"
    assert not signed_in(client)


def test_an_address_counts_only_from_a_house_that_confirms_it(client, house, caplog):
    house(confirms_addresses=False)
    assert "why=no-address" in come_in(client).location
    house(claims={})
    assert "why=no-address" in come_in(client, attributes={"mail": ["walter@example.com"]}).location
    address = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
    assert (
        come_in(client, subject="walter@example.com", format=address, attributes={}).location == "/en/welcome"
    )


def test_connecting_from_the_settings(client, house, ada, sign_in):
    sign_in(ada)
    request = asked(client.get("/en/settings/connections/staff").location)
    said = says(request)
    after = client.get(post(client, request, said.response(sign(said.assertion()))).location)
    assert after.location == "/en/sign-in/connect"
    client.post("/en/sign-in/connect")
    assert db.session.scalars(select(Identity.member_id)).one() == ada.member_id


# --- what is refused ------------------------------------------------------------------------------------------------

FAULTS = {
    "another audience": ({"audience": "https://other.example.com"}, "audience"),
    "another issuer": ({"issuer": "https://partner.example.com"}, "issuer"),
    "another recipient": ({"recipient": "http://localhost/sign-in/with/partner/acs"}, "no bearer"),
    "a longer recipient": ({"recipient": "http://localhost/sign-in/with/staff/acs?x"}, "no bearer"),
    "another destination": ({"destination": "http://localhost/sign-in/with/partner/acs"}, "destination"),
    "nobody asked": ({"confirmed_for": "", "outer_request": ""}, "no bearer"),
    "two requests": ({"outer_request": "_another"}, "no bearer"),
    "expired": ({"until": -61}, "expired"),
    "not yet": ({"since": 90}, "expired"),
    "confirmed too long ago": ({"confirmed_until": -61}, "no bearer"),
    "session over": ({"session_until": -61}, "session is over"),
    "vouched for": ({"method": "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"}, "no bearer"),
    "a name for once": ({"format": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"}, "no lasting name"),
    "no name": ({"subject": ""}, "no lasting name"),
    "an unreadable name": ({"subject": "x" * 300}, "no lasting name"),
    "a failure": ({"status": "urn:oasis:names:tc:SAML:2.0:status:Responder"}, "status"),
    "a no": ({"status": "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"}, "declined"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_answer_with_this_fault_lets_nobody_in(client, house, caplog, fault):
    bend, why = FAULTS[fault]
    before, request = rows(), begin(client)
    said = dataclasses.replace(says(request), **bend)
    refused(client, post(client, request, said.response(sign(said.assertion()))), before, caplog, why)


def _unsigned(said):
    return said.response(said.assertion())


def _wrong_key(said):
    return said.response(sign(said.assertion(), "somebody else"))


def _of_the_partner(said):
    return said.response(sign(said.assertion(), "partner"))


def _changed(said):
    signed = sign(said.assertion())
    signed.find(f".//{{{SAML}}}NameID").text = "staff-1"
    return said.response(signed)


def _weak(said):
    return said.response(sign(said.assertion(), method="RSA_SHA1", by=OldSigner))


def _weak_digest(said):
    return said.response(sign(said.assertion(), digest="SHA1", by=OldSigner))


def _only_the_response(said):
    response = said.response(said.assertion())
    return sign(response)


def _no_reference(said):
    signed = sign(said.assertion())
    signed.find(f".//{{{DS}}}Reference").set("URI", "")
    return said.response(signed)


def _another_transform(said):
    signed = sign(said.assertion())
    etree.SubElement(signed.find(f".//{{{DS}}}Transforms"), f"{{{DS}}}Transform").set(
        "Algorithm", "http://www.w3.org/TR/1999/REC-xslt-19991116"
    )
    return said.response(signed)


def _encrypted(said):
    response = said.response(sign(said.assertion()))
    response[-1].tag = f"{{{SAML}}}EncryptedAssertion"
    return response


FORGED = {
    one.__name__[1:]: one
    for one in (
        _unsigned, _wrong_key, _of_the_partner, _changed, _weak, _weak_digest, _only_the_response, _no_reference,
        _another_transform, _encrypted,
    )
}  # fmt: skip


@pytest.mark.parametrize("forgery", FORGED)
def test_an_answer_signed_like_this_lets_nobody_in(client, house, caplog, forgery):
    before, request = rows(), begin(client)
    refused(client, post(client, request, FORGED[forgery](says(request))), before, caplog, "ValueError")


def _wrapped(said) -> dict:
    """The eight ways of wrapping (Somorovsky et al., "On Breaking SAML", 2012), and some more: the signed assertion moves,
    an evil one takes its place."""
    signed = sign(said.assertion())
    evil = copy.deepcopy(signed)
    evil.find(f".//{{{SAML}}}NameID").text = "staff-1"
    other_id = copy.deepcopy(evil)
    other_id.set("ID", "_evil")
    bare = copy.deepcopy(other_id)
    bare.remove(bare.find(f"{{{DS}}}Signature"))
    ways = {}

    def response(*children):
        made = said.response(copy.deepcopy(children[0]))
        made.extend(copy.deepcopy(one) for one in children[1:])
        return made

    ways["two, the evil one first"] = response(bare, signed)
    ways["two, the evil one last"] = response(signed, bare)
    ways["two with one id"] = response(evil, signed)
    inside = copy.deepcopy(other_id)
    inside.append(copy.deepcopy(signed))
    ways["the signed one inside the evil one"] = response(inside)
    inside = copy.deepcopy(other_id)
    etree.SubElement(inside.find(f"{{{DS}}}Signature"), f"{{{DS}}}Object").append(copy.deepcopy(signed))
    ways["the signed one in an object of its signature"] = response(inside)
    inside = copy.deepcopy(evil)
    etree.SubElement(inside.find(f"{{{DS}}}Signature"), f"{{{DS}}}Object").append(copy.deepcopy(signed))
    ways["the same, with one id"] = response(inside)
    extended = said.response(copy.deepcopy(other_id))
    extensions = etree.Element(f"{{{SAMLP}}}Extensions")
    extensions.append(copy.deepcopy(signed))
    extended.insert(1, extensions)
    ways["the signed one in extensions"] = extended
    around = said.response(copy.deepcopy(bare))
    inner = said.response(copy.deepcopy(signed))
    around.append(inner)
    ways["a response in a response"] = around
    moved = response(bare)
    moved.append(copy.deepcopy(signed.find(f"{{{DS}}}Signature")))
    ways["the signature beside it"] = moved
    foreign = copy.deepcopy(other_id)
    wrapped = etree.SubElement(foreign, "{urn:x}Anything")
    wrapped.append(copy.deepcopy(signed))
    ways["the signed one in something else"] = response(foreign)
    renamed = copy.deepcopy(signed)
    renamed.tag = "{urn:x}Assertion"
    ways["the signed one under another name"] = response(other_id, renamed)
    lower = copy.deepcopy(bare)
    lower.append(copy.deepcopy(signed.find(f"{{{DS}}}Signature")))
    ways["the signature taken along"] = response(lower)
    return ways


WRAPPED = list(_wrapped(Says("_x", "http://localhost/acs", "us")))


@pytest.mark.parametrize("way", WRAPPED)
def test_a_signature_says_nothing_of_what_it_does_not_hold(client, house, caplog, way):
    before, request = rows(), begin(client)
    refused(client, post(client, request, _wrapped(says(request))[way]), before, caplog, "ValueError")


def test_a_comment_does_not_cut_a_name(client, house):
    """With comments left out of what is signed, ``staff-1<!---->.evil`` must not read as ``staff-1``."""
    request = begin(client)
    said = says(request, subject="staff-7.evil")
    response = etree.tostring(said.response(sign(said.assertion())))
    assert b"staff-7.evil" in response
    answer = post(client, request, response.replace(b"staff-7.evil", b"staff-7<!---->.evil"))
    client.get(answer.location)
    assert db.session.scalars(select(Identity.subject)).one() == "staff-7.evil"


def hostile(said) -> dict[str, bytes]:
    good = etree.tostring(said.response(sign(said.assertion()))).decode()
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return {
        "entities": f'<!DOCTYPE r [<!ENTITY l0 "ha">{laughs}]>{good.replace("staff-7", "&l9;")}'.encode(),
        "a file": f'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>{good.replace("staff-7", "&x;")}'.encode(),
        "an address": f'<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd">{good}'.encode(),
        "another encoding": f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE r []>{good}'.encode("utf-16"),
        "no xml": b"<<<<", "nothing": b"", "nulls": b"\x00" * 500, "deep": b"<a>" * 30_000, "long": b"<a>" + b"x" * 200_000,
        "a list": b"[]", "html": b"<html/>", "another message": f'<a:LogoutResponse xmlns:a="{SAMLP}" Version="2.0"/>'.encode(),
        "an old one": good.replace('Version="2.0"', 'Version="1.1"').encode(),
    }  # fmt: skip


@pytest.mark.parametrize("what", list(hostile(Says("_x", "http://localhost/acs", "us"))))
def test_hostile_documents_are_refused_and_fetch_nothing(client, house, monkeypatch, what):
    import socket

    asked_for = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: asked_for.append(a) or [])
    before, request = rows(), begin(client)
    refused(client, post(client, request, hostile(says(request))[what]), before)
    assert asked_for == []


@pytest.mark.parametrize("raw", ["", "%%%", "é", "x" * 200_000, "PGEv"])
def test_what_is_no_document_is_refused(client, house, raw):
    before, request = rows(), begin(client)
    sent = {"SAMLResponse": raw, "RelayState": request["state"]}
    refused(client, client.post("/sign-in/with/staff/acs", data=sent), before)


def test_a_foreign_relay_state_and_another_browser_are_refused(app, client, house):
    before = rows()
    for state in ("", "https://evil.example/", "x" * 43, "x" * 5000):
        request = begin(client)
        said = says(request)
        answer = post(client, request, said.response(sign(said.assertion())), state=state)
        if "/finish?" in answer.location:
            answer = client.get(answer.location)
        refused(client, answer, before)
    request, victim = begin(client), app.test_client()
    begin(victim)
    said = says(request)
    kept = post(victim, request, said.response(sign(said.assertion()))).location
    refused(victim, victim.get(kept), before)
    refused(client, client.get(kept), before)


def test_an_answer_nobody_asked_for_is_refused(app, house):
    before, stranger = rows(), app.test_client()
    request = begin(app.test_client())
    said = says(request)
    kept = post(stranger, request, said.response(sign(said.assertion()))).location
    refused(stranger, stranger.get(kept), before)


def test_an_assertion_counts_once_and_a_second_post_does_no_harm(app, client, house):
    request = begin(client)
    with client.session_transaction():
        attempt = client.get_cookie("sso-attempt").value
    said = says(request)
    response = said.response(sign(said.assertion()))
    first, second = (post(client, request, response).location for _n in range(2))
    assert client.get(first).location == "/en/welcome"
    before = rows()
    for kept in (first, second):
        assert "/failed?why=stale" in client.get(kept).location
        assert signed_in(client) and rows() == before
    thief = app.test_client()
    thief.set_cookie("sso-attempt", attempt)
    third = post(thief, request, response).location
    assert "/failed?why=stale" in thief.get(third).location and not signed_in(thief) and rows() == before


def test_the_answer_of_one_house_is_not_taken_for_another(client, house):
    before, request = rows(), begin(client, "partner")
    said = says(request, issuer="https://partner.example.com")
    refused(client, post(client, request, said.response(sign(said.assertion())), name="partner"), before)
    request = begin(client)
    said = says(request)
    refused(client, post(client, request, said.response(sign(said.assertion())), name="partner"), before)
    assert client.get("/sign-in/with/nobody/metadata").status_code == 404


def test_what_waits_is_forgotten(client, house):
    request = begin(client)
    said = says(request)
    kept = post(client, request, said.response(sign(said.assertion()))).location
    clock.travel(timedelta(minutes=6))
    assert "/failed?why=stale" in client.get(kept).location
    jobs.purge()
    assert db.session.scalar(select(func.count()).select_from(KeptAnswer)) == 0 and not signed_in(client)


def test_too_many_answers_from_one_address_wait(client, house, settings_override):
    with settings_override(accounts__single_sign_on_tries=5):
        for _n in range(5):
            client.post("/sign-in/with/staff/acs", data={"SAMLResponse": "x"})
        assert "why=many" in client.post("/sign-in/with/staff/acs", data={"SAMLResponse": "x"}).location


def test_nothing_of_an_answer_is_logged(client, house, caplog):
    with caplog.at_level("DEBUG"):
        come_in(client)
        come_in(client, recipient="https://other.example.com")
    assert "walter" not in caplog.text.lower() and "staff-7" not in caplog.text


def test_the_parser_expands_and_fetches_nothing():
    with pytest.raises(ValueError):
        reading.parse(posted(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'))
    assert reading.parse(posted(b"<a><!-- b --><c/></a>"))[0].tag == "c"


# --- the configuration ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"certificates": []}, {"certificates": ["nonsense"]}, {"certificates": "x"}, {"certificates": [7]},
        {"certificates": [saml_house.keys("one")[1]] * 5}, {"sign_in_url": "http://staff.example.com/sso"},
        {"sign_in_url": ""}, {"issuer": ""}, {"issuer": "x" * 300}, {"confirms_addresses": "yes"}, {"entity_id": ""},
        {"claims": {"sub": "x"}}, {"client_id": "x"}, {"kind": "saml1"},
    ],
)  # fmt: skip
def test_a_mistake_in_the_configuration_stops_the_start(house, change):
    house({**entry(), **change})
    with pytest.raises(Misconfigured):
        providers.all_providers()


def test_a_certificate_may_be_given_as_the_metadata_has_it(client, house):
    bare = "".join(saml_house.keys("one")[1].strip().splitlines()[1:-1])
    house(certificates=[bare])
    assert come_in(client).location == "/en/welcome"

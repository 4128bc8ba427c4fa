"""The answer of a SAML provider: parsed without fetching or expanding anything, its signature checked by signxml, and
read from nothing but what was signed.

Wrapping: one assertion in the whole document, ids that are used once, signatures nowhere but on the response and the
assertion, and every value taken from the tree that the verifier gives back after it checked it, never from what arrived.
"""

from __future__ import annotations

import base64
import binascii
import logging
from typing import Any

from cryptography import x509
from lxml import etree
from signxml import DigestAlgorithm, SignatureConfiguration, SignatureMethod, XMLVerifier

from accounts.singlesignon.failing import Failed, declined, refused
from accounts.singlesignon.providers import Provider
from accounts.singlesignon.saml import rules
from accounts.singlesignon.saml.asking import SAML, SAMLP
from accounts.singlesignon.saml.rules import Assertion, Confirmation, Envelope
from common import clock

logging.getLogger("signxml").setLevel(logging.INFO)
"""Its lines for searching faults hold what was signed."""

DS = "http://www.w3.org/2000/09/xmldsig#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
TRANSFORMS = {f"{DS}enveloped-signature", EXCLUSIVE}
METHODS = frozenset(
    {
        SignatureMethod.RSA_SHA256, SignatureMethod.RSA_SHA384, SignatureMethod.RSA_SHA512,
        SignatureMethod.SHA256_RSA_MGF1, SignatureMethod.SHA384_RSA_MGF1, SignatureMethod.SHA512_RSA_MGF1,
        SignatureMethod.ECDSA_SHA256, SignatureMethod.ECDSA_SHA384, SignatureMethod.ECDSA_SHA512,
    }
)  # fmt: skip
DIGESTS = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})
_NO = ("AuthnFailed", "RequestDenied", "NoPassive")


def read(provider: Provider, raw: str, here: str) -> tuple[Assertion, str]:
    """What a provider says, and the request it answers. Raises :class:`~accounts.singlesignon.failing.Failed`."""
    try:
        return _read(provider, raw, here)
    except Failed:
        raise
    except Exception as error:  # whatever a stranger sends ends in the same sentence
        raise refused(provider.label, f"{type(error).__name__}: {error}"[:200]) from error


def _read(provider: Provider, raw: str, here: str) -> tuple[Assertion, str]:
    response = parse(raw)
    _check_status(provider, response)
    signed = _signed(provider, response)
    said, around, moment = _assertion(signed), _envelope(response), clock.now()
    fault = rules.fault(said, around, provider.issuer, provider.client_id, here, moment)
    answers = rules.request_of(said, around, here, moment)
    if fault or answers is None:
        raise refused(provider.label, f"assertion: {fault}")
    return said, answers


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip


def parse(raw: str) -> Any:
    """The document of an answer: no document type, no entities, nothing from elsewhere."""
    if not raw or len(raw) > rules.LONGEST_RESPONSE:
        raise ValueError("no answer, or too long a one")
    try:
        sent = base64.b64decode("".join(raw.split()), validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error
    sent.decode("utf-8")
    if b"<!DOCTYPE" in sent or b"<!ENTITY" in sent:
        raise ValueError("a document type")
    root = etree.fromstring(sent, _parser())
    info = root.getroottree().docinfo
    if info.doctype or info.internalDTD is not None or info.externalDTD is not None:
        raise ValueError("a document type")
    if any(not isinstance(node.tag, str) for node in root.iter()):
        raise ValueError("entities")
    return root


def _check_status(provider: Provider, response: Any) -> None:
    if response.tag != f"{{{SAMLP}}}Response" or response.get("Version") != "2.0":
        raise ValueError("no response of SAML 2.0")
    codes = [one.get("Value", "") for one in response.findall(f"{{{SAMLP}}}Status//{{{SAMLP}}}StatusCode")]
    if not codes or codes[0] != rules.SUCCESS:
        if any(code.endswith(_NO) for code in codes):
            raise declined(provider.label)
        raise ValueError(f"status {codes!r:.200}")


def _signed(provider: Provider, response: Any) -> Any:
    """The assertion as it was signed, by one of the provider's keys."""
    inside = list(response.iter(f"{{{SAML}}}Assertion", f"{{{SAML}}}EncryptedAssertion"))
    if len(inside) != 1 or inside[0].getparent() is not response or not inside[0].tag.endswith("}Assertion"):
        raise ValueError("not one plain assertion")
    ids = [node.get("ID") for node in response.iter() if node.get("ID") is not None]
    signatures = list(response.iter(f"{{{DS}}}Signature"))
    mine = [one for one in signatures if one.getparent() is inside[0]]
    if len(set(ids)) < len(ids) or any(one.getparent() not in (response, inside[0]) for one in signatures):
        raise ValueError("an id or a signature where none belongs")
    if len(mine) != 1 or len(signatures) > 2:
        raise ValueError("the assertion is not signed")
    _check_ways(mine[0], inside[0].get("ID", ""))
    alone, last = etree.tostring(inside[0], with_tail=False), None
    for certificate in provider.certificates:
        try:
            return _verified(alone, certificate, inside[0].get("ID", ""))
        except Exception as error:
            last = error
    raise ValueError(f"signature: {last}")


def _check_ways(signature: Any, id_: str) -> None:
    """One reference, to this very assertion, by the transforms that SAML allows (Core §5.4)."""
    references = list(signature.iter(f"{{{DS}}}Reference"))
    transforms = {one.get("Algorithm") for one in signature.iter(f"{{{DS}}}Transform")}
    canonical = {one.get("Algorithm") for one in signature.iter(f"{{{DS}}}CanonicalizationMethod")}
    if not id_ or [one.get("URI") for one in references] != [f"#{id_}"]:
        raise ValueError("the signature is of something else")
    if not transforms <= TRANSFORMS or canonical != {EXCLUSIVE}:
        raise ValueError("a transform that SAML does not allow")
    if signature.find(f"{{{DS}}}Object") is not None:
        raise ValueError("an object in the signature")


def _verified(alone: bytes, certificate: str, id_: str) -> Any:
    ways = SignatureConfiguration(
        require_x509=True, location="./", expect_references=1, signature_methods=METHODS, digest_algorithms=DIGESTS,
        verification_time=clock.now(), ignore_ambiguous_key_info=False,
    )  # fmt: skip
    key = x509.load_pem_x509_certificate(certificate.encode())
    found: Any = XMLVerifier().verify(
        alone, x509_cert=key, expect_config=ways, parser=_parser(), id_attribute="ID"
    )
    signed = found.signed_xml
    if signed is None or signed.tag != f"{{{SAML}}}Assertion" or signed.get("ID") != id_:
        raise ValueError("something else was signed")
    return signed


# --- what it says ---------------------------------------------------------------------------------------------------


def _envelope(response: Any) -> Envelope:
    return Envelope(
        _text(response.find(f"{{{SAML}}}Issuer")), response.get("Destination", ""), response.get("InResponseTo", "")
    )  # fmt: skip


def _assertion(signed: Any) -> Assertion:
    if signed.get("Version") != "2.0":
        raise ValueError("no assertion of SAML 2.0")
    conditions = _one(signed, "Conditions")
    subject = _one(signed, "Subject")
    name = subject.find(f"{{{SAML}}}NameID")
    sessions = signed.findall(f"{{{SAML}}}AuthnStatement")
    return Assertion(
        id=signed.get("ID", ""),
        issuer=_text(_one(signed, "Issuer")),
        subject=_text(name),
        subject_format=name.get("Format", "") if name is not None else "",
        confirmations=tuple(map(_confirmation, subject.findall(f"{{{SAML}}}SubjectConfirmation"))),
        audiences=tuple(
            tuple(_text(one) for one in among.findall(f"{{{SAML}}}Audience"))
            for among in conditions.findall(f"{{{SAML}}}AudienceRestriction")
        ),
        not_before=conditions.get("NotBefore", ""),
        not_on_or_after=conditions.get("NotOnOrAfter", ""),
        sessions_end=tuple(one.get("SessionNotOnOrAfter", "") for one in sessions),
        attributes=_attributes(signed),
    )


def _confirmation(node: Any) -> Confirmation:
    data = node.find(f"{{{SAML}}}SubjectConfirmationData")
    told = data.attrib if data is not None else {}
    names = ("Recipient", "InResponseTo", "NotBefore", "NotOnOrAfter")
    return Confirmation(node.get("Method", ""), *(told.get(name, "") for name in names))


def _attributes(signed: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node in signed.findall(f"{{{SAML}}}AttributeStatement/{{{SAML}}}Attribute")[: rules.MOST_ATTRIBUTES]:
        values = (_text(one) for one in node.findall(f"{{{SAML}}}AttributeValue"))
        found.setdefault(node.get("Name", ""), []).extend(value for value in values if value)
    return found


def _one(node: Any, name: str) -> Any:
    found = node.findall(f"{{{SAML}}}{name}")
    if len(found) != 1:
        raise ValueError(f"not one {name}")
    return found[0]


def _text(node: Any) -> str:
    """The text of a node that has nothing but text."""
    return "" if node is None or len(node) else (node.text or "").strip()

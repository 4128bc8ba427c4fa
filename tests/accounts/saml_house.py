"""A SAML identity provider of the tests: it signs with the library, and says whatever a test wants it to say."""

from __future__ import annotations

import base64
import secrets
import zlib
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml import DigestAlgorithm, SignatureMethod, XMLSigner, methods

from common import clock
from tests.conftest import START

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
DS = "http://www.w3.org/2000/09/xmldsig#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ISSUER = "https://staff.example.com/saml"
SIGN_IN = "https://staff.example.com/sso?tenant=1"


@lru_cache
def keys(name: str) -> tuple[bytes, str]:
    """A private key and its certificate, made once for all tests."""
    key = (
        ec.generate_private_key(ec.SECP256R1()) if name == "curve" else rsa.generate_private_key(65537, 2048)
    )
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder().subject_name(called).issuer_name(called).public_key(key.public_key())
        .serial_number(7).not_valid_before(START - timedelta(days=400)).not_valid_after(START + timedelta(days=4000))
        .sign(key, SHA256())
    )  # fmt: skip
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private, made.public_bytes(Encoding.PEM).decode()


def entry(**more: Any) -> dict[str, Any]:
    """This house in the configuration."""
    return {
        "name": "staff", "label": "Staff account", "kind": "saml", "issuer": ISSUER, "sign_in_url": SIGN_IN,
        "certificates": [keys("one")[1]], "confirms_addresses": True,
        "claims": {"email": "mail", "name": "displayName", "customer_number": "urn:oid:2.16.840.1.113730.3.1.3"},
        "role": {"claim": "groups", "values": {"helpers": "moderator"}, "highest": "moderator"},
    } | more  # fmt: skip


def asked(location: str) -> dict[str, str]:
    """What a sign-in address asks: id, where to answer, the state."""
    query = parse_qs(urlsplit(location).query)
    request = etree.fromstring(zlib.decompress(base64.b64decode(query["SAMLRequest"][0]), -15))
    return {
        "id": request.get("ID"), "to": request.get("AssertionConsumerServiceURL"), "state": query["RelayState"][0],
        "destination": request.get("Destination"), "issuer": request.findtext(f"{{{SAML}}}Issuer"),
    }  # fmt: skip


def stamp(seconds: int = 0) -> str:
    return (clock.now() + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


@dataclass
class Says:
    """What the house says; a test bends it."""

    request: str
    to: str
    audience: str
    issuer: str = ISSUER
    subject: str = "staff-7"
    format: str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
    attributes: dict[str, list[str]] = field(
        default_factory=lambda: {"mail": ["walter@example.com"], "displayName": ["Walter Dupont"]}
    )
    recipient: str | None = None
    confirmed_for: str | None = None
    destination: str | None = None
    outer_request: str | None = None
    since: int = -5
    until: int = 300
    confirmed_until: int = 300
    session_until: int = 3600
    method: str = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
    status: str = "urn:oasis:names:tc:SAML:2.0:status:Success"
    id: str = field(default_factory=lambda: f"_{secrets.token_hex(16)}")

    def assertion(self) -> Any:
        """What is to be signed."""
        made = etree.fromstring(f"""<saml:Assertion xmlns:saml="{SAML}" Version="2.0" IssueInstant="{stamp()}"><saml:Issuer/>
<saml:Subject><saml:NameID/><saml:SubjectConfirmation><saml:SubjectConfirmationData NotOnOrAfter="{stamp(self.confirmed_until)}"/></saml:SubjectConfirmation></saml:Subject>
<saml:Conditions NotBefore="{stamp(self.since)}" NotOnOrAfter="{stamp(self.until)}"><saml:AudienceRestriction><saml:Audience/></saml:AudienceRestriction></saml:Conditions>
<saml:AuthnStatement AuthnInstant="{stamp()}" SessionNotOnOrAfter="{stamp(self.session_until)}"/><saml:AttributeStatement/></saml:Assertion>""")
        made.set("ID", self.id)
        made.find(f"{{{SAML}}}Issuer").text = self.issuer
        name, way = made.find(f".//{{{SAML}}}NameID"), made.find(f".//{{{SAML}}}SubjectConfirmation")
        name.text = self.subject
        name.set("Format", self.format)
        way.set("Method", self.method)
        way[0].set("Recipient", self.to if self.recipient is None else self.recipient)
        if for_ := self.request if self.confirmed_for is None else self.confirmed_for:
            way[0].set("InResponseTo", for_)
        made.find(f".//{{{SAML}}}Audience").text = self.audience
        for key, values in self.attributes.items():
            told = etree.SubElement(
                made.find(f"{{{SAML}}}AttributeStatement"), f"{{{SAML}}}Attribute", Name=key
            )
            for value in values:
                etree.SubElement(told, f"{{{SAML}}}AttributeValue").text = value
        return made

    def response(self, assertion: Any) -> Any:
        """The envelope."""
        made = etree.fromstring(f"""<samlp:Response xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" Version="2.0" IssueInstant="{stamp()}">
<saml:Issuer/><samlp:Status><samlp:StatusCode/></samlp:Status></samlp:Response>""")
        made.set("ID", f"_{secrets.token_hex(16)}")
        made.set("Destination", self.to if self.destination is None else self.destination)
        outer = self.request if self.outer_request is None else self.outer_request
        if outer:
            made.set("InResponseTo", outer)
        made[0].text = self.issuer
        made[1][0].set("Value", self.status)
        made.append(assertion)
        return made


def sign(
    assertion: Any, key: str = "one", method: str = "RSA_SHA256", digest: str = "SHA256", by: type = XMLSigner
) -> Any:
    """The assertion with its signature inside."""
    private, certificate = keys(key)
    signer = by(
        method=methods.enveloped, signature_algorithm=SignatureMethod[method], digest_algorithm=DigestAlgorithm[digest],
        c14n_algorithm=EXCLUSIVE,
    )  # fmt: skip
    return signer.sign(
        assertion, key=private, cert=certificate, reference_uri=f"#{assertion.get('ID')}", id_attribute="ID"
    )


class OldSigner(XMLSigner):
    """One that still signs with SHA-1, as the library no longer does unasked."""

    def check_deprecated_methods(self) -> None:
        """Silence."""


def posted(response: Any) -> str:
    """As a form carries it."""
    raw = response if isinstance(response, bytes) else etree.tostring(response)
    return base64.b64encode(raw).decode()

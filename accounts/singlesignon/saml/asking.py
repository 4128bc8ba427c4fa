"""The question to a SAML provider, and what its administrators load to know us.

The id of a request is made from the secret of this browser's attempt, so nothing is stored before an answer comes and an
answer counts in no other browser. Requests are not signed: all they ask is that somebody sign in and come back to an
address that the provider knows from our metadata.
"""

from __future__ import annotations

import base64
import zlib
from urllib.parse import urlencode

from lxml import etree

from accounts.singlesignon.providers import Provider
from accounts.singlesignon.saml.rules import PERSISTENT
from common.clock import now

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
METADATA = "urn:oasis:names:tc:SAML:2.0:metadata"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"


def request_id(made: str) -> str:
    """The id of a request: what was made for it, as a name that XML takes."""
    return f"_{made}"


def request_url(provider: Provider, here: str, id_: str, state: str) -> str:
    """The provider's address with the question in it (Bindings §3.4)."""
    asked = etree.Element(f"{{{SAMLP}}}AuthnRequest", nsmap={"samlp": SAMLP, "saml": SAML})
    for name, value in {
        "ID": id_, "Version": "2.0", "IssueInstant": now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "Destination": provider.sign_in_url, "AssertionConsumerServiceURL": here, "ProtocolBinding": POST,
    }.items():  # fmt: skip
        asked.set(name, value)
    etree.SubElement(asked, f"{{{SAML}}}Issuer").text = provider.client_id
    etree.SubElement(asked, f"{{{SAMLP}}}NameIDPolicy").set("AllowCreate", "true")
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(etree.tostring(asked)) + packer.flush()
    query = urlencode({"SAMLRequest": base64.b64encode(packed).decode(), "RelayState": state})
    return f"{provider.sign_in_url}{'&' if '?' in provider.sign_in_url else '?'}{query}"


def metadata(provider: Provider, here: str) -> bytes:
    """What we are to a provider (Metadata §2.4.4)."""
    us = etree.Element(f"{{{METADATA}}}EntityDescriptor", nsmap={"md": METADATA}, entityID=provider.client_id)
    role = etree.SubElement(
        us, f"{{{METADATA}}}SPSSODescriptor",
        protocolSupportEnumeration=SAMLP, AuthnRequestsSigned="false", WantAssertionsSigned="true",
    )  # fmt: skip
    etree.SubElement(role, f"{{{METADATA}}}NameIDFormat").text = PERSISTENT
    etree.SubElement(
        role,
        f"{{{METADATA}}}AssertionConsumerService",
        Binding=POST,
        Location=here,
        index="0",
        isDefault="true",
    )
    return etree.tostring(us, xml_declaration=True, encoding="UTF-8", pretty_print=True)

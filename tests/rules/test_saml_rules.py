"""When an assertion counts, without XML."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from accounts.singlesignon.saml import rules
from accounts.singlesignon.saml.rules import (
    ADDRESS,
    BEARER,
    PERSISTENT,
    TRANSIENT,
    Assertion,
    Confirmation,
    Envelope,
)

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HERE, US, THEM = (
    "https://community.example.com/acs",
    "https://community.example.com",
    "https://them.example.com",
)
GOOD = Confirmation(BEARER, HERE, "_asked", "", "2026-03-02T12:05:00Z")
SAID = Assertion(
    "_1", THEM, "c-7", PERSISTENT, (GOOD,), ((US,),), "2026-03-02T11:59:00Z", "2026-03-02T12:05:00Z", ("",),
    {"id": ["one"], "two": ["a", "b"]},
)  # fmt: skip
AROUND = Envelope(THEM, HERE, "_asked")


def fault(said=SAID, around=AROUND, moment=NOON):
    return rules.fault(said, around, THEM, US, HERE, moment)


def test_a_good_one_counts_and_says_what_it_answers():
    assert fault() is None and rules.request_of(SAID, AROUND, HERE, NOON) == "_asked"
    assert fault(around=Envelope("", "", "")) is None
    skewed = NOON - timedelta(seconds=90)
    assert fault(moment=skewed) is None, "a minute of skew and the minute before"
    assert fault(moment=NOON + timedelta(minutes=5, seconds=59)) is None
    assert fault(replace(SAID, confirmations=(replace(GOOD, method="x"), GOOD))) is None


@pytest.mark.parametrize(
    "said",
    [
        replace(SAID, issuer="https://others.example.com"),
        replace(SAID, issuer=""),
        replace(SAID, id=""),
        replace(SAID, id="_" * 300),
        replace(SAID, audiences=()),
        replace(SAID, audiences=((),)),
        replace(SAID, audiences=(("https://other.example.com",),)),
        replace(SAID, audiences=((US,), ("https://other.example.com",))),
        replace(SAID, not_before="2026-03-02T12:02:00Z"),
        replace(SAID, not_on_or_after="2026-03-02T11:58:00Z"),
        replace(SAID, not_on_or_after="tomorrow"),
        replace(SAID, not_on_or_after="2026-03-02T12:05:00"),
        replace(SAID, sessions_end=()),
        replace(SAID, sessions_end=("2026-03-02T11:00:00Z",)),
        replace(SAID, confirmations=()),
        *(
            replace(SAID, confirmations=(one,))
            for one in (
                replace(GOOD, method="urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"),
                replace(GOOD, recipient=""),
                replace(GOOD, recipient=HERE + "/more"),
                replace(GOOD, recipient=HERE[:-1]),
                replace(GOOD, in_response_to=""),
                replace(GOOD, in_response_to="_another"),
                replace(GOOD, not_before="2026-03-02T11:00:00Z"),
                replace(GOOD, not_on_or_after=""),
                replace(GOOD, not_on_or_after="2026-03-02T11:58:59Z"),
            )
        ),
    ],
)
def test_one_with_a_fault_does_not_count(said):
    assert fault(said) is not None


@pytest.mark.parametrize(
    "around",
    [
        Envelope("https://others.example.com", HERE, "_asked"),
        Envelope(THEM, US, "_asked"),
        Envelope(THEM, HERE, "_no"),
    ],
)
def test_the_envelope_can_only_refuse(around):
    assert fault(around=around) is not None


def test_somebody_is_known_by_a_name_that_lasts():
    assert rules.subject_of(SAID, "") == "c-7"
    assert rules.subject_of(replace(SAID, subject_format=ADDRESS), "") == "c-7"
    assert rules.subject_of(replace(SAID, subject_format=TRANSIENT), "") == ""
    assert rules.subject_of(replace(SAID, subject_format=TRANSIENT), "id") == "one"
    assert rules.subject_of(SAID, "two") == "" == rules.subject_of(SAID, "none")

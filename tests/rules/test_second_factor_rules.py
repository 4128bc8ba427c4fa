"""Codes of apps and recovery codes, as pure decisions."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from accounts.secondfactor.rules import (
    address_of,
    code_of,
    in_groups,
    is_app_code,
    is_recovery_code,
    matching_step,
    new_recovery_codes,
    new_secret,
    step_at,
    tidy,
)

SECRET = base64.b32encode(b"12345678901234567890").decode()
NOW = datetime(2026, 3, 2, 10, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds, code):
    """RFC 6238 appendix B, its last six digits."""
    assert code_of(SECRET, seconds // 30) == code


@pytest.mark.parametrize(("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_one_step_of_drift_is_forgiven(steps, good):
    code = code_of(SECRET, step_at(NOW) + steps)
    assert (matching_step(SECRET, code, NOW, 0) is not None) is good


def test_a_code_is_not_good_after_itself_or_a_later_one():
    here = step_at(NOW)
    assert matching_step(SECRET, code_of(SECRET, here), NOW, here) is None
    assert matching_step(SECRET, code_of(SECRET, here - 1), NOW, here) is None
    assert matching_step(SECRET, code_of(SECRET, here + 1), NOW, here) == here + 1
    assert step_at(NOW + timedelta(seconds=25)) == here + 1


def test_spaces_dashes_and_capitals_do_not_matter():
    assert tidy(" 123 456 ") == "123456" and is_app_code("123456")
    assert tidy("ABCDE-fghjk") == "abcdefghjk" and is_recovery_code("abcdefghjk")


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "１２３４５６", "١٢٣٤٥٦", "12345a", "\x00" * 6, "0" * 10_000]
)
def test_what_is_no_code_is_taken_for_none(typed):
    assert not is_app_code(tidy(typed)) and not is_recovery_code(tidy(typed))


def test_recovery_codes_are_ten_different_ones_that_are_recognised():
    codes = new_recovery_codes()
    assert len(set(codes)) == 10 and all(is_recovery_code(tidy(code)) for code in codes)
    assert not set(codes) & set(new_recovery_codes())


def test_the_picture_says_what_apps_read():
    secret = new_secret()
    assert len(secret) == 32 and in_groups(secret).replace(" ", "") == secret
    said = address_of("ABC", "L’atelier: un & deux", "ada@example.com")
    assert said == (
        "otpauth://totp/L%E2%80%99atelier%20%20un%20%26%20deux%3Aada%40example.com"
        "?secret=ABC&issuer=L%E2%80%99atelier%3A%20un%20%26%20deux"
    )

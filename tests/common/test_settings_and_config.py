"""Settings are bounded and audited; production refuses to start unsafe."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from common import config, settings
from common.audit import AuditEntry
from common.db import db
from common.errors import Invalid

settings.define("test.number", 5, unit="things", low=1, high=10, help="Only for tests.")


def test_a_setting_has_its_default_until_it_is_changed(app, max_):
    assert settings.get("test.number") == 5
    settings.change(max_, "test.number", "7", "calibration after a quiet week")
    assert settings.get("test.number") == 7
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.act, entry.target_id, entry.before, entry.after) == (
        "setting.changed",
        "test.number",
        "5",
        "7",
    )


@pytest.mark.parametrize("value", [0, 11, "many", None, "", [], "9" * 30])
def test_a_value_outside_type_or_range_is_refused_and_changes_nothing(app, max_, value):
    with pytest.raises(Invalid):
        settings.change(max_, "test.number", value, "a reason")
    assert settings.get("test.number") == 5


def test_a_change_needs_a_reason(app, max_):
    with pytest.raises(Invalid):
        settings.change(max_, "test.number", 6, "  ")


def test_every_setting_has_a_description(app):
    assert not [d.key for d in settings.definitions() if not str(d.help)]


def test_defaults_satisfy_their_own_ranges(app):
    for definition in settings.definitions():
        assert settings._checked(definition, definition.default) == definition.default, definition.key


SAFE = {
    "FOURMI_MODE": "production",
    "FOURMI_SECRET_KEY": "s" * 48,
    "FOURMI_BASE_URL": "https://community.example.com",
    "FOURMI_MAIL_URL": "smtp://mail.example.com:587",
}


def test_a_safe_production_configuration_has_no_problem():
    assert config.load(SAFE).problems() == []


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("FOURMI_SECRET_KEY", "", "FOURMI_SECRET_KEY"),
        ("FOURMI_SECRET_KEY", "short", "FOURMI_SECRET_KEY"),
        ("FOURMI_SECRET_KEY", config.DEFAULT_SECRET, "FOURMI_SECRET_KEY"),
        ("FLASK_DEBUG", "1", "Debug"),
        ("FOURMI_BASE_URL", "http://community.example.com", "https"),
        ("FOURMI_MAIL_URL", "outbox:", "FOURMI_MAIL_URL"),
        ("FOURMI_ARGON2_MEMORY_KIB", "1024", "47104"),
        ("FOURMI_MODE", "prod", "FOURMI_MODE"),
    ],
)
def test_an_unsafe_production_configuration_says_what_to_do(name, value, word):
    problems = config.load({**SAFE, name: value}).problems()
    assert len(problems) == 1
    assert word in problems[0]


def test_production_with_the_default_secret_does_not_start(tmp_path):
    from app import create_app

    unsafe = dataclasses.replace(config.load(SAFE), secret_key=config.DEFAULT_SECRET, data_dir=tmp_path)
    before = config.current_config()
    with pytest.raises(config.Misconfigured, match="FOURMI_SECRET_KEY"):
        create_app(unsafe)
    assert config.current_config() is before


def test_the_address_follows_the_port_unless_it_is_given():
    assert config.load({"PORT": "8471"}).base_url == "http://127.0.0.1:8471"
    assert (
        config.load({"PORT": "8471", "FOURMI_BASE_URL": "https://a.example/"}).base_url == "https://a.example"
    )


def test_the_table_of_variables_is_complete_and_true():
    root = Path(__file__).resolve().parents[2]
    told = set(re.findall(r"`(FOURMI_[A-Z0-9_]+)`", (root / "docs" / "operations.md").read_text()))
    read = set(re.findall(r'env\.get\("(FOURMI_[A-Z0-9_]+)"', (root / "common" / "config.py").read_text()))
    assert read == set(config.VARIABLES) == told

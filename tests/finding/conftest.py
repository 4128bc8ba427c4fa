"""What tests of the search share."""

from __future__ import annotations

import shutil

import pytest

from forum.search import index, similar


@pytest.fixture
def fresh_index(app):
    """An empty index for every test."""
    index.forget()
    similar.forget()
    shutil.rmtree(app.config["FOURMI"].index_dir, ignore_errors=True)
    index.rebuild()
    yield
    index.forget()

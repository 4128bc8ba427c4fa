"""A real receiver on this machine, and the far end's side as the documentation tells it."""

from __future__ import annotations

import dataclasses
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from common import config
from common.db import db
from moderation.outside import steering
from moderation.outside.rules import CHOSEN
from tests.conftest import ROOT


class FarEnd(BaseHTTPRequestHandler):
    """Keeps what it gets, answers what the test says."""

    got: list = []
    status, words = 200, b"thank you"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).got.append(SimpleNamespace(headers=dict(self.headers), body=body, said=json.loads(body)))
        words = body if self.words == b"echo" else self.words
        if self.status is None:  # nothing that HTTP knows
            self.close_connection = True
            self.wfile.write(words + b"\r\n\r\n")
            return
        self.send_response(self.status)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.send_header("Content-Length", str(len(words)))
        self.end_headers()
        self.wfile.write(words)

    def log_message(self, *_words):
        """Silence."""


@pytest.fixture
def far_end(app):
    """A receiver that the configuration allows."""
    FarEnd.got, FarEnd.status, FarEnd.words = [], 200, b"thank you"
    server = ThreadingHTTPServer(("127.0.0.1", 0), FarEnd)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    before = config.current_config()
    where = f"127.0.0.1:{server.server_port}"
    config.use_config(dataclasses.replace(before, private_receivers=frozenset([where])))
    FarEnd.address = f"http://{where}/hook"
    yield FarEnd
    config.use_config(before)
    server.shutdown()
    server.server_close()


@pytest.fixture
def connect(far_end, max_):
    """``connect()`` → the id of a connection that is told everything, and its secret."""

    def make(name="Help desk", kinds=tuple(kind.value for kind in CHOSEN)):
        return steering.make(max_, steering.Draft(name, far_end.address, list(kinds)))

    return make


def documented():
    """The check of a signature, as the documentation gives it."""
    code = re.search(r"```python\n(.*?)```", (ROOT / "docs" / "outside.md").read_text(), re.S)
    names: dict = {}
    exec(code.group(1), names)
    return names["is_genuine"]


def fresh(query):
    db.session.rollback()
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def count(model, *criteria):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model).where(*criteria))

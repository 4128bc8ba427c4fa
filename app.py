"""The application: settings, extensions, the packages, and the few wires between them. Nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask_migrate import Migrate

import accounts
import demo
import forum
import moderation
import rewards
from common import ahead, copies, db, headers, health, secrecy, serving, web
from common import config as configuration
from common.config import Config, Misconfigured
from forum.asking.incidents import set_incident_source
from forum.privacy import guarding
from forum.questions import publishing
from moderation.incidents.following import join
from moderation.outbreaks.gathering import incident_about
from moderation.screening import screener


class _Application(Flask):
    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Nothing here is a coroutine: Flask would look nine times a page."""
        return func


def create_app(config: Config | None = None) -> Flask:
    """Build the application. Raises :class:`Misconfigured` when production is not safe to start."""
    config = config or configuration.load()
    problems = config.problems()
    if problems:
        raise Misconfigured("Fourmi does not start:\n- " + "\n- ".join(problems))
    configuration.use_config(config)
    config.data_dir.mkdir(parents=True, exist_ok=True)

    app = _Application("fourmi", root_path=str(web.ROOT), static_folder="static", template_folder="templates")
    app.config["FOURMI"] = config
    web.init_app(app, config)
    db.init_app(app, config.database_url)
    Migrate(app, db.db, directory="migrations", render_as_batch=True)
    for package in (accounts, forum, rewards, moderation, demo):
        package.init_app(app)
    publishing.set_screener(screener.screen_submission)
    guarding.set_guard(screener.without_private)
    secrecy.set_veil(screener.without_cards)
    secrecy.set_public_veil(screener.without_personal_data)
    set_incident_source(incident_about, join)
    health.init_app(app)
    app.cli.add_command(serving.serve)
    with app.app_context():
        ahead.init_app(app)
        copies.init_app(app, db.db.engine)
    headers.init_app(app, config)
    return app


def create_served_app() -> Flask:
    """The application of a server process, its worker thread running where jobs run inside."""
    app = create_app()
    serving.start_worker(app)
    serving.settle_memory()
    return app

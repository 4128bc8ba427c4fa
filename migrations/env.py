"""Alembic's environment: runs inside the Flask application, on SQLite and PostgreSQL."""

from __future__ import annotations

import logging
from logging.config import fileConfig

from alembic import context
from flask import current_app

from common.db import UTCDateTime, db

config = context.config
if config.config_file_name:
    fileConfig(config.config_file_name, disable_existing_loggers=False)
logging.getLogger("alembic").setLevel(logging.WARNING)


def render_item(kind, item, autogen_context):
    """Moments are written by their own type, so that migrations and models agree."""
    if kind == "type" and isinstance(item, UTCDateTime):
        autogen_context.imports.add("from common.db import UTCDateTime")
        return "UTCDateTime()"
    return False


def run() -> None:
    """Bring the bound database up or down."""
    with current_app.extensions["sqlalchemy"].engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            # Rebuilding a table drops it; with foreign keys on, that would delete what points at it.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            render_item=render_item,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        if sqlite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")


run()

"""The database: one declarative base, a few column types, and the writes that settle races.

SQLite runs in WAL with ``synchronous=FULL`` and explicit ``BEGIN``: the driver's own default silently loses
updates. A unit of work begins with ``BEGIN IMMEDIATE``; a reading request with a plain ``BEGIN``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DDL, JSON, DateTime, Enum, MetaData, event, insert, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, MappedColumn, mapped_column, registry
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(TypeDecorator[datetime]):
    """A moment: aware UTC in Python, whatever the database keeps. A naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class _Foundation(DeclarativeBase):
    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            datetime: UTCDateTime(),
            dict: JSON(),
            list: JSON(),
            dict[str, Any]: JSON(),
            list[str]: JSON(),
        },
    )


db = SQLAlchemy(model_class=_Foundation, disable_autonaming=True)
Base: Any = db.Model
"""The base of all tables."""


def enum_column(kind: type[StrEnum], **options: Any) -> MappedColumn[Any]:
    """A short string that must be one of an enum's values, checked by the database; the enum in Python."""
    column = Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=24,
        name=f"{kind.__name__.lower()}_known",
        values_callable=lambda members: [member.value for member in members],
    )
    return mapped_column(column, **options)


class not_by_index(FunctionElement[Any]):
    """A column to be compared without its index, because nearly every row has this value.

    SQLite takes any index that offers an equality, then sorts the whole table; PostgreSQL knows better by itself.
    """

    inherit_cache = True

    def __init__(self, column: Any) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(not_by_index)
def _plain(element: Any, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


@compiles(not_by_index, "sqlite")
def _kept_from_index(element: Any, compiler: Any, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"


def insert_once(model: type[Any], **values: Any) -> int | None:
    """Insert a row unless a unique key says it is there. Returns the new id, or None when it was there."""
    build = postgresql.insert if _dialect() == "postgresql" else sqlite.insert
    table = model.__table__
    statement = build(table).values(**_filled(model, values)).on_conflict_do_nothing()
    key = next(iter(table.primary_key.columns))
    return db.session.execute(statement.returning(key)).scalar()


def _filled(model: type[Any], values: dict[str, Any]) -> dict[str, Any]:
    """Attribute names as column names; a core insert applies the column defaults itself."""
    columns = model.__mapper__.columns
    return {columns[name].name: value for name, value in values.items()}


def update_where(model: type[Any], *criteria: Any, **values: Any) -> int:
    """A conditional UPDATE; returns how many rows it changed. The way races are settled."""
    statement = update(model).where(*criteria).values(**values).execution_options(synchronize_session=False)
    changed = affected(db.session.execute(statement))
    db.session.expire_all()
    return changed


def affected(result: Any) -> int:
    """How many rows an UPDATE or DELETE touched."""
    return int(result.rowcount)


def add_to(model: type[Any], key: dict[str, Any], **amounts: int) -> None:
    """Add to the sums of a row, which is made where it is missing. One statement, whoever else does so at once."""
    build = postgresql.insert if _dialect() == "postgresql" else sqlite.insert
    statement = build(model.__table__).values(**_filled(model, {**key, **amounts}))
    columns = model.__table__.c
    more = {name: columns[name] + statement.excluded[name] for name in amounts}
    db.session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=more))


def insert_many(model: type[Any], rows: list[dict[str, Any]], once: bool = False) -> None:
    """Insert many rows in one statement; with ``once``, rows whose unique key is there are passed over."""
    if not rows:
        return
    if not once:
        db.session.execute(insert(model), rows)
        return
    build = postgresql.insert if _dialect() == "postgresql" else sqlite.insert
    db.session.execute(build(model.__table__).on_conflict_do_nothing(), rows)


def insert_new(model: type[Any], rows: list[dict[str, Any]], *columns: Any) -> list[Any]:
    """Insert many rows, those whose unique key is there left out; returns ``columns`` of the new ones."""
    if not rows:
        return []
    build = postgresql.insert if _dialect() == "postgresql" else sqlite.insert
    statement = build(model.__table__).on_conflict_do_nothing().returning(*columns)
    return list(db.session.execute(statement, [_filled(model, row) for row in rows]))


def _dialect() -> str:
    return db.session.get_bind().dialect.name


def on_postgresql() -> bool:
    """True when the database is PostgreSQL."""
    return _dialect() == "postgresql"


def refresh_statistics() -> None:
    """Let the database look at its tables again, inside the open unit of work, so that it chooses the right index.

    Without figures SQLite takes a state that nearly every row has for a rare one, and reads the whole table.
    """
    if not on_postgresql():
        db.session.execute(text("PRAGMA analysis_limit=1000"))
    db.session.execute(text("ANALYZE"))


def append_only_ddl(table: str, dialect: str, but_for_retention: bool = False) -> list[str]:
    """The statements that make a table refuse UPDATE and DELETE. ``but_for_retention``: a DELETE passes while the same
    transaction holds a row of ``retention_pass`` for the table (accounts.retention)."""
    passed = f"EXISTS (SELECT 1 FROM retention_pass WHERE table_name = '{table}')"
    if dialect == "postgresql":
        let_go = f"IF TG_OP = 'DELETE' AND {passed} THEN RETURN OLD; END IF; " if but_for_retention else ""
        return [
            f"""CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger AS $$
            BEGIN {let_go}RAISE EXCEPTION '{table} is append-only'; END $$ LANGUAGE plpgsql""",
            f"""CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION {table}_append_only()""",
        ]
    unless = {"UPDATE": "", "DELETE": f"WHEN NOT {passed} " if but_for_retention else ""}
    return [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {unless[verb]}"
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ]


APPEND_ONLY: list[str] = []
KEPT_FOR_A_TIME: list[str] = []
"""Those of them whose rows go when their time is over."""


def append_only(model: type[Any] | None = None, *, but_for_retention: bool = False) -> Any:
    """Class decorator: the database itself refuses to change or delete a row of this table."""
    if model is None:
        return partial(append_only, but_for_retention=but_for_retention)
    table = model.__table__
    APPEND_ONLY.append(table.name)
    if but_for_retention:
        KEPT_FOR_A_TIME.append(table.name)
    for dialect in ("sqlite", "postgresql"):
        for statement in append_only_ddl(table.name, dialect, but_for_retention):
            ddl = DDL(statement.replace("%", "%%")).execute_if(dialect=dialect)
            event.listen(table, "after_create", ddl)
    return model


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "busy_timeout=30000",
        "temp_store=MEMORY",
        "cache_size=-32000",
        "mmap_size=268435456",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    writing = connection.get_execution_options().get("fourmi_writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def prepare_engine(engine: Engine) -> None:
    """Give an SQLite engine the modes described at the top; PostgreSQL needs one."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _prepare_postgresql)


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    """Statements here take milliseconds; compiling one, where the planner overrates its cost, takes seventy."""
    connection.autocommit = True
    connection.execute("SET jit = off")
    connection.autocommit = False


def init_app(app: Flask, url: str) -> None:
    """Bind the database to the application."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    engine_options: dict[str, Any] = {}
    if url.startswith("sqlite"):
        engine_options = {
            # More statements than the 128 that sqlite3 keeps prepared by default stand behind our pages.
            "connect_args": {"timeout": 30, "check_same_thread": False, "cached_statements": 1000},
            "pool_size": 20,
            "max_overflow": 60,
        }
    else:
        engine_options = {"pool_size": 10, "max_overflow": 60, "pool_pre_ping": True, "pool_timeout": 20}
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options | {
        "hide_parameters": True
    }  # what people typed stays out of logs
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)

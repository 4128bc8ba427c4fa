"""order in the house: merged and locked questions, carried followers, other names of topics

Revision ID: 0013
Revises: 0012
Create Date: 2026-11-22 13:50:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STATES = ("held", "published", "hidden", "rejected", "removed", "withdrawn")
MOMENTS = ("locked_at", "resurfaced_at")
POINTERS = {"question": "merged_into_id", "me_too": "carried_from_id", "follow": "carried_from_id"}
INDEXES = {
    "ix_question_solution": "accepted_answer_id",
    "ix_question_duplicate": "duplicate_of_id",
    "ix_question_merged": "merged_into_id",
    "ix_question_resurfaced": "resurfaced_at",
}
KINDS = ("duplicate", "merge", "split", "move", "retitle", "retag", "close", "reopen", "lock", "unlock")


def _postgresql():
    return op.get_bind().dialect.name == "postgresql"


def _known(before, after):
    """Other states that the table of posts takes. SQLite keeps a check in the text of its schema, nowhere else."""
    if _postgresql():
        op.drop_constraint(op.f("ck_post_poststate_known"), "post", type_="check")
        op.create_check_constraint(op.f("ck_post_poststate_known"), "post", sa.column("state").in_(after))
        return
    written = [", ".join(f"'{state}'" for state in states) for states in (before, after)]
    version = op.get_bind().exec_driver_sql("PRAGMA schema_version").scalar()
    op.execute("PRAGMA writable_schema=ON")
    op.get_bind().exec_driver_sql(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = 'post'", tuple(written)
    )
    op.execute(f"PRAGMA schema_version={version + 1}")
    op.execute("PRAGMA writable_schema=OFF")


def _point(table, column):
    key = f"fk_{table}_{column}_post"
    if _postgresql():
        op.add_column(table, sa.Column(column, sa.Integer()))
        op.create_foreign_key(key, table, "post", [column], ["id"])
    else:
        op.execute(f'ALTER TABLE "{table}" ADD COLUMN {column} INTEGER CONSTRAINT {key} REFERENCES post (id)')


def upgrade():
    _known(STATES, (*STATES, "merged"))
    for table, column in POINTERS.items():
        _point(table, column)
    for name in MOMENTS:
        op.add_column("question", sa.Column(name, UTCDateTime()))
    op.add_column("question", sa.Column("locked_reason", sa.String(24)))
    op.add_column("question", sa.Column("resurface_count", sa.Integer(), server_default="0", nullable=False))
    for name, column in INDEXES.items():
        op.create_index(name, "question", [column])
    op.create_table(
        "tag_alias",
        sa.Column("key", sa.String(60), primary_key=True),
        sa.Column("tag_id", sa.Integer(), sa.ForeignKey("tag.id", name="fk_tag_alias_tag_id_tag"), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
    )  # fmt: skip
    op.create_index("ix_tag_alias_tag_id", "tag_alias", ["tag_id"])
    op.create_table(
        "tidy_act",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.Enum(*KINDS, name="acttype_known", native_enum=False, create_constraint=True, length=24), nullable=False),
        sa.Column("question_id", sa.Integer(), sa.ForeignKey("post.id", name="fk_tidy_act_question_id_post"), nullable=False),
        sa.Column("target_id", sa.Integer(), sa.ForeignKey("post.id", name="fk_tidy_act_target_id_post")),
        sa.Column("actor_id", sa.Integer(), sa.ForeignKey("member.id", name="fk_tidy_act_actor_id_member")),
        sa.Column("batch", sa.String(32)),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("done_at", UTCDateTime(), nullable=False),
        sa.Column("undone_at", UTCDateTime()),
        sa.Column("undone_by_id", sa.Integer(), sa.ForeignKey("member.id", name="fk_tidy_act_undone_by_id_member")),
    )  # fmt: skip
    op.create_index("ix_tidy_act_question", "tidy_act", ["question_id", "id"])
    op.create_index("ix_tidy_act_target", "tidy_act", ["target_id", "id"])
    op.create_index("ix_tidy_act_batch", "tidy_act", ["batch"])


def downgrade():
    op.drop_table("tidy_act")
    op.drop_table("tag_alias")
    for name in INDEXES:
        op.drop_index(name, "question")
    for name in (*MOMENTS, "locked_reason", "resurface_count"):
        op.drop_column("question", name)
    for table, column in POINTERS.items():
        with op.batch_alter_table(table) as batch:  # a table that was rebuilt since keeps its keys beside its columns
            batch.drop_column(column)
    op.execute("UPDATE post SET state = 'hidden' WHERE state = 'merged'")
    _known((*STATES, "merged"), STATES)

"""what the filters know and learn

Revision ID: 0072
Revises: 0071
Create Date: 2026-11-23 06:04:36.617593

"""

from alembic import op
import sqlalchemy as sa
from common.db import UTCDateTime

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

BEFORE = ("hold", "urgent", "flag", "mask")
NEW = ("block", "replace", "link", "tag", "route", "priority")


def upgrade():
    op.create_table(
        "model_feature",
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ok", sa.Integer(), nullable=False),
        sa.Column("junk", sa.Integer(), nullable=False),
        sa.Column("tone", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("language", "number", name=op.f("pk_model_feature")),
    )
    op.create_table(
        "model_label",
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column(
            "label",
            sa.Enum(
                "ok", "junk", "tone", name="label_known", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("texts", sa.Integer(), nullable=False),
        sa.Column("features", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("language", "label", name=op.f("pk_model_label")),
    )
    op.create_table(
        "model_report",
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("junk", "tone", name="kind_known", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "waiting",
                "shadow",
                "active",
                "off",
                name="stage_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("noticed", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Integer(), nullable=False),
        sa.Column("disagreed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("language", "kind", "week", name=op.f("pk_model_report")),
    )
    op.create_table(
        "model_stage",
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("junk", "tone", name="kind_known", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column(
            "stage",
            sa.Enum(
                "waiting",
                "shadow",
                "active",
                "off",
                name="stage_known",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("language", "kind", name=op.f("pk_model_stage")),
    )
    op.create_table(
        "model_forecast",
        sa.Column("post_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("junk", "tone", name="kind_known", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("chance", sa.Double(), nullable=False),
        sa.Column("noticed", sa.Boolean(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_model_forecast_post_id_post")),
        sa.PrimaryKeyConstraint("post_id", "kind", name=op.f("pk_model_forecast")),
    )
    with op.batch_alter_table("model_forecast", schema=None) as batch_op:
        batch_op.create_index(
            "ix_model_forecast_noticed", ["kind", "language", "noticed", "at"], unique=False
        )

    op.create_table(
        "posted_host",
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("post_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_posted_host_post_id_post")),
        sa.PrimaryKeyConstraint("host", "post_id", name=op.f("pk_posted_host")),
    )
    with op.batch_alter_table("posted_host", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_posted_host_post_id"), ["post_id"], unique=False)

    op.create_table(
        "text_print",
        sa.Column("post_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("simhash", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("stored_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["member.id"], name=op.f("fk_text_print_author_id_member")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_text_print_post_id_post")),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_text_print")),
    )
    with op.batch_alter_table("text_print", schema=None) as batch_op:
        batch_op.create_index("ix_text_print_author", ["author_id", "stored_at"], unique=False)
        batch_op.create_index("ix_text_print_digest", ["digest", "stored_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_text_print_stored_at"), ["stored_at"], unique=False)

    op.create_table(
        "model_lesson",
        sa.Column("post_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column(
            "label",
            sa.Enum(
                "ok", "junk", "tone", name="label_known", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("learned_at", UTCDateTime(), nullable=False),
        sa.Column("overturned", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["review_decision.id"], name=op.f("fk_model_lesson_decision_id_review_decision")
        ),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_model_lesson_post_id_post")),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_model_lesson")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_model_lesson_decision_id")),
    )
    with op.batch_alter_table("watched_word", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("case_matters", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("value", sa.String(length=200), server_default="", nullable=False))
        batch_op.drop_constraint(op.f("ck_watched_word_wordaction_known"), type_="check")
        batch_op.create_check_constraint("wordaction_known", sa.column("action").in_((*BEFORE, *NEW)))


def downgrade():
    op.execute(sa.delete(sa.table("watched_word", sa.column("action"))).where(sa.column("action").in_(NEW)))
    with op.batch_alter_table("watched_word", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_watched_word_wordaction_known"), type_="check")
        batch_op.create_check_constraint("wordaction_known", sa.column("action").in_(BEFORE))
        batch_op.drop_column("value")
        batch_op.drop_column("case_matters")

    op.drop_table("model_lesson")
    with op.batch_alter_table("text_print", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_text_print_stored_at"))
        batch_op.drop_index("ix_text_print_digest")
        batch_op.drop_index("ix_text_print_author")

    op.drop_table("text_print")
    with op.batch_alter_table("posted_host", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_posted_host_post_id"))

    op.drop_table("posted_host")
    with op.batch_alter_table("model_forecast", schema=None) as batch_op:
        batch_op.drop_index("ix_model_forecast_noticed")

    op.drop_table("model_forecast")
    op.drop_table("model_stage")
    op.drop_table("model_report")
    op.drop_table("model_label")
    op.drop_table("model_feature")

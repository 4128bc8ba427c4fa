"""product reviews: posts of a kind of their own, votes on them, figures, accounts of makers

Revision ID: 0044
Revises: 0043
Create Date: 2026-11-22 23:40:00

"""

import sqlalchemy as sa
from alembic import op

from common.db import UTCDateTime

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

KINDS = ("question", "answer", "comment")
ALL_KINDS = (*KINDS, "review", "review_reply")
REASONS = (
    "insult", "advertising", "personal_data", "dangerous", "illegal", "undisclosed_interest", "off_topic", "wrong_category",
)  # fmt: skip
INCENTIVES = ("none", "free_product_trial", "discount", "contest", "staff")
THREAD = "kind = 'question' OR question_id IS NOT NULL"
ANY_THREAD = "kind IN ('question', 'review', 'review_reply') OR question_id IS NOT NULL"


def _postgresql():
    return op.get_bind().dialect.name == "postgresql"


def _listed(values):
    return ", ".join(f"'{value}'" for value in values)


def _checked(table, name, before, after):
    """Another check of a table. SQLite keeps a check in the text of its schema, nowhere else."""
    if _postgresql():
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, sa.text(after))
        return
    version = op.get_bind().exec_driver_sql("PRAGMA schema_version").scalar()
    op.execute("PRAGMA writable_schema=ON")
    op.get_bind().exec_driver_sql(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ?", (before, after, table)
    )
    op.execute(f"PRAGMA schema_version={version + 1}")
    op.execute("PRAGMA writable_schema=OFF")


def _kinds(before, after):
    _checked("post", "postkind_known", f"kind IN ({_listed(before)})", f"kind IN ({_listed(after)})")


def _reasons(before, after):
    _checked("flag", "flagreason_known", f"reason IN ({_listed(before)})", f"reason IN ({_listed(after)})")


def _known(name, values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade():
    _checked("post", "thread_known", THREAD, ANY_THREAD)
    _kinds(KINDS, ALL_KINDS)
    _reasons((*REASONS, "other"), (*REASONS, "authenticity", "other"))
    for table in ("revision", "pending_edit"):
        op.add_column(table, sa.Column("facts", sa.JSON(), nullable=True))
    op.create_table(
        "product_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("place_key", sa.String(40), nullable=True),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("experienced_on", sa.Date(), nullable=False),
        sa.Column("incentive", _known("incentive_known", INCENTIVES), nullable=False),
        sa.Column("checked", _known("checked_known", ("purchase", "trial", "not")), nullable=False),
        sa.Column("shown_at", UTCDateTime(), nullable=True),
        sa.Column("useful_count", sa.Integer(), nullable=False),
        sa.Column("masked_at", UTCDateTime(), nullable=True),
        sa.Column("reply_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("rating between 1 and 5", name=op.f("ck_product_review_rating_known")),
        sa.CheckConstraint(
            "checked != 'purchase' OR incentive = 'none'", name=op.f("ck_product_review_no_purchase_with_incentive")
        ),
        sa.ForeignKeyConstraint(["id"], ["post.id"], name="fk_product_review_id_post"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_product_review_product_id_product"),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name="fk_product_review_category_id_category"),
        sa.ForeignKeyConstraint(["reply_id"], ["post.id"], name="fk_product_review_reply_id_post"),
        sa.PrimaryKeyConstraint("id", name="pk_product_review"),
        sa.UniqueConstraint("place_key", name="uq_product_review_place_key"),
    )  # fmt: skip
    op.create_index("ix_product_review_recent", "product_review", ["product_id", "shown_at", "id"])
    op.create_index("ix_product_review_useful", "product_review", ["product_id", "useful_count", "id"])
    op.create_index("ix_product_review_rating", "product_review", ["product_id", "rating", "shown_at", "id"])
    op.create_table(
        "review_vote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("given_at", UTCDateTime(), nullable=False),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.Column("annulled_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["review_id"], ["product_review.id"], name="fk_review_vote_review_id_product_review"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_review_vote_member_id_member"),
        sa.PrimaryKeyConstraint("id", name="pk_review_vote"),
        sa.UniqueConstraint("review_id", "member_id", name="uq_review_vote_review_id_member_id"),
    )
    op.create_index("ix_review_vote_member_id", "review_vote", ["member_id"])
    op.create_index("ix_review_vote_given", "review_vote", ["given_at"])
    op.create_table(
        "review_rating_count",
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("incentive", _known("incentive_known", INCENTIVES), nullable=False),
        sa.Column("review_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name="fk_review_rating_count_product_id_product"),
        sa.PrimaryKeyConstraint("product_id", "rating", "incentive", name="pk_review_rating_count"),
    )
    op.create_table(
        "brand_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("brand", sa.String(60), nullable=False),
        sa.Column("registered_by_id", sa.Integer(), nullable=True),
        sa.Column("registered_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_brand_account_member_id_member"),
        sa.ForeignKeyConstraint(["registered_by_id"], ["member.id"], name="fk_brand_account_registered_by_id_member"),
        sa.PrimaryKeyConstraint("id", name="pk_brand_account"),
        sa.UniqueConstraint("member_id", name="uq_brand_account_member_id"),
    )


def downgrade():
    for table in ("brand_account", "review_rating_count", "review_vote", "product_review"):
        op.drop_table(table)
    for table in ("pending_edit", "revision"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("facts")
    op.execute(
        "UPDATE post SET kind = 'comment', state = 'removed', question_id = id, parent_id = NULL "
        "WHERE kind IN ('review', 'review_reply')"
    )  # what was decided about them stays in the log, so their rows do too
    _kinds(ALL_KINDS, KINDS)
    _checked("post", "thread_known", ANY_THREAD, THREAD)
    op.execute("UPDATE flag SET reason = 'undisclosed_interest' WHERE reason = 'authenticity'")
    _reasons((*REASONS, "authenticity", "other"), (*REASONS, "other"))

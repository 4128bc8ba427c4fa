"""who drew attention to an item of the queue, and to what a statement of reasons is about

Revision ID: 0096
Revises: 0095

"""

import sqlalchemy as sa
from alembic import op

revision = "0096"
down_revision = "0095"
branch_labels = None
depends_on = None

BY_FILTERS = (
    "links", "short_link", "new_domain", "busy_domain", "watched_word", "typed_fast", "postal_address", "accusation",
    "mentions", "copied_text", "repeated_text", "throwaway_mail", "mail_like_sender", "learned_junk", "learned_tone",
)  # fmt: skip


def _has(name):
    return f"CAST(signals AS TEXT) LIKE '%\"{name}\"%'"


def upgrade():
    for table in ("review_item", "statement"):
        op.add_column(table, sa.Column("found_by", sa.JSON(), nullable=False, server_default="[]"))
    op.execute(
        f"""UPDATE review_item SET found_by = CASE
        WHEN {_has("legal_notice")} AND {_has("flagged")} THEN '["report", "notice"]'
        WHEN {_has("legal_notice")} THEN '["notice"]'
        WHEN {_has("flagged")} THEN '["report"]'
        WHEN {_has("delegated")} THEN '["mentor"]'
        WHEN {_has("by_moderator")} THEN '["moderator"]'
        WHEN {_has("community")} THEN '["community"]'
        WHEN {" OR ".join(map(_has, BY_FILTERS))} THEN '["machine"]'
        ELSE '["rule"]' END{"::json" if op.get_bind().dialect.name == "postgresql" else ""}
        WHERE open_key IS NOT NULL"""
    )


def downgrade():
    for table in ("statement", "review_item"):
        op.drop_column(table, "found_by")

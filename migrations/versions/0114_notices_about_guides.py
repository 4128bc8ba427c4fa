"""notices of illegal content about guides, and the type of item they wait as

Revision ID: 0114
Revises: 0113

"""

import sqlalchemy as sa
from alembic import op

revision = "0114"
down_revision = "0113"
branch_labels = None
depends_on = None

TYPES = ("post", "edit", "flag_case", "review", "image", "profile", "message", "sample", "appeal", "audit")
TYPE_KNOWN = "ck_review_item_itemtype_known"
ABOUT_ONE = "ck_legal_notices_about_one"
ONE_OF_TWO = "(post_id is null) != (profile_id is null)"
ONE_OF_THREE = (
    "(case when post_id is null then 0 else 1 end) + (case when profile_id is null then 0 else 1 end)"
    " + (case when guide_id is null then 0 else 1 end) = 1"
)


def upgrade():
    _types((*TYPES, "guide"))
    with op.batch_alter_table("legal_notices") as batch:
        batch.add_column(sa.Column("guide_id", sa.Integer()))
        batch.create_foreign_key(op.f("fk_legal_notices_guide_id_guide"), "guide", ["guide_id"], ["id"])
        batch.drop_constraint(op.f(ABOUT_ONE), type_="check")
        batch.create_check_constraint(op.f(ABOUT_ONE), sa.text(ONE_OF_THREE))
    op.create_index("ix_legal_notices_guide_id", "legal_notices", ["guide_id"])


def downgrade():
    """Notices about guides go: the former schema cannot say what they are about. What was decided about one, with its
    statement and whatever was said of it, stays with an item of the type that fits best."""
    op.execute("DELETE FROM legal_notices WHERE guide_id IS NOT NULL")
    op.drop_index("ix_legal_notices_guide_id", "legal_notices")
    with op.batch_alter_table("legal_notices") as batch:
        batch.drop_constraint(op.f(ABOUT_ONE), type_="check")
        batch.drop_constraint(op.f("fk_legal_notices_guide_id_guide"), type_="foreignkey")
        batch.drop_column("guide_id")
        batch.create_check_constraint(op.f(ABOUT_ONE), sa.text(ONE_OF_TWO))
    op.execute("UPDATE review_item SET state = 'cancelled', open_key = NULL, lease_owner_id = NULL, lease_token = NULL, "
               "lease_until = NULL, lease_begun_at = NULL WHERE kind = 'guide' AND open_key IS NOT NULL")
    op.execute("UPDATE review_item SET kind = 'flag_case' WHERE kind = 'guide'")
    _types(TYPES)


def _types(values):
    with op.batch_alter_table("review_item") as batch:
        batch.drop_constraint(op.f(TYPE_KNOWN), type_="check")
        batch.create_check_constraint(op.f(TYPE_KNOWN), sa.column("kind").in_(values))

"""which posts carry which pictures

Revision ID: 0112
Revises: 0111

"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0112"
down_revision = "0111"
branch_labels = None
depends_on = None
_KEY = re.compile(r"/images/([0-9a-f]{40}\.(?:jpg|png|webp))")
_TEXTS = (
    "SELECT id AS post_id, body FROM post WHERE body LIKE '%/images/%'",
    "SELECT post_id, body FROM revision WHERE body LIKE '%/images/%'",
)


def upgrade():
    carried = op.create_table(
        "image_post",
        sa.Column("file_key", sa.String(length=48), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_image_post_post_id_post")),
        sa.PrimaryKeyConstraint("file_key", "post_id", name=op.f("pk_image_post")),
    )
    op.create_index(op.f("ix_image_post_post_id"), "image_post", ["post_id"])
    rows = {
        (key, post_id) for query in _TEXTS for post_id, body in op.get_bind().execute(sa.text(query)) for key in _KEY.findall(body)
    }
    if rows:
        op.bulk_insert(carried, [{"file_key": key, "post_id": post_id} for key, post_id in sorted(rows)])


def downgrade():
    op.drop_index(op.f("ix_image_post_post_id"), table_name="image_post")
    op.drop_table("image_post")

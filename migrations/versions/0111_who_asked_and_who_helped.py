"""the figures know who asked and whose answer was accepted, and whom a campaign reached; indexes that hold what the dashboard counts

Revision ID: 0111
Revises: 0110

"""

import sqlalchemy as sa
from alembic import op

revision = "0111"
down_revision = "0110"
branch_labels = None
depends_on = None

WIDER = (
    ("ix_post_state", "post", ["state", "kind", "published_at"], "author_id"),
    ("ix_sla_event_type", "sla_event", ["type", "at", "metric"], "question_id"),
)
NEW = (
    ("ix_question_outcome_asker", ["asker_id", "day", "asked_epoch", "first_seconds"]),
    ("ix_question_outcome_accepted", ["accepted_at", "category_id", "helper_id"]),
    ("ix_question_outcome_helper", ["helper_id"]),
)
SOLUTION = "(SELECT {what} FROM question JOIN post ON post.id = question.accepted_answer_id WHERE question.id = question_outcome.question_id AND post.state = 'published')"


def upgrade():
    with op.batch_alter_table("question_outcome") as batch:
        for name in ("asker_id", "helper_id"):
            batch.add_column(sa.Column(name, sa.Integer()))
            batch.create_foreign_key(f"fk_question_outcome_{name}_member", "member", [name], ["id"])
        batch.add_column(sa.Column("accepted_at", sa.DateTime(timezone=True)))
    op.execute(
        "UPDATE question_outcome SET asker_id = (SELECT author_id FROM post WHERE post.id = question_outcome.question_id), "
        f"helper_id = {SOLUTION.format(what='post.author_id')}, accepted_at = {SOLUTION.format(what='question.accepted_at')}"
    )
    op.add_column("campaign_count", sa.Column("reached", sa.Integer()))
    op.execute("DELETE FROM campaign_count")  # the first night counts them as their table is now
    for name, columns in NEW:
        op.create_index(name, "question_outcome", columns)
    for name, table, columns, more in WIDER:
        op.drop_index(name, table)
        op.create_index(name, table, [*columns, more])


def downgrade():
    for name, table, columns, _more in WIDER:
        op.drop_index(name, table)
        op.create_index(name, table, columns)
    op.execute("DELETE FROM campaign_count")
    with op.batch_alter_table("campaign_count") as batch:
        batch.drop_column("reached")
    for name, _columns in NEW:
        op.drop_index(name, "question_outcome")
    with op.batch_alter_table("question_outcome") as batch:
        for name in ("asker_id", "helper_id"):
            batch.drop_constraint(f"fk_question_outcome_{name}_member", type_="foreignkey")
            batch.drop_column(name)
        batch.drop_column("accepted_at")

"""the pictures that questions are about"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("study_items", sa.Column("question_picture_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_study_items_question_picture_id_study_pictures"),
        "study_items",
        "study_pictures",
        ["question_picture_id"],
        ["id"],
        ondelete="RESTRICT",
    )
    op.create_index(
        op.f("ix_study_items_question_picture_id"), "study_items", ["question_picture_id"]
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_study_items_question_picture_id"), table_name="study_items")
    op.drop_constraint(
        op.f("fk_study_items_question_picture_id_study_pictures"), "study_items", type_="foreignkey"
    )
    op.drop_column("study_items", "question_picture_id")

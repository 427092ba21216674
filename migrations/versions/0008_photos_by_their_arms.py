"""photos by their arms

Whether an arm holds real photos is said of the arm. The field of the design that named one was
read by nothing, and is gone from designs that were stored. What was hashed at an opening stays as
it was hashed.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE studies SET design = design #- '{controls,photo_arm}'")


def downgrade() -> None:
    op.execute(
        "UPDATE studies SET design = jsonb_set(design, '{controls,photo_arm}', '\"\"') "
        "WHERE design ? 'controls'"
    )

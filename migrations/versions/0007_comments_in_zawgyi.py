"""comments in Zawgyi"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "ratings",
        sa.Column("is_zawgyi_asked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("ratings", sa.Column("comment_in_unicode", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("ratings", "comment_in_unicode")
    op.drop_column("ratings", "is_zawgyi_asked")

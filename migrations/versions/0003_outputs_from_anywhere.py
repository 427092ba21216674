"""outputs from anywhere"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_OF_PICTURES = {
    "file": sa.String(),
    "sha256": sa.String(),
    "width": sa.Integer(),
    "height": sa.Integer(),
}
# Alembic does not compare checks. Each of these allows what was there before.
_OF_VARIANTS = {
    "role": (
        "role IN ('base', 'tuned', 'merge')",
        "role IN ('base', 'tuned', 'merge', 'external')",
    ),
    "base_has_no_base": (
        "role <> 'base' OR base_id IS NULL",
        "role NOT IN ('base', 'external') OR base_id IS NULL",
    ),
    "others_have_a_base": (
        "role = 'base' OR base_id IS NOT NULL",
        "role IN ('base', 'external') OR base_id IS NOT NULL",
    ),
    "only_merges_are_bare": (
        "role = 'merge' OR artifact_id IS NOT NULL",
        "role IN ('merge', 'external') OR artifact_id IS NOT NULL",
    ),
}


def upgrade() -> None:
    op.add_column("outputs", sa.Column("text", sa.String(), nullable=True))
    op.add_column("outputs", sa.Column("question_file", sa.String(), nullable=True))
    for name, kind in _OF_PICTURES.items():
        op.alter_column("outputs", name, existing_type=kind, nullable=True)
    op.create_check_constraint(
        op.f("ck_outputs_picture_or_answer"),
        "outputs",
        "CASE WHEN text IS NULL "
        "THEN num_nonnulls(file, sha256, width, height) = 4 AND question_file IS NULL "
        "ELSE num_nonnulls(file, sha256, width, height) = 0 END",
    )
    op.create_check_constraint(op.f("ck_outputs_text"), "outputs", "text <> ''")
    op.add_column("prompts", sa.Column("region", sa.String(), server_default="", nullable=False))
    for name, (_, condition) in _OF_VARIANTS.items():
        _replace_check(name, condition)
    op.create_check_constraint(
        op.f("ck_variants_external_is_bare"),
        "variants",
        "role <> 'external' OR family = 'external' AND num_nonnulls(artifact_id, method) = 0",
    )


def downgrade() -> None:
    """Refused by the database while there are answers, or models that were made elsewhere."""
    op.drop_constraint(op.f("ck_variants_external_is_bare"), "variants", type_="check")
    for name, (condition, _) in _OF_VARIANTS.items():
        _replace_check(name, condition)
    op.drop_column("prompts", "region")
    for check in ("text", "picture_or_answer"):
        op.drop_constraint(op.f(f"ck_outputs_{check}"), "outputs", type_="check")
    for name, kind in _OF_PICTURES.items():
        op.alter_column("outputs", name, existing_type=kind, nullable=False)
    op.drop_column("outputs", "question_file")
    op.drop_column("outputs", "text")


def _replace_check(name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_variants_{name}"), "variants", type_="check")
    op.create_check_constraint(op.f(f"ck_variants_{name}"), "variants", condition)

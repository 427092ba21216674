"""knowledge bases

The vectors are PostgreSQL's own arrays, which pgvector reads as they are: nothing here needs the
extension, and a server that gets it later needs no other migration.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_CONSTRAINT = "ck_job_inputs_one_subject"
_BEFORE = ("dataset_id", "variant_id", "prompt_set_id", "benchmark_id", "source_job_id")
_AFTER = (*_BEFORE, "knowledge_base_id", "knowledge_index_id")


def _allow(*columns: str) -> None:
    op.drop_constraint(op.f(_CONSTRAINT), "job_inputs", type_="check")
    one = f"num_nonnulls({', '.join(columns)}) = 1"
    op.create_check_constraint(op.f(_CONSTRAINT), "job_inputs", one)


def upgrade() -> None:
    op.create_table(
        "knowledge_bases",
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("num_passages", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name=op.f("ck_knowledge_bases_digest")),
        sa.CheckConstraint("num_passages >= 0", name=op.f("ck_knowledge_bases_num_passages")),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_knowledge_bases_revision")),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["users.id"],
            name=op.f("fk_knowledge_bases_created_by_id_users"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_bases")),
        sa.UniqueConstraint("name", name=op.f("uq_knowledge_bases_name")),
    )
    op.create_table(
        "knowledge_indexes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("knowledge_base_id", sa.Uuid(), nullable=False),
        sa.Column("base_digest", sa.String(), nullable=False),
        sa.Column(
            "encoder", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("num_chunks", sa.Integer(), nullable=False),
        sa.Column("dim", sa.Integer(), nullable=False),
        sa.Column("artifact_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "base_digest ~ '^[0-9a-f]{64}$'", name=op.f("ck_knowledge_indexes_base_digest")
        ),
        sa.CheckConstraint(
            "(encoder IS NULL) = (dim = 0)", name=op.f("ck_knowledge_indexes_dim_of_encoder")
        ),
        sa.CheckConstraint("num_chunks >= 1", name=op.f("ck_knowledge_indexes_num_chunks")),
        sa.ForeignKeyConstraint(
            ["artifact_id"],
            ["artifacts.id"],
            name=op.f("fk_knowledge_indexes_artifact_id_artifacts"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["job_id"],
            ["jobs.id"],
            name=op.f("fk_knowledge_indexes_job_id_jobs"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["knowledge_base_id"],
            ["knowledge_bases.id"],
            name=op.f("fk_knowledge_indexes_knowledge_base_id_knowledge_bases"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_indexes")),
        sa.UniqueConstraint("job_id", name=op.f("uq_knowledge_indexes_job_id")),
    )
    op.create_index(
        op.f("ix_knowledge_indexes_knowledge_base_id"),
        "knowledge_indexes",
        ["knowledge_base_id"],
        unique=False,
    )
    op.create_table(
        "knowledge_revisions",
        sa.Column("knowledge_base_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("num_passages", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name=op.f("ck_knowledge_revisions_digest")),
        sa.CheckConstraint(
            "what IN ('create', 'add', 'edit', 'remove', 'import')",
            name=op.f("ck_knowledge_revisions_what"),
        ),
        sa.ForeignKeyConstraint(
            ["job_id"],
            ["jobs.id"],
            name=op.f("fk_knowledge_revisions_job_id_jobs"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["knowledge_base_id"],
            ["knowledge_bases.id"],
            name=op.f("fk_knowledge_revisions_knowledge_base_id_knowledge_bases"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"],
            ["users.id"],
            name=op.f("fk_knowledge_revisions_made_by_id_users"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("knowledge_base_id", "number", name=op.f("pk_knowledge_revisions")),
    )
    op.create_index(
        op.f("ix_knowledge_revisions_knowledge_base_id_digest"),
        "knowledge_revisions",
        ["knowledge_base_id", "digest"],
        unique=False,
    )
    op.create_table(
        "passages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("knowledge_base_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("picture", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("licence", sa.String(), nullable=False),
        sa.Column("artifact_id", sa.Uuid(), nullable=True),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(picture = '') = (artifact_id IS NULL)", name=op.f("ck_passages_picture_in_files")
        ),
        sa.CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name=op.f("ck_passages_digest")),
        sa.CheckConstraint("text <> ''", name=op.f("ck_passages_text")),
        sa.CheckConstraint("until > since", name=op.f("ck_passages_until")),
        sa.ForeignKeyConstraint(
            ["artifact_id"],
            ["artifacts.id"],
            name=op.f("fk_passages_artifact_id_artifacts"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["knowledge_base_id"],
            ["knowledge_bases.id"],
            name=op.f("fk_passages_knowledge_base_id_knowledge_bases"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"],
            ["passages.id"],
            name=op.f("fk_passages_replaces_id_passages"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passages")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_passages_replaces_id")),
    )
    op.create_index(
        op.f("ix_passages_knowledge_base_id_position"),
        "passages",
        ["knowledge_base_id", "position"],
        unique=False,
    )
    op.create_index(
        "uq_passages_current",
        "passages",
        ["knowledge_base_id", "digest"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "chunk_vectors",
        sa.Column("index_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("chunk_id", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("embedding", postgresql.ARRAY(sa.REAL()), nullable=False),
        sa.ForeignKeyConstraint(
            ["index_id"],
            ["knowledge_indexes.id"],
            name=op.f("fk_chunk_vectors_index_id_knowledge_indexes"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("index_id", "position", name=op.f("pk_chunk_vectors")),
        sa.UniqueConstraint(
            "index_id", "chunk_id", name=op.f("uq_chunk_vectors_index_id_chunk_id")
        ),
    )
    op.add_column("job_inputs", sa.Column("knowledge_base_id", sa.Uuid(), nullable=True))
    op.add_column("job_inputs", sa.Column("knowledge_index_id", sa.Uuid(), nullable=True))
    op.create_index(
        op.f("ix_job_inputs_knowledge_base_id"), "job_inputs", ["knowledge_base_id"], unique=False
    )
    op.create_index(
        op.f("ix_job_inputs_knowledge_index_id"), "job_inputs", ["knowledge_index_id"], unique=False
    )
    op.create_foreign_key(
        op.f("fk_job_inputs_knowledge_base_id_knowledge_bases"),
        "job_inputs",
        "knowledge_bases",
        ["knowledge_base_id"],
        ["id"],
        ondelete="RESTRICT",
    )
    op.create_foreign_key(
        op.f("fk_job_inputs_knowledge_index_id_knowledge_indexes"),
        "job_inputs",
        "knowledge_indexes",
        ["knowledge_index_id"],
        ["id"],
        ondelete="RESTRICT",
    )
    _allow(*_AFTER)
    # Digits of vectors do not compress: trying costs time with every one.
    op.execute("ALTER TABLE chunk_vectors ALTER COLUMN embedding SET STORAGE EXTERNAL")


def downgrade() -> None:
    _allow(*_BEFORE)
    op.drop_constraint(
        op.f("fk_job_inputs_knowledge_index_id_knowledge_indexes"), "job_inputs", type_="foreignkey"
    )
    op.drop_constraint(
        op.f("fk_job_inputs_knowledge_base_id_knowledge_bases"), "job_inputs", type_="foreignkey"
    )
    op.drop_index(op.f("ix_job_inputs_knowledge_index_id"), table_name="job_inputs")
    op.drop_index(op.f("ix_job_inputs_knowledge_base_id"), table_name="job_inputs")
    op.drop_column("job_inputs", "knowledge_index_id")
    op.drop_column("job_inputs", "knowledge_base_id")
    op.drop_table("chunk_vectors")
    op.drop_index(
        "uq_passages_current", table_name="passages", postgresql_where=sa.text("until IS NULL")
    )
    op.drop_index(op.f("ix_passages_knowledge_base_id_position"), table_name="passages")
    op.drop_table("passages")
    op.drop_index(
        op.f("ix_knowledge_revisions_knowledge_base_id_digest"), table_name="knowledge_revisions"
    )
    op.drop_table("knowledge_revisions")
    op.drop_index(op.f("ix_knowledge_indexes_knowledge_base_id"), table_name="knowledge_indexes")
    op.drop_table("knowledge_indexes")
    op.drop_table("knowledge_bases")

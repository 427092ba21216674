"""The migrations build exactly the tables that the models describe."""

import re
from collections.abc import Callable

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain import schema, tables
from domain.db import connect
from domain.launches.models import JobInput
from domain.outputs.models import Output
from domain.settings import Settings
from domain.studies import service as studies
from tests.factories import (
    list_prompts,
    make_job,
    make_knowledge_base,
    make_output,
    make_prompt_set,
    make_variant,
)
from tests.studies import make_draft

from .conftest import ROOT, Source


def test_models_and_migrations_describe_the_same_tables(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        differences = compare_metadata(context, tables.metadata)
    assert not differences, f"`make migration` writes what is missing: {differences}"


def test_a_migrated_database_is_at_the_latest_version(engine: Engine) -> None:
    with engine.connect() as connection:
        assert schema.find_version(connection) == schema.latest_version()
        assert not schema.needs_migration(connection)


def downgrade(connection: Connection, version: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["connection"] = connection
    command.downgrade(config, version)


def test_outputs_that_were_there_stay_as_they_are_when_answers_come(
    make_database: Callable[[], str],
) -> None:
    engine = connect(make_database())
    with Session(engine) as session:
        base = make_variant(session)
        tuned = make_variant(session, base=base)
        (prompt, *_) = list_prompts(session, make_prompt_set(session, "a market"))
        made = [
            make_output(session, variant, prompt)
            for variant in (base, tuned, make_variant(session, base=base, tuned=tuned))
        ]
        before = [(each.id, each.file, each.width) for each in made]
        session.commit()
    with engine.begin() as connection:
        downgrade(connection, "0002")
    with engine.begin() as connection:
        assert schema.needs_migration(connection)
        schema.migrate(connection)
    with Session(engine) as session:
        rows = session.scalars(select(Output).order_by(Output.id)).all()
        assert [(each.id, each.file, each.width) for each in rows] == before
        assert {each.text for each in rows} == {None}
        (prompt,) = list_prompts(session, make_prompt_set(session, "What is it?", name="Asked"))
        theirs = make_variant(
            session, role="external", family="external", artifact_id=None,
            job_id=make_job(session).id,
        )  # fmt: skip
        nothing = dict.fromkeys(("file", "sha256", "width", "height"))
        make_output(session, theirs, prompt, text="A boat", **nothing)
        session.commit()
    with engine.begin() as connection, pytest.raises(IntegrityError):
        downgrade(connection, "0002")
    with Session(engine) as session:
        assert session.scalar(select(func.count(Output.id))) == len(before) + 1
    engine.dispose()


def test_a_design_that_named_an_arm_of_photos_is_read_as_before(
    make_database: Callable[[], str], settings: Settings
) -> None:
    engine = connect(make_database())
    with Session(engine) as session:
        study = make_draft(session, settings)
        study_id, before = study.id, studies.read_design(study)
        session.commit()
    with engine.begin() as connection:
        downgrade(connection, "0007")
        stored = connection.scalar(text("SELECT design #>> '{controls,photo_arm}' FROM studies"))
        assert stored == ""
        schema.migrate(connection)
    with Session(engine) as session:
        assert studies.read_design(studies.get(session, study_id)) == before
    engine.dispose()


def test_what_jobs_read_stays_as_it_is_when_knowledge_comes(
    make_database: Callable[[], str],
) -> None:
    engine = connect(make_database())
    with Session(engine, expire_on_commit=False) as session:
        job, read = make_job(session), make_prompt_set(session)
        session.add(JobInput(job_id=job.id, name="prompts", prompt_set_id=read.id))
        session.commit()
    with engine.begin() as connection:
        downgrade(connection, "0009")
        schema.migrate(connection)
    with Session(engine) as session:
        base = make_knowledge_base(session, "A soup.")
        session.add(JobInput(job_id=job.id, name="knowledge", knowledge_base_id=base.id))
        session.commit()
        found = session.scalars(select(JobInput).order_by(JobInput.name)).all()
        assert [each.knowledge_base_id for each in found] == [base.id, None]
        assert found[1].prompt_set_id == read.id
        session.add(
            JobInput(job_id=job.id, name="two", knowledge_base_id=base.id, prompt_set_id=read.id)
        )
        with pytest.raises(IntegrityError, match="one_subject"):
            session.flush()
    engine.dispose()


def test_migrations_are_numbered_one_after_another(source: Source) -> None:
    numbers = sorted(path.name[:4] for path in (source.root / "migrations/versions").glob("*.py"))
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]


def test_a_migration_does_not_wait_long_for_a_lock(source: Source) -> None:
    entry = (source.root / "migrations/env.py").read_text(encoding="utf-8")
    assert re.search(r"SET lock_timeout", entry)

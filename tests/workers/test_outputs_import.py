"""outputs.import through the real runtime and a real child process. That it is cancelled and taken
over is tested with the other kinds.
"""

import json
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.artifacts import service as artifacts
from domain.artifacts import storage
from domain.jobs.models import Job, JobState
from domain.launches import finding
from domain.outputs import queries
from domain.outputs import service as outputs
from domain.outputs.models import Output
from domain.prompts import service as prompts
from domain.prompts.models import Prompt, PromptSet
from domain.shelf import service as shelf
from domain.variants.models import Variant
from specs.inputs import Input
from specs.kinds.outputs.outputs_import import OutputsImport
from tests import pictures
from workers.settings import WorkerSettings

from .conftest import Bench

ROWS = (
    {"arm": "Base", "prompt_key": "p1", "prompt": "a market", "file": "a.png", "country": "TH"},
    {"arm": "Ours", "prompt_key": "p1", "prompt": "a market", "file": "b.png", "country": "TH"},
    {"arm": "Ours", "prompt_key": "q1", "prompt": "What is it?", "text": "A <b>boat</b>",
     "question_file": "a.png"},
    {"arm": "Base", "prompt_key": "q1", "prompt": "What is it?", "text": ""},
)  # fmt: skip


def write_source(inbox: Path) -> Path:
    folder = inbox / "given"
    folder.mkdir(parents=True)
    (folder / "a.png").write_bytes(pictures.png(40, 30))
    (folder / "b.png").write_bytes(pictures.png(50, 20, seed=1))
    lines = "".join(f"{json.dumps(row)}\n" for row in ROWS)
    (folder / "outputs.jsonl").write_text(lines, "utf-8")
    return folder


def make_spec(**changes: Any) -> OutputsImport:
    return OutputsImport(**{"name": "Given", "source": "given", **changes})


def count_rows(session: Session) -> dict[str, int]:
    tables = (PromptSet, Prompt, Variant, Output)
    return {
        table.__tablename__: session.scalar(select(func.count(table.id))) or 0 for table in tables
    }


def find_answer(session: Session) -> Output:
    return session.scalars(select(Output).where(Output.text.is_not(None))).one()


def test_outputs_become_rows_with_their_prompts_and_models(
    bench: Bench, worker_settings: WorkerSettings
) -> None:
    write_source(worker_settings.inbox)
    job = bench.run(make_spec())
    assert job.state == JobState.SUCCEEDED, job.error
    assert job.result is not None
    assert bench.do(count_rows) == {"prompt_sets": 1, "prompts": 2, "variants": 2, "outputs": 3}
    told = ("num_rows", "num_outputs", "num_new", "num_problems")
    assert [job.result[name] for name in told] == [4, 3, 3, 1]
    ours = bench.do(shelf.find_by_name, Variant, "Ours")
    assert job.result["rows"]["Ours"] == str(ours.id)
    assert job.result["arms"][1] == {
        "arm": "Ours", "num_outputs": 2, "variant_id": str(ours.id), "role": "external",
    }  # fmt: skip
    assert job.result["problems"] == [
        {"reference": "line 4", "reason": "no_output", "message": "The text is empty."}
    ]
    answer = bench.do(find_answer)
    assert answer.text == "A <b>boat</b>"
    assert bench.do(outputs.read_question_picture, answer) == (pictures.png(40, 30), "image/png")
    ids = [ours.id, bench.do(shelf.find_by_name, Variant, "Base").id]
    (row,) = bench.do(queries.list_compared, ids)
    assert (row.prompt.text, row.prompt.country, row.prompt.scope) == ("a market", "TH", "regional")


def test_the_same_import_again_adds_nothing(bench: Bench, worker_settings: WorkerSettings) -> None:
    write_source(worker_settings.inbox)
    bench.run(make_spec())
    before = bench.do(count_rows)
    again = bench.run(make_spec(name="Another name"))
    assert again.state == JobState.SUCCEEDED, again.error
    assert again.result is not None
    assert (again.result["num_outputs"], again.result["num_new"]) == (3, 0)
    assert again.result["name"] == "Given"
    assert bench.do(count_rows) == before


def test_what_was_imported_can_be_read_by_a_benchmark(
    bench: Bench, worker_settings: WorkerSettings
) -> None:
    write_source(worker_settings.inbox)
    job = bench.run(make_spec())
    found = bench.do(finding.find, Input(name="outputs", what="outputs"), str(job.id))
    assert isinstance(found.row, Job)
    assert storage.exists(storage.join(found.uri, "outputs.jsonl"))


def test_all_or_nothing_fails_once_with_the_row_and_leaves_nothing(
    bench: Bench, worker_settings: WorkerSettings
) -> None:
    write_source(worker_settings.inbox)
    job = bench.run(make_spec(strict=True))
    assert (job.state, job.attempt) == (JobState.FAILED, 1)
    assert job.error is not None
    assert job.error["message"].endswith("was asked for. Line 4: The text is empty.")
    assert set(bench.do(count_rows).values()) == {0}


def test_a_name_of_other_prompts_and_an_archived_arm_are_told(
    bench: Bench, worker_settings: WorkerSettings
) -> None:
    write_source(worker_settings.inbox)
    bench.do(prompts.create, name="Taken", text="a red cube", actor=None)
    refused = bench.run(make_spec(name="Taken"))
    assert refused.error is not None
    assert (
        "There is already a prompt set named 'Taken', and its prompts are"
        in (refused.error["message"])
    )
    bench.run(make_spec())
    ours = bench.do(shelf.find_by_name, Variant, "Ours")
    bench.do(lambda s: shelf.archive(s, s.get_one(Variant, ours.id), actor=None))
    archived = bench.run(make_spec())
    assert archived.state == JobState.FAILED
    assert archived.error is not None
    assert archived.error["message"].startswith("The arm 'Ours' is the name of an archived variant")


def test_what_is_published_stays_when_the_source_goes(
    bench: Bench, worker_settings: WorkerSettings
) -> None:
    folder = write_source(worker_settings.inbox)
    bench.run(make_spec())
    (folder / "a.png").write_bytes(b"overwritten")
    answer = bench.do(find_answer)
    assert bench.do(outputs.read_question_picture, answer)[0] == pictures.png(40, 30)
    assert bench.do(artifacts.get_readable, answer.artifact_id).kind == "outputs"

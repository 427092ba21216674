"""Answers as rows: what was said, what was asked about, and what stood in the prompt."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.outputs import answering, errors
from domain.outputs.models import Output
from domain.prompts.models import PromptSet
from domain.variants.models import Variant
from specs.families.llava import Llava
from specs.families.llava_next import LlavaNext
from tests.factories import make_artifact, make_job, make_prompt_set, make_variant

PASSAGES = [{"id": "p1", "text": "Rice\0 is eaten.", "source": "A book", "score": 0.5}]


def make_row(**changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "variant": "beta-0", "beta": 0.0, "prompt_key": "0001", "prompt": "What is it?", "seed": 0,
        "scope": "regional", "stratum": "", "region": "sea", "country": "ID", "language": "en",
        "category": "", "text": "B", "question_file": None, "question_sha256": None,
        "option_scores": [-1.0, -0.5], "passages": [], "cut": None, "num_tokens": 1,
        "finished": True, "parameters": {"temperature": 0.0, "max_new_tokens": 16, "dtype": "fp32"},
    }  # fmt: skip
    return values | changes


@pytest.fixture
def prompts(session: Session) -> PromptSet:
    return make_prompt_set(session, "What is it?")


@pytest.fixture
def variant(session: Session) -> Variant:
    return make_variant(session)


def record(session: Session, prompts: PromptSet, variant: Variant, *rows: Any) -> Any:
    return answering.record(
        session, make_job(session), rows, prompt_set=prompts, variants={"beta-0": variant},
        artifact=make_artifact(session),
    )  # fmt: skip


def test_an_answer_keeps_its_passages_and_what_was_cut(
    session: Session, prompts: PromptSet, variant: Variant
) -> None:
    cut = {"passages": ["p2"]}
    row = make_row(text="a\0b", question_file="pictures/a.jpg", passages=PASSAGES, cut=cut)
    assert record(session, prompts, variant, row).num_new == 1
    output = session.scalars(select(Output)).one()
    assert (output.text, output.question_file) == ("a\N{REPLACEMENT CHARACTER}b", "pictures/a.jpg")
    assert output.facts["passages"][0]["text"] == "Rice\N{REPLACEMENT CHARACTER} is eaten."
    assert (output.facts["cut"], output.facts["option_scores"]) == (cut, [-1.0, -0.5])
    assert "language" not in output.facts


def test_the_same_answers_again_add_nothing(
    session: Session, prompts: PromptSet, variant: Variant
) -> None:
    record(session, prompts, variant, make_row())
    again = record(session, prompts, variant, make_row())
    assert (again.num_outputs, again.num_new) == (1, 0)


def test_an_answer_without_a_word_is_counted_and_is_no_row(
    session: Session, prompts: PromptSet, variant: Variant
) -> None:
    found = record(session, prompts, variant, make_row(text=" \n"), make_row(seed=1))
    assert (found.num_outputs, found.num_new, found.num_empty) == (1, 1, 1)


def test_passages_make_no_other_parameters_and_temperature_does() -> None:
    """So that answers with and without passages may stand side by side in a study."""
    plain, helped = make_row(), make_row(passages=PASSAGES, cut={"passages": ["p2"]})
    assert answering.digest_parameters(plain) == answering.digest_parameters(helped)
    warm = make_row(parameters={"temperature": 0.7, "max_new_tokens": 16})
    assert answering.digest_parameters(warm) != answering.digest_parameters(plain)


def test_another_wording_makes_another_answer() -> None:
    given = {"temperature": 0.0, "max_new_tokens": 16}
    families = (Llava(), LlavaNext(), Llava(instruction_open="Say it in a word."))
    digests = {
        answering.digest_parameters(
            make_row(parameters=given | {"wording": family.digest_wording()})
        )
        for family in families
    }
    assert len(digests) == 2


def test_an_answer_to_what_was_not_asked_is_refused(
    session: Session, prompts: PromptSet, variant: Variant
) -> None:
    with pytest.raises(errors.PromptUnknown, match="'q9'"):
        record(session, prompts, variant, make_row(prompt_key="q9"))

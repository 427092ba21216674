"""One merge, one row; families do not mix; lineage is found in both directions."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain.artifacts import service as artifacts
from domain.variants import errors, merges, queries, rules, service
from domain.variants.merges import Merge
from domain.variants.models import Variant
from domain.variants.service import Files
from specs.kinds.images.images_generate import ImagesGenerate
from specs.kinds.model.model_merge import ModelMerge
from tests.factories import make_artifact, make_job, make_variant

SETTINGS = st.dictionaries(st.sampled_from("abc"), st.floats(0, 1) | st.text(max_size=3))


@given(SETTINGS, SETTINGS)
def test_the_digest_of_a_method_tells_settings_apart(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    digests = [rules.digest_method("linear", settings) for settings in (one, other)]
    assert (digests[0] == digests[1]) == (one == other)
    assert rules.digest_method("linear", one) != rules.digest_method("per-block", one)


@given(st.floats(-10, 10))
def test_a_merge_is_named_after_its_beta(beta: float) -> None:
    name = rules.name_merge("Batik", beta)
    assert name.startswith("Batik beta-")
    assert "-0 " not in f"{rules.name_merge('Batik', -0.0)} ".replace("beta-0", "beta0")
    assert float(name.removeprefix("Batik beta-")) == pytest.approx(beta, rel=1e-5)


def make_pair(session: Session) -> tuple[Variant, Variant]:
    base = make_variant(session, name="Base")
    return base, make_variant(session, name="Tuned", base=base)


def make_files(session: Session) -> Files:
    artifact = make_artifact(session, kind="model")
    return Files(artifact=artifact, folder="beta-0.25", digest="f" * 64, size_bytes=7)


def write(session: Session, merge: Merge, name: str) -> Variant:
    files, job = make_files(session), make_job(session)
    return merges.record(session, merge, name=name, files=files, recipe={}, card="", job=job)


def test_writing_and_sweeping_agree_on_which_merge_it_is(session: Session) -> None:
    base, tuned = make_pair(session)
    written = merges.read_merge(ModelMerge(), base, tuned, 0.25)
    sweep = ImagesGenerate(betas=(0.25,))
    assert merges.read_sweep(sweep, base, tuned, 0.25) == written
    weaker = sweep.model_copy(update={"lora_scale": 0.5})
    assert merges.read_sweep(weaker, base, tuned, 0.25) != written
    blocks = ModelMerge(method="per-block", blocks=("mid=0.5",))
    assert merges.read_merge(blocks, base, tuned, 0.25).method_digest != written.method_digest


def test_a_swept_merge_gets_files_once_and_back_when_they_were_given_up(session: Session) -> None:
    base, tuned = make_pair(session)
    merge = merges.read_merge(ModelMerge(), base, tuned, 0.25)
    swept = merges.find_or_make(session, merge, job=make_job(session))
    assert (swept.name, swept.artifact_id) == ("Tuned beta-0.25", None)
    assert merges.find_or_make(session, merge, job=make_job(session)) is swept
    with pytest.raises(errors.WithoutFiles):
        service.get_files(session, swept)
    written = write(session, merge, "Mine")
    assert (written.id, written.name) == (swept.id, "Mine")
    first = written.artifact_id
    assert write(session, merge, "Other").artifact_id == first
    assert first is not None
    artifacts.release(session, first)
    again = write(session, merge, "Other")
    assert (again.id, again.name) == (swept.id, "Mine")
    assert again.artifact_id != first


def test_ends_of_a_sweep_are_the_models_themselves(session: Session) -> None:
    base, tuned = make_pair(session)
    sweep = ImagesGenerate(betas=(0, 1))

    def find(beta: float, sweep: ImagesGenerate = sweep, tuned: Variant = tuned) -> Variant | None:
        return merges.find_end(merges.read_sweep(sweep, base, tuned, beta))

    assert [find(beta) for beta in (0.0, 0.5, 1.0)] == [base, None, tuned]
    # Tuned elsewhere, or in another component: at beta 1 only a part of it is there.
    other = make_variant(session, base=make_variant(session))
    assert find(1.0, tuned=other) is None
    assert find(1.0, sweep.model_copy(update={"component": "vae"})) is None
    assert find(1.0, sweep.model_copy(update={"lora_scale": 0.5})) is None


def test_models_of_two_families_are_not_merged(session: Session) -> None:
    base = make_variant(session, name="Base")
    other = make_variant(session, name="Other", family="sd")
    with pytest.raises(errors.DifferentFamilies) as caught:
        service.check_merge(base, other)
    assert str(caught.value) == (
        "'Other' is of the family sd and 'Base' of the family sdxl; only models of one family "
        "can be merged."
    )
    with pytest.raises(errors.MergedWithItself):
        service.check_merge(base, base)


def test_lineage_is_found_through_generations(session: Session) -> None:
    base, tuned = make_pair(session)
    merge = make_variant(session, base=base, tuned=tuned)
    child = make_variant(session, base=merge)
    assert queries.list_ancestors(session, child) == [base, tuned, merge]
    assert queries.list_descendants(session, base) == [tuned, merge, child]
    assert queries.list_ancestors(session, base) == []
    assert queries.list_descendants(session, child) == []
    assert queries.count_by_family(session) == {"sdxl": 4}


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "queen"},
        {"role": "tuned"},
        {"beta": 0.5},
        {"artifact_id": None, "digest": None, "size_bytes": None},
        {"digest": None},
        {"family": "SD XL"},
        {"size_bytes": -1},
    ],
)
def test_the_database_refuses_half_a_model(session: Session, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        make_variant(session, **wrong)

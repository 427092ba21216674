"""A model that was helped by retrieval is a variant of its own, with its base's weights."""

import re
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain.launches import finding
from domain.launches import queries as launches
from domain.shelf import service as shelf
from domain.variants import errors, queries, retrieval, service
from domain.variants.models import Variant
from domain.variants.retrieval import Help
from specs.inputs import Input
from tests.factories import make_artifact, make_job, make_variant

MARKET = Help(name="Market", settings={"knowledge": "a" * 64, "num_passages": 5})
SENTENCE = re.escape("'Base + Market' is another model that was given passages")


@pytest.fixture
def base(session: Session) -> Variant:
    return make_variant(session, name="Base")


@pytest.fixture
def helped(session: Session, base: Variant) -> Variant:
    return retrieval.find_or_make(session, base, MARKET, job=make_job(session))


def test_one_model_and_one_way_to_find_passages_are_one_row(
    session: Session, base: Variant, helped: Variant
) -> None:
    job = make_job(session)
    assert (helped.name, helped.role, helped.base_id) == ("Base + Market", "retrieved", base.id)
    assert (helped.family, helped.recipe) == (base.family, MARKET.settings)
    again = Help(name="Renamed", settings=MARKET.settings)
    assert retrieval.find_or_make(session, base, again, job=job) is helped
    fewer = Help(name="Market", settings={"knowledge": "a" * 64, "num_passages": 3})
    other = retrieval.find_or_make(session, base, fewer, job=job)
    assert other.name == "Base + Market (2)"
    assert list(queries.list_descendants(session, base)) == [helped, other]


def test_it_has_the_beta_of_the_merge_that_answered(session: Session, base: Variant) -> None:
    merge = make_variant(session, base=base, tuned=make_variant(session, base=base))
    assert retrieval.find_or_make(session, merge, MARKET, job=make_job(session)).beta == 0.25


def test_its_name_fits_however_long_the_names_are_that_it_is_made_of(session: Session) -> None:
    base = make_variant(session, name="b" * shelf.LONGEST_NAME)
    for length in (1, 80, shelf.LONGEST_NAME):
        settings = {"knowledge": f"{length:064d}"}
        help_ = Help(name="k" * length, settings=settings)
        made = retrieval.find_or_make(session, base, help_, job=make_job(session))
        assert len(made.name) <= shelf.LONGEST_NAME


def test_whatever_reads_weights_refuses_it_and_no_form_offers_it(
    session: Session, base: Variant, helped: Variant
) -> None:
    with pytest.raises(errors.HelpedByRetrieval, match=SENTENCE):
        finding.find(session, Input(name="base", what="model"), helped.name)
    with pytest.raises(errors.HelpedByRetrieval, match=SENTENCE):
        service.check_merge(base, helped)
    with pytest.raises(errors.HelpedByRetrieval, match=SENTENCE):
        retrieval.find_or_make(session, helped, MARKET, job=make_job(session))
    assert launches.list_choices(session, "model") == ["Base"]


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"method_digest": None}, "merges_are_whole"),
        ({"files": True}, "only_merges_are_bare"),
        ({"base_id": None}, "others_have_a_base"),
        ({}, "uq_variants_retrieved"),
    ],
)
def test_the_database_holds_it_to_that(
    session: Session, base: Variant, helped: Variant, changes: dict[str, Any], constraint: str
) -> None:
    artifact_id = make_artifact(session).id if changes.pop("files", False) else None
    given = {
        "role": "retrieved",
        "artifact_id": artifact_id,
        "base_id": base.id,
        "method": "retrieval",
        "method_digest": helped.method_digest,
    }
    with pytest.raises(IntegrityError, match=constraint):
        make_variant(session, **given | changes)

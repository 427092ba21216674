from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from sandbox.pool import plan
from sandbox.world.concepts import list_concepts
from specs.kinds.sandbox.sandbox_draw import SandboxDraw

SPEC = SandboxDraw(num_pictures=10_000, seed=3)


@pytest.fixture(scope="module")
def entries() -> list[plan.Entry]:
    return plan.make_plan(SPEC)


def test_regional_things_are_rare_never_absent_and_each_as_often_as_the_others(
    entries: list[plan.Entry],
) -> None:
    originals = [entry for entry in entries if not entry.is_copy]
    counted = Counter(e.scene.concept for e in originals if e.scene.thing.scope == "regional")
    assert sum(counted.values()) == 190  # 2 % of 9,500
    assert set(counted) == {concept.key for concept in list_concepts("regional")}
    assert max(counted.values()) - min(counted.values()) == 1


def test_flaws_come_at_the_stated_rates(
    entries: list[plan.Entry],
) -> None:
    originals = [entry for entry in entries if not entry.is_copy]
    regional = [e for e in originals if e.scene.thing.scope == "regional"]
    assert len(entries) == 10_000
    assert sum(entry.is_copy for entry in entries) == 500
    assert Counter(e.caption_fault for e in regional) == {"": 114, "vague": 57, "wrong": 19}
    assert Counter(e.file_fault for e in originals) == {
        "": 9119, "blurred": 285, "cut_off": 32, "no_picture": 32, "tiny": 32,
    }  # fmt: skip
    assert sum(entry.country != entry.right_country for entry in entries) == 500
    assert sum(entry.language != entry.right_language for entry in entries) == 500


def test_a_vague_caption_names_nothing_regional_and_a_wrong_one_another_thing(
    entries: list[plan.Entry],
) -> None:
    for entry in entries:
        thing = entry.scene.thing
        name = thing.names[entry.right_language]
        plural = thing.plural
        match entry.caption_fault:
            case "":
                assert entry.caption == entry.right_caption
                assert name in entry.caption or plural in entry.caption
            case "vague":
                assert thing.scope == "regional"
                assert thing.vague[entry.right_language] in entry.caption
                assert name not in entry.caption
            case "wrong":
                others = [
                    other
                    for other in list_concepts(thing.scope)
                    if other != thing and other.names[entry.right_language] in entry.caption
                ]
                assert [other.stratum for other in others][:1] == [thing.stratum]


def test_what_is_blurred_is_large_so_that_it_can_be_told_from_others(
    entries: list[plan.Entry],
) -> None:
    assert {e.scene.size for e in entries if e.file_fault == "blurred"} == {"large"}


def test_a_wrong_country_of_a_regional_thing_is_far_away(
    entries: list[plan.Entry],
) -> None:
    wrong = [
        e for e in entries if e.country != e.right_country and e.scene.thing.scope == "regional"
    ]
    assert wrong
    assert not {e.country for e in wrong} & {"ID", "MY", "TH", "VN", "PH", "SG", "BN", "KH"}


def test_hosts_are_names_that_belong_to_nobody(
    entries: list[plan.Entry],
) -> None:
    hosts = {entry.host for entry in entries}
    assert all(".example." in host for host in hosts)
    assert any(host.endswith(".co.id") for host in hosts)
    assert any(host.endswith(".de") for host in hosts)


@settings(max_examples=8, deadline=None)
@given(
    st.integers(50, 400),
    st.floats(0, 1),
    st.floats(0, 0.5),
    st.floats(0, 0.3),
    st.integers(0, 2**31 - 1),
)
def test_any_specification_gives_as_many_pictures_and_repeats(
    num_pictures: int, regional: float, copies: float, blurred: float, seed: int
) -> None:
    spec = SandboxDraw(
        num_pictures=num_pictures,
        regional_share=regional,
        copy_share=copies,
        blur_share=blurred,
        seed=seed,
    )
    made = plan.make_plan(spec)
    assert made == plan.make_plan(spec)
    assert len(made) <= num_pictures
    originals = {entry.original: entry for entry in made if not entry.is_copy}
    copied = [entry for entry in made if entry.is_copy]
    assert len(made) == len(originals) + len(copied)
    assert all(originals[entry.original].scene == entry.scene for entry in copied)
    assert len({entry.original for entry in copied}) == len(copied)


def test_shares_of_captions_over_one_are_refused() -> None:
    with pytest.raises(ValidationError, match=r"\(0.7\) and of wrong ones \(0.5\) are more than 1"):
        SandboxDraw(vague_share=0.7, wrong_share=0.5)


def test_captions_come_in_the_languages_that_are_asked_for_and_so_do_their_faults() -> None:
    spec = SandboxDraw(num_pictures=1000, regional_share=0.5, languages=("th", "km"), seed=2)
    entries = plan.make_plan(spec)
    told = Counter(entry.right_language for entry in entries)
    assert set(told) == {"th", "km"}
    assert min(told.values()) > 400
    vague = [entry for entry in entries if entry.caption_fault == "vague"]
    assert vague
    for entry in vague:
        assert entry.scene.thing.vague[entry.right_language] in entry.caption

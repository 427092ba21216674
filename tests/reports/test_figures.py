from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain.results.computing.columns import COLUMNS
from reports import codebook, figures
from reports.figures import Figure, list_figures
from tests.evidence import figure, make_report

# What a figure stands on is told in its definition.
SETTINGS = {
    "n_prompts",
    "n_raters",
    "B",
    "seed",
    "num_resamples",
    "confidence",
    "levels",
    "benchmarks",
}


def list_values(facts: Any) -> Iterator[float]:
    """Every value and interval of a report's statistics, told apart from how they were set up."""
    if isinstance(facts, Mapping):
        for key, value in facts.items():
            if key not in SETTINGS:
                yield from list_values(value)
    elif isinstance(facts, Sequence) and not isinstance(facts, str):
        for value in facts:
            yield from list_values(value)
    elif isinstance(facts, int | float):
        yield float(facts)


def find(found: Sequence[Figure], **wanted: Any) -> Figure:
    (only,) = [
        each for each in found if all(getattr(each, key) == value for key, value in wanted.items())
    ]
    return only


def test_every_number_of_the_report_is_in_the_table() -> None:
    report = make_report()
    listed = list_figures(report)
    there = [
        float(number)
        for each in listed
        for number in (each.value, each.low, each.high, each.n)
        if number is not None
    ]

    for part in (
        report.agreement,
        report.effects,
        report.frontier,
        report.rater_rows,
        report.items,
    ):
        assert not [value for value in list_values(part) if value not in there]


def test_a_figure_stands_with_its_interval_and_where_it_is_from() -> None:
    listed = list_figures(make_report())
    effect = find(
        listed,
        section="effects",
        criterion="correctness",
        measure="comparisons.difference",
        group="arm=SEA-SDXL 25%",
    )

    assert (effect.value, effect.low, effect.high, effect.n) == (0.178, 0.031, 0.325, 858)
    assert effect.definition == "prompt-paired difference of means [143 prompts, 12 raters]"


def test_a_part_of_the_study_is_named_in_the_group() -> None:
    listed = list_figures(make_report())
    groups = {each.group for each in listed if each.section == "effects"}

    assert "arm=SEA-SDXL 25%; stratum=landmark" in groups
    assert find(listed, section="raters", measure="severity", group="rater=R03").value is not None
    assert find(listed, section="coverage", measure="num_primary",
                group="stratum=landmark; country=KH").value == 360  # fmt: skip


def test_what_is_undefined_is_there_with_its_reason() -> None:
    found = find(list_figures(make_report()), criterion="correctness", measure="icc.ICC(A,1)")

    assert found.value is None
    assert found.reason == "no complete block"


def test_what_shares_a_mapping_with_a_figure_is_not_lost() -> None:
    facts = {"wins": {**figure(0.6, 0.5, 0.7), "ties": 12}}
    listed = list_figures(make_report(preferences=facts))

    assert find(listed, section="preferences", measure="wins").value == 0.6
    assert find(listed, section="preferences", measure="wins.ties").value == 12


def test_every_measure_is_explained() -> None:
    unexplained = {each.measure for each in list_figures(make_report()) if not each.definition}

    assert not unexplained, "Say in reports/measures what these are."


def test_the_codebook_explains_every_column_and_measure() -> None:
    columns = codebook.as_columns()
    names = {(table, name) for table, name in zip(columns["table"], columns["name"], strict=True)}

    assert {("figures", name) for name in figures.COLUMNS} <= names
    assert {("ratings", name) for name in COLUMNS["likert"]} <= names
    assert ("measure", "alpha.ordinal") in names
    assert all(columns["what"])

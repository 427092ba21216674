"""The three modes on a fixture worked out by hand, and against the published rules."""

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.scoring.answers import AnswerSet
from stats.scoring.modes.registry import MODES
from stats.scoring.questions import Question, QuestionSet
from stats.scoring.score import NothingToScore, Scored, score

every_mode = pytest.mark.parametrize("mode", MODES)


def ask(*rows: tuple[int, tuple[int, ...], str]) -> tuple[Question, ...]:
    return tuple(Question(number, parents, category) for number, parents, category in rows)


# Item   question  depends on  category    crop 0  crop 1
# lamp   1         -           entity      yes     no
#        2         -           entity      yes     yes
#        3         2           attribute   no      yes
# cat    1         -           entity      no      yes
#        2         1           attribute   yes     no
#        3         2           relation    yes     yes
# sky    1         -           global      yes     yes
#        2         1           attribute   yes     no
#        3         1, 2        other       yes     yes
QUESTIONS = QuestionSet(
    {
        "lamp": ask((1, (), "entity"), (2, (), "entity"), (3, (2,), "attribute")),
        "cat": ask((1, (), "entity"), (2, (1,), "attribute"), (3, (2,), "relation")),
        "sky": ask((1, (), "global"), (2, (1,), "attribute"), (3, (1, 2), "other")),
    }
)
GIVEN = {"lamp": ("yyn", "nyy"), "cat": ("nyy", "yny"), "sky": ("yyy", "yny")}


def answer(given: Mapping[str, tuple[str, ...]]) -> AnswerSet:
    meaning = {"y": True, "n": False, "?": None}
    return AnswerSet(
        {
            (item, number, str(crop)): meaning[letter]
            for item, crops in given.items()
            for crop, letters in enumerate(crops)
            for number, letter in enumerate(letters, 1)
        }
    )


def run(mode: str, given: Mapping[str, tuple[str, ...]] = GIVEN) -> Scored:
    return score(QUESTIONS, answer(given), mode)


def test_dpg_lets_zeros_go_on_and_means_over_everything() -> None:
    found = run("dpg")
    # lamp: (1 1 0) and (0 1 1): 2/3 and 2/3.
    # cat: no cat, so no colour, so no relation (0 0 0); then (1 0 0), as the colour is wrong: 1/6.
    # sky: (1 1 1) and (1 0 0): 2/3.
    assert found.items == pytest.approx({"lamp": 2 / 3, "cat": 1 / 6, "sky": 2 / 3})
    assert found.score == pytest.approx(100 * (2 / 3 + 1 / 6 + 2 / 3) / 3)  # 50
    # After zeroing, of both crops: entity 1 0, 1 1, 0 1; attribute 0 1, 0 0, 1 0; relation 0 0.
    assert found.by_category == pytest.approx(
        {"entity": 400 / 6, "attribute": 200 / 6, "relation": 0, "global": 100, "other": 50}
    )


def test_dsg_looks_parents_up_in_the_answers_as_given() -> None:
    found = run("dsg")
    # cat, crop 0: no cat; its colour (yes) falls with it; the relation (yes) asks only for the
    # colour's answer, which was yes: (0 0 1). Crop 1: (1 0 0). So 1/3 instead of dpg's 1/6.
    assert found.items == pytest.approx({"lamp": 2 / 3, "cat": 1 / 3, "sky": 2 / 3})
    assert found.score == pytest.approx(500 / 9)
    assert found.by_category == pytest.approx(
        {"entity": 400 / 6, "attribute": 200 / 6, "relation": 50, "global": 100, "other": 50}
    )


def test_dpg_official_loses_the_first_row_and_knows_the_last_crop_only() -> None:
    found = run("dpg-official")
    # lamp without its first question: (1 0) and (1 1): 3/4. The others as in dpg.
    assert found.items == pytest.approx({"lamp": 3 / 4, "cat": 1 / 6, "sky": 2 / 3})
    assert found.score == pytest.approx(100 * (3 / 4 + 1 / 6 + 2 / 3) / 3)  # 52.777...
    # Raw answers about crop 1: entity lamp 2 yes, cat 1 yes; attribute yes, no, no; the rest yes.
    assert found.by_category == pytest.approx(
        {"entity": 100, "attribute": 100 / 3, "relation": 100, "global": 100, "other": 100}
    )
    assert found.num_questions == 8


def test_dpg_official_gives_an_item_up_whose_parent_was_in_the_lost_row_and_says_so() -> None:
    questions = QuestionSet(dict(sorted(QUESTIONS.items.items())))  # cat comes first
    found = score(questions, answer(GIVEN), "dpg-official")
    assert found.items == pytest.approx({"lamp": 2 / 3, "sky": 2 / 3})
    assert [(each.item_id, each.reason) for each in found.left_out] == [("cat", "failed")]
    assert "question 2 depends on question 1" in found.left_out[0].message
    assert found.num_gaps == 0


def test_dpg_official_names_an_item_that_was_nothing_but_the_lost_row() -> None:
    questions = QuestionSet({"dot": ask((1, (), "entity")), **QUESTIONS.items})
    found = score(questions, answer({"dot": ("y", "y"), **GIVEN}), "dpg-official")
    assert found.score == pytest.approx(50)  # the others keep all their rows
    assert [each.item_id for each in found.left_out] == ["dot"]


def test_dpg_official_loses_the_first_row_of_the_file_and_not_of_a_part_of_it() -> None:
    part = QUESTIONS.select({"cat", "sky"})
    found = score(part, answer(GIVEN), "dpg-official")
    assert found.items == pytest.approx({"cat": 1 / 6, "sky": 2 / 3})
    assert score(QUESTIONS.select({"lamp"}), answer(GIVEN), "dpg-official").score == 75


def test_a_parent_that_comes_later_counts_in_dpg_as_it_was_answered() -> None:
    questions = QuestionSet({"a": ask((1, (2,), "x"), (2, (3,), "x"), (3, (), "x"))})
    # In order: 1 sees 2's own yes and stays; then 2 sees 3's no and falls.
    found = score(questions, answer({"a": ("yyn",)}), "dpg")
    assert found.items["a"] == pytest.approx(1 / 3)


@every_mode
def test_a_question_that_is_its_own_parent_is_as_it_was_answered(mode: str) -> None:
    filler = ask((1, (), "x"))
    questions = QuestionSet({"filler": filler, "a": ask((1, (1,), "x"), (2, (2,), "x"))})
    found = score(questions, answer({"filler": ("y",), "a": ("yn",)}), mode)
    assert found.items["a"] == pytest.approx(1 / 2)


@pytest.mark.parametrize("mode", ["dsg", "dpg"])
def test_a_parent_that_is_not_there_asks_for_nothing(mode: str) -> None:
    questions = QuestionSet({"a": ask((1, (7,), "x"), (2, (1, 8), "x"))})
    assert score(questions, answer({"a": ("yy",)}), mode).score == 100


@every_mode
@pytest.mark.parametrize("cat", [("y?y", "yyy"), ("yyy",), ("yy", "yyy")])
def test_a_gap_leaves_its_item_out_and_is_counted(mode: str, cat: tuple[str, ...]) -> None:
    whole = run(mode)
    found = run(mode, {**GIVEN, "cat": cat})
    assert found.items == {name: whole.items[name] for name in ("lamp", "sky")}
    assert found.num_gaps == 6 - len("".join(cat).replace("?", ""))
    assert [(each.item_id, each.reason) for each in found.left_out] == [("cat", "gap")]
    assert "relation" not in found.by_category


@every_mode
def test_no_item_that_can_be_scored_is_no_score_and_not_zero(mode: str) -> None:
    found = run(mode, {"sky": ("???",)})
    assert (found.score, found.num_gaps) == (None, 8 if mode == "dpg-official" else 9)


@every_mode
def test_a_score_carries_its_mode(mode: str) -> None:
    assert run(mode).mode == run(mode).to_json()["mode"] == mode


def test_answers_to_questions_that_were_not_asked_are_counted() -> None:
    found = run("dsg", {**GIVEN, "dog": ("y", "n")})
    assert (found.num_unknown, found.score) == (2, run("dsg").score)


def test_answers_of_another_benchmark_altogether_are_refused() -> None:
    with pytest.raises(NothingToScore, match="None of the answers belongs"):
        run("dsg", {"dog": ("y", "n")})


def read_as_published(path: Path) -> dict[str, dict[int, list[int]]]:
    """The rows as dictionaries, with no code of ours."""
    items: dict[str, dict[int, list[int]]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            parts = [part.strip() for part in row["dependency"].split(",")]
            parents = [int(part) for part in parts if part.isdigit() and part != "0"]
            items.setdefault(row["item_id"], {})[int(row["proposition_id"])] = parents
    return items


def say(item: str, number: int) -> bool:
    """Something that is yes for about two questions of three, and depends on nothing else."""
    return (sum(map(ord, item)) * 31 + number * 17) % 3 > 0


@pytest.mark.parametrize("mode", ["dsg", "dpg"])
def test_the_published_file_gives_what_the_published_rule_gives(
    dsg: QuestionSet, dsg_file: Path, mode: str
) -> None:
    means = []
    for item, parents_of in read_as_published(dsg_file).items():
        given = {number: float(say(item, number)) for number in parents_of}
        scores = dict(given)
        for number, parents in parents_of.items():
            seen = given if mode == "dsg" else scores
            if any(seen.get(parent, 1) == 0 for parent in parents):
                scores[number] = 0
        means.append(sum(scores.values()) / len(scores))
    answers = AnswerSet(
        {
            (item, question.proposition_id, ""): say(item, question.proposition_id)
            for item, of_item in dsg.items.items()
            for question in of_item
        }
    )
    found = score(dsg, answers, mode)
    assert found.score == pytest.approx(100 * sum(means) / len(means), abs=1e-9)
    assert 20 < (found.score or 0) < 60
    assert (len(found.items), found.num_questions, found.num_malformed) == (1060, 8182, 10)


def say_of(item: str, number: int, crop: int) -> bool:
    """As `say`, and different about half of the time for another picture."""
    return say(item, number + 5 * crop)


def test_the_published_file_gives_what_the_published_program_gives(
    dsg: QuestionSet, dsg_file: Path
) -> None:
    """The program's own steps in plain loops, on rows read with no code of ours; two pictures."""
    parents_of = read_as_published(dsg_file)
    categories: dict[tuple[str, int], str] = {}
    with dsg_file.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            categories[row["item_id"], int(row["proposition_id"])] = row["category_broad"]
    del parents_of["whoops_5"][1]  # the first row of the file
    items: dict[str, float] = {}
    last: dict[str, list[bool]] = {}
    for item, parents in parents_of.items():
        if any(parent not in parents for each in parents.values() for parent in each):
            continue  # the program looks a parent up that is not there, and gives the item up
        means = []
        for crop in (0, 1):
            scores = {number: say_of(item, number, crop) for number in parents}
            for number, wanted in parents.items():
                if not all(scores[parent] for parent in wanted):
                    scores[number] = False
            means.append(sum(scores.values()) / len(scores))
        items[item] = sum(means) / 2
        for number in parents:
            last.setdefault(categories[item, number], []).append(say_of(item, number, 1))
    answers = AnswerSet(
        {
            (item, question.proposition_id, str(crop)): say_of(item, question.proposition_id, crop)
            for item, of_item in dsg.items.items()
            for question in of_item
            for crop in (0, 1)
        }
    )
    found = score(dsg, answers, "dpg-official")
    assert found.items == pytest.approx(items, abs=1e-12)
    assert found.score == pytest.approx(100 * sum(items.values()) / len(items), abs=1e-9)
    assert found.by_category == pytest.approx(
        {name: 100 * sum(values) / len(values) for name, values in last.items()}
    )
    assert found.num_questions == sum(map(len, last.values())) == 8171
    left_out = {each.item_id: each.message for each in found.left_out}
    assert set(left_out) == set(parents_of) - set(items)
    assert "question 2 depends on question 1, which is not there" in left_out["whoops_5"]
    # Without the faults, questions fall with their parents in the categories, too, of all pictures.
    mended = score(dsg, answers, "dpg")
    assert mended.items["whoops_5"] != pytest.approx(0, abs=1e-9)
    assert {item: mended.items[item] for item in items} == pytest.approx(items, abs=1e-12)
    for name in ("entity", "attribute", "relation"):
        assert found.by_category[name] > mended.by_category[name] + 1


@st.composite
def graphs(draw: st.DrawFn) -> tuple[QuestionSet, AnswerSet]:
    sizes = draw(st.lists(st.integers(1, 6), min_size=1, max_size=4))
    crops = draw(st.integers(1, 3))
    items, answers = {}, {}
    for name, size in enumerate(sizes):
        rows = [
            (number, tuple(draw(st.lists(st.integers(1, size), max_size=3))), "x")
            for number in range(1, size + 1)
        ]
        items[str(name)] = ask(*rows)
        for number in range(1, size + 1):
            for crop in range(crops):
                answers[str(name), number, str(crop)] = draw(st.booleans())
    return QuestionSet(items), AnswerSet(answers)


@given(graphs())
def test_dependencies_only_ever_take_away(drawn: tuple[QuestionSet, AnswerSet]) -> None:
    questions, answers = drawn
    dsg, dpg = score(questions, answers, "dsg"), score(questions, answers, "dpg")
    for item, of_item in questions.items.items():
        raw = [value for key, value in answers.answers.items() if key[0] == item]
        assert dsg.items[item] <= sum(raw) / len(raw) + 1e-12
        # Without cycles and later parents, dpg is never above dsg: it zeroes the same and more.
        if all(p < q.proposition_id for q in of_item for p in q.parents):
            assert dpg.items[item] <= dsg.items[item] + 1e-12


@given(graphs(), st.randoms())
def test_the_order_of_items_and_answers_does_not_matter(
    drawn: tuple[QuestionSet, AnswerSet], random: object
) -> None:
    questions, answers = drawn
    turned = QuestionSet(dict(reversed(questions.items.items())))
    shuffled = AnswerSet(dict(reversed(answers.answers.items())))
    for mode in ("dsg", "dpg"):
        one, other = score(questions, answers, mode), score(turned, shuffled, mode)
        assert one.items == other.items
        assert one.by_category == pytest.approx(other.by_category)

"""What is said of a study of distillation, and what is not."""

from dataclasses import replace

from reports.distillation import conditions, formulas, tables, words
from reports.speech import Speech
from stats.distillation.study import Study
from tests.distillation_studies import make_study

_ = Speech("en")
CLIP = "World CLIP"


def make_small(**changes: object) -> Study:
    return make_study(teachers=(CLIP,), **changes)


def test_the_summary_says_what_was_done_what_is_best_and_what_is_kept() -> None:
    said = " ".join(words.summarise(make_small(), _)).replace("\N{NO-BREAK SPACE}", " ")
    assert "12 students of half the depth. Each was taught on the same data in 1,200 steps." in said
    assert "Methods: 6; teachers: 1; seeds: 2." in said
    assert "Under World CLIP, ED keeps the most on average" in said
    assert "2 methods keep at least 95 % of the retrieval of World CLIP" in said
    assert "DR, 0.5 ED + DR" in said


def test_where_no_method_keeps_enough_the_nearest_is_named_with_its_weakest_language() -> None:
    (said,) = words.say_kept(make_small(labels=("FD", "MCL")), _)
    assert said.startswith("No method keeps at least 95")
    assert "FD comes nearest" in said


def test_a_trade_off_is_told_with_both_averages_both_values_and_the_spread() -> None:
    study = make_small(labels=("ED", "DR"))
    assert words.say_whether(study, _).startswith("The average hides ")
    told = words.list_trade_offs(study, _)
    thai = next(each for each in told if "Finding texts, Thai" in each)
    assert thai.startswith("On average ED keeps more than DR (")
    assert "DR has 6" in thai
    assert "where seeds differ by 0." in thai


def test_where_none_appeared_that_is_said_with_how_many_were_looked_at() -> None:
    study = make_small(labels=("FD", "SD"))
    assert study.trade_offs.found == ()
    said = words.say_whether(study, _)
    assert said.startswith("No trade-off appeared that the average hides: in none of ")
    assert str(study.trade_offs.num_compared) in said
    assert words.list_trade_offs(study, _) == []


def test_of_one_seed_nothing_is_told() -> None:
    assert "With one seed" in words.say_whether(make_small(seeds=(0,)), _)


def test_what_is_left_out_of_many_trade_offs_is_counted() -> None:
    study = make_study()
    told = words.list_trade_offs(study, _)
    assert len(told) == words.MOST_SHOWN + 1
    assert told[-1] == f"{len(study.trade_offs.found) - words.MOST_SHOWN} more are in the files."
    assert told[0].startswith("World ")  # of several teachers each is named


def test_what_was_published_stands_beside_what_was_found() -> None:
    published, here = words.compare_published(make_small(), _)
    assert "arXiv 2510.26271" in published
    assert "Finding texts: DR" in here
    assert "Questions: ED" in here


def test_every_formula_of_a_combination_is_shown_with_its_weight() -> None:
    both = formulas.explain(make_small(), _)[-1]
    assert both.method == "0.5 ED + DR"
    english, queue = both.formulas
    assert english.settings[0] == ("Weight", "0.5")
    assert "t(x in English)" in english.formula
    assert ("Vectors in a queue", "4096") in queue.settings
    assert "own definitions" in formulas.say_whose(_)


def test_tables_have_the_teacher_first_and_leave_out_what_was_not_measured() -> None:
    tasks, vectors, costs = tables.list_tables(make_small(), CLIP, _)
    assert tasks.rows[0][:3] == ("Teacher", "", "67.0")
    assert vectors.header[-2:] == ("CKA, pictures", "CKA, texts")
    assert vectors.rows[0][-1] == ""  # the teacher is not held against itself
    assert costs.rows[1][1:3] == ("88,193,281", "336.5")
    study = make_small()
    bare = replace(study, rows=tuple(row for row in study.rows if row.task == "image-to-text"))
    (only,) = tables.list_tables(bare, CLIP, _)
    assert only.header == ("Method", "Average", "Finding texts")


def test_the_conditions_leave_nothing_open_and_tasks_are_explained() -> None:
    study = make_small()
    told = dict(conditions.list_conditions(study, _))
    assert told["Steps"] == "1,200"
    assert told["Taught on"] == "Captions (a1a1a1a1a1a1)"
    assert told["Languages"] == "English, Indonesian, Khmer, Thai, Vietnamese"
    assert len(conditions.explain_tasks(study, _)) == 7

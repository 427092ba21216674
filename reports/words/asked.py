"""What was asked, and how many rated what."""

from collections.abc import Iterator

from domain.results.report import Report
from reports import names
from reports.speech import Speech


def say(report: Report, _: Speech) -> Iterator[str]:
    yield from _warn_of_simulation(report, _)
    yield _say_question(report, _)
    yield from _say_material(report, _)
    yield _say_scale(report, _)
    yield _say_raters(report, _)
    yield from _say_rated(report, _)


def _warn_of_simulation(report: Report, _: Speech) -> Iterator[str]:
    if report.who == "simulated":
        yield _(
            "The raters of this report are simulated: its numbers show that the method runs and "
            "say nothing about people."
        )


def _say_question(report: Report, _: Speech) -> str:
    region = _.pick(report.design.region)
    if region:
        return _("The study asks how well what models make suits %(region)s.", region=region)
    return _("The study asks how people judge what models make.")


def _say_material(report: Report, _: Speech) -> Iterator[str]:
    """What a plain table does not tell is not said."""
    num_arms, num_prompts = len(report.design.arms), report.design.num_prompts
    arms = _.count("%(num)s variant", "%(num)s variants", num_arms)
    prompts = _.count("%(num)s prompt", "%(num)s prompts", num_prompts)
    if num_arms and num_prompts:
        yield _("It has outputs of %(arms)s on %(prompts)s.", arms=arms, prompts=prompts)
    elif num_prompts:
        yield _("It has outputs on %(prompts)s.", prompts=prompts)


def _say_scale(report: Report, _: Speech) -> str:
    design = report.design
    criteria = ", ".join(
        names.say_criterion(report, each.key, _).lower() for each in design.criteria
    )
    if design.form == "pair":
        return _("Raters saw two outputs at a time and said which is better: %(criteria)s.",
                 criteria=criteria)  # fmt: skip
    if design.form == "rank":
        return _("Raters put the outputs of each prompt in order: %(criteria)s.", criteria=criteria)
    levels = sorted({each.levels for each in design.criteria if each.levels})
    if len(levels) == 1:
        return _(
            "Each output was rated by itself, from 1 to %(levels)s: %(criteria)s.",
            levels=levels[0],
            criteria=criteria,
        )
    return _("Each output was rated by itself: %(criteria)s.", criteria=criteria)


def _say_raters(report: Report, _: Speech) -> str:
    if not report.raters.num:
        return _("Nobody has rated yet.")
    if report.who == "simulated":
        return _.count(
            "%(num)s simulated rater took part.",
            "%(num)s simulated raters took part.",
            report.raters.num,
        )
    return _.count("%(num)s rater took part.", "%(num)s raters took part.", report.raters.num)


def _say_rated(report: Report, _: Speech) -> Iterator[str]:
    """The most of any criterion: a rater may judge one and not the other."""
    found = list(report.agreement.values())
    num_ratings = max((facts.get("n_ratings", 0) for facts in found), default=0)
    num_items = max((facts.get("n_items", 0) for facts in found), default=0)
    if num_ratings:
        ratings = _.count("%(num)s rating", "%(num)s ratings", num_ratings)
        items = _count_items(report, num_items, _)
        if len(found) == 1:
            yield _("%(ratings)s of %(items)s count.", ratings=ratings, items=items)
        else:
            yield _("Up to %(ratings)s of %(items)s count on each criterion.",
                    ratings=ratings, items=items)  # fmt: skip
    num_left = sum(each.num_ratings for each in report.left_out)
    if num_left:
        yield _.count(
            "%(num)s rating was left out by stated rules.",
            "%(num)s ratings were left out by stated rules.",
            num_left,
        )


def _count_items(report: Report, num: int, _: Speech) -> str:
    if report.design.form == "pair":
        return _.count("%(num)s pair", "%(num)s pairs", num)
    return _.count("%(num)s output", "%(num)s outputs", num)

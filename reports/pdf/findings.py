"""The sections on what came out."""

from collections.abc import Iterator, Sequence

from domain.results.report import Facts, Report
from reports import names, paper
from reports.charts import agreement, effects, grp, pareto, preferences, raters
from reports.charts.look import Chart
from reports.facts import take
from reports.measures.agreement import AGREEMENT
from reports.measures.effects import EFFECTS
from reports.measures.measure import Measure
from reports.pdf import blocks
from reports.pdf.blocks import Block, Section
from reports.speech import Speech

_MOST_ITEMS = 20


def describe_agreement(report: Report, _: Speech) -> Section:
    parts = tuple(
        block for criterion in report.agreement for block in _describe_one(report, criterion, _)
    )
    if not parts:
        parts = (blocks.text(_("There are no ratings to compare.")),)
    else:
        parts += _explain(AGREEMENT, _)
        parts += (blocks.note(agreement.explain_marks(_)),)
    return Section(title=_("Agreement of raters"), blocks=parts)


def _explain(listed: Sequence[Measure], _: Speech) -> tuple[Block, ...]:
    rows = ((_.term(each.label), _.term(each.definition)) for each in listed)
    return (blocks.heading(_("What these numbers are")), blocks.facts(rows))


def _describe_one(report: Report, criterion: str, _: Speech) -> Iterator[Block]:
    facts = report.agreement[criterion]
    yield blocks.heading(names.say_criterion(report, criterion, _))
    chart = agreement.draw(report, criterion, _)
    if chart is not None:
        # The picture names every number; what the measures are stands below, once for all.
        yield blocks.picture(chart)
    yield blocks.text(
        _(
            "Outputs: %(items)s. Raters: %(raters)s. Ratings: %(ratings)s.",
            items=_.whole(facts.get("n_items", 0)),
            raters=_.whole(facts.get("n_raters", 0)),
            ratings=_.whole(facts.get("n_ratings", 0)),
        )
    )
    low, high = (take(facts, "leave_one_rater_out", end).value for end in ("low", "high"))
    if low is not None and high is not None:
        yield blocks.text(
            _(
                "When each rater is left out in turn, ordinal alpha stays between %(low)s and "
                "%(high)s.",
                low=_.number(low),
                high=_.number(high),
            )
        )


def describe_effects(report: Report, _: Speech) -> Section:
    title = _("Effects by variant")
    if report.is_sealed:
        said = _("Sealed until the study closes: no figure by variant is shown or stored here.")
        return Section(title=title, blocks=(blocks.warning(said),))
    parts = tuple(
        block
        for each in report.design.criteria
        for draw in (_draw_effects, _draw_preferences)
        for block in draw(report, each.key, _)
    )
    if not parts:
        return Section(title=title, blocks=(blocks.text(_("No effect was computed.")),))
    return Section(title=title, blocks=(*parts, *_explain_effects(report, _)))


def _draw_effects(report: Report, criterion: str, _: Speech) -> Iterator[Block]:
    chart = effects.draw(report, criterion, _)
    if chart is not None:
        yield blocks.heading(names.say_criterion(report, criterion, _))
        yield blocks.picture(chart)
        yield blocks.table(chart.header, chart.rows, "wlrlr")


def _explain_effects(report: Report, _: Speech) -> Iterator[Block]:
    if report.effects is not None:
        yield from _explain(EFFECTS, _)
        yield blocks.note(_("The figures that are not drawn stand in the files of this report."))


def _draw_preferences(report: Report, criterion: str, _: Speech) -> Iterator[Block]:
    chart = preferences.draw(report, criterion, _)
    if chart is not None:
        yield blocks.heading(names.say_criterion(report, criterion, _))
        yield blocks.picture(chart)
        yield blocks.table(chart.header, chart.rows, "wrl" + "r" * (len(chart.header) - 3))
        yield blocks.note(chart.note)


def describe_frontier(report: Report, _: Speech) -> Section:
    title = _("Keeping and gaining")
    if report.is_sealed:
        said = blocks.text(_("Sealed until the study closes."))
        return Section(title=title, blocks=(said,))
    kept = pareto.draw(report.frontier, _, beside=paper.list_points_beside(report.design))
    weighed = grp.draw(report.frontier, _, is_alpha_chosen=report.is_alpha_chosen)
    if kept is None and weighed is None:
        said = blocks.text(
            _("No benchmark stands beside these ratings: neither retention nor GRP is known.")
        )
        return Section(title=title, blocks=(said,))
    return Section(title=title, blocks=(*_draw_pareto(kept), *_draw_grp(report, weighed, _)))


def _draw_pareto(chart: Chart | None) -> Iterator[Block]:
    if chart is not None:
        yield blocks.picture(chart)
        yield blocks.table(chart.header, chart.rows, "wrlrll")
        if chart.note:
            yield blocks.note(chart.note)


def _draw_grp(report: Report, chart: Chart | None, _: Speech) -> Iterator[Block]:
    if chart is None:
        return
    found = (report.frontier or {})["grp"]
    yield blocks.heading(_("GRP over the weight of global quality"))
    yield blocks.picture(chart)
    yield blocks.table(chart.header, chart.rows, "wrrrrl")
    if found.get("beta_star") is not None:
        yield blocks.text(_say_best(report, found, _))
    yield blocks.note(chart.note)


def _say_best(report: Report, grp_facts: Facts, _: Speech) -> str:
    values = {
        "weight": _.number(grp_facts.get("alpha")),
        "beta": _.given(grp_facts.get("beta_star")),
    }
    if report.is_alpha_chosen:
        return _(
            "At the chosen weight %(weight)s, the best share of regional weights (beta*) is "
            "%(beta)s.",
            **values,
        )
    return _(
        "At the region's weight %(weight)s, the best share of regional weights (beta*) is "
        "%(beta)s.",
        **values,
    )


def describe_diagnostics(report: Report, _: Speech) -> Section:
    return Section(
        title=_("Raters and items"), blocks=(*_list_raters(report, _), *_list_items(report, _))
    )


def _list_raters(report: Report, _: Speech) -> Iterator[Block]:
    chart = raters.draw(report, _)
    if chart is None:
        yield blocks.text(_("Raters were not compared with one another."))
        return
    yield blocks.picture(chart)
    if chart.note:
        yield blocks.note(chart.note)


def _list_items(report: Report, _: Speech) -> Iterator[Block]:
    yield blocks.heading(_("Outputs that raters disagree about most"))
    if not report.items:
        yield blocks.text(_("None are listed."))
        return
    rows = [
        (
            str(row.get("item", "")),
            str(row.get("text") or row.get("prompt") or ""),
            names.say_stratum(report, str(row.get("stratum") or ""), _),
            _.whole(row.get("n_ratings", 0)),
            _.number(take(row, "entropy").value, 2),
            _.number(take(row, "range").value, 0),
        )
        for row in report.items[:_MOST_ITEMS]
    ]
    header = (_("Output"), _("Prompt"), _("Stratum"), _("Ratings"), _("Entropy"), _("Range"))
    yield blocks.table(header, rows, "lwlrrr")
    yield blocks.note(
        _(
            "Entropy: 0 when all say the same, 1 when every level is given equally often. Range: "
            "highest minus lowest level."
        )
    )

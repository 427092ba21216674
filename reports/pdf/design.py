"""The sections on what was planned and who took part."""

from collections.abc import Iterator, Sequence

from domain.results.report import Counted, Criterion, Registration, Report
from reports import names
from reports.charts import coverage
from reports.language import LANGUAGES
from reports.pdf import blocks
from reports.pdf.blocks import Block, Section
from reports.reasons import RULES
from reports.speech import Speech


def describe_design(report: Report, _: Speech) -> Section:
    forms = {
        "likert": _("each output by itself, on worded levels"),
        "pair": _("two outputs at a time"),
        "rank": _("all outputs of a prompt in order"),
    }
    media = {"picture": _("pictures"), "answer": _("answers")}
    design = report.design
    strata = ", ".join(names.say_stratum(report, key, _) for key in design.strata)
    rows = [
        (_("Form"), forms[design.form]),
        (_("Of"), media[design.medium] if design.medium else _("not on record")),
        (_("Region"), _.pick(design.region)),
        (_("Prompts"), _.whole(design.num_prompts) if design.num_prompts else _("not on record")),
        (_("Strata"), strata),
        (_("Ratings wanted of each output"), str(design.ratings_per_item or "")),
        (_("Opened"), _.moment(report.history.opened_at, _("not on record"))),
        (_("Closed"), _.moment(report.history.closed_at, _("not closed, or not on record"))),
    ]
    return Section(
        title=_("Design and pre-registration"),
        blocks=(
            blocks.facts(rows),
            *_list_arms(report, _),
            *_list_criteria(report, _),
            *_describe_registration(report, _),
        ),
    )


def _list_arms(report: Report, _: Speech) -> Iterator[Block]:
    yield blocks.heading(_("Variants"))
    if not report.design.arms:
        yield blocks.text(_("The variants are not named here."))
        return
    rows = [
        (
            each.name,
            "" if each.beta is None else _.given(each.beta),
            _("baseline") if each.is_baseline else "",
        )
        for each in report.design.arms
    ]
    yield blocks.table((_("Variant"), _("Share of regional weights"), ""), rows, "wrl")


def _list_criteria(report: Report, _: Speech) -> Iterator[Block]:
    yield blocks.heading(_("Criteria and the words of their levels"))
    for criterion in report.design.criteria:
        name = names.say_criterion(report, criterion.key, _)
        levels = "" if criterion.levels is None else _("1 to %(levels)s", levels=criterion.levels)
        yield blocks.facts([(name, levels or _("compared, without levels"))])
        if criterion.anchors:
            yield _list_anchors(criterion, _)


def _list_anchors(criterion: Criterion, _: Speech) -> Block:
    most = max(len(texts) for texts in criterion.anchors.values())
    return blocks.table(
        (_("Language"), *(str(level) for level in range(1, most + 1))),
        [
            (_say_language(code), *texts, *[""] * (most - len(texts)))
            for code, texts in criterion.anchors.items()
        ],
        "l" + "w" * most,
    )


def _say_language(code: str) -> str:
    return LANGUAGES[code].name if code in LANGUAGES else code


def _describe_registration(report: Report, _: Speech) -> Iterator[Block]:
    yield blocks.heading(_("Registered before anybody rated"))
    registration = report.history.registration
    if registration is None:
        yield blocks.text(_("Nothing was registered before anybody rated, or it is not on record."))
        return
    yield blocks.facts(_list_registered(report, registration, _))


def _list_registered(
    report: Report, registration: Registration, _: Speech
) -> Iterator[tuple[str, str]]:
    primary = names.say_criterion(report, registration.primary_criterion, _)
    yield _("Primary criterion"), primary
    yield _("Comparison"), registration.comparison
    yield _("Smallest effect that matters"), _.given(registration.minimum_effect)
    yield _("Significance level"), _.given(registration.significance_level)
    yield _("Exclusions"), registration.exclusions
    digest = report.history.registration_sha256 or ""
    # In two parts: a line of 64 letters would run out of the page.
    yield _("Digest (SHA-256)"), f"{digest[:32]} {digest[32:]}".strip()


def describe_looks(report: Report, _: Speech) -> Section:
    looks = report.history.looks
    said: Block = blocks.text(_("Nobody opened effects by arm before the study closed."))
    if report.history.opened_at is None and not looks:
        said = blocks.text(_("Whether somebody looked early is not on record."))
    if looks:
        said = blocks.table(
            (_("When"), _("Why")), [(_.moment(each.at), each.reason) for each in looks], "lw"
        )
    return Section(title=_("Interim looks"), blocks=(said,))


def describe_coverage(report: Report, _: Speech) -> Section:
    chart = coverage.draw(report, _)
    if chart is None:
        said = blocks.text(_("How many ratings were wanted is not on record."))
        return Section(title=_("Coverage"), blocks=(said,))
    table = blocks.table(chart.header, chart.rows, "wlrrrr")
    return Section(title=_("Coverage"), blocks=(blocks.picture(chart), table))


def describe_raters(report: Report, _: Speech) -> Section:
    raters = report.raters
    simulated = [blocks.warning(_("These raters are simulated: they are not people."))]
    in_region = {"yes": _("from the region"), "no": _("not from the region"),
                 "unknown": _("not said")}  # fmt: skip
    rows = [
        (_("Raters"), _.whole(raters.num)),
        (_("Withdrawn, and erased"), _.whole(raters.num_withdrawn)),
        (_("By country"), _list_counts(raters.by_country, {}, _)),
        (_("By language"), _list_counts(raters.by_language,
                                        {each.key: _say_language(each.key)
                                         for each in raters.by_language}, _)),
        (_("In the region"), _list_counts(raters.in_region, in_region, _)),
    ]  # fmt: skip
    return Section(
        title=_("Who rated"),
        blocks=(*(simulated if report.who == "simulated" else []), blocks.facts(rows)),
    )


def _list_counts(counts: Sequence[Counted], said: dict[str, str], _: Speech) -> str:
    listed = [f"{said.get(each.key, each.key)} {_.whole(each.num)}" for each in counts]
    return ", ".join(listed) or _("not on record")


def describe_exclusions(report: Report, _: Speech) -> Section:
    if not report.left_out:
        said = blocks.text(_("No rating was left out."))
        return Section(title=_("Exclusions by rule"), blocks=(said,))
    rows = [
        (
            _.term(RULES.get(each.rule, each.rule.replace("_", " "))),
            _.whole(each.num_ratings),
            _.whole(each.num_raters),
        )
        for each in report.left_out
    ]
    table = blocks.table((_("Rule"), _("Ratings"), _("Raters")), rows, "wrr")
    return Section(title=_("Exclusions by rule"), blocks=(table,))

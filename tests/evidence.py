"""A made report with study content in many scripts, for tests and for looking at pages."""

import dataclasses
from typing import Any

from domain.results.report import (
    Arm,
    Counted,
    Covered,
    Criterion,
    Design,
    History,
    Left,
    Look,
    Raters,
    Registration,
    Report,
)

N = {"n_prompts": 143, "n_raters": 12, "n_ratings": 858, "B": 2000, "seed": 0}


def figure(value: float | None, low: float | None = None, high: float | None = None,
           reason: str = "", **extra: Any) -> dict[str, Any]:  # fmt: skip
    return {"value": value, "low": low, "high": high, "reason": reason, **extra}


def make_coefficients(**changes: Any) -> dict[str, Any]:
    return {
        "levels": [1.0, 2.0, 3.0],
        "num_resamples": 2000,
        "seed": 0,
        "n_items": 429,
        "n_raters": 12,
        "n_ratings": 1287,
        "percent_agreement": figure(0.712, 0.684, 0.741),
        "alpha": {
            "nominal": figure(0.481, 0.437, 0.523),
            "ordinal": figure(0.618, 0.573, 0.659),
            "interval": figure(0.624, 0.58, 0.664),
        },
        "gwet_ac1": figure(0.587, 0.548, 0.624),
        "gwet_ac2_quadratic": figure(0.781, 0.752, 0.808),
        "fleiss_kappa": figure(0.479, 0.436, 0.521),
        "conger_kappa": figure(0.482, 0.44, 0.522),
        "brennan_prediger": figure(0.568, 0.526, 0.611),
        "icc": {
            "ICC(1,1)": figure(0.622, 0.577, 0.665),
            "ICC(A,1)": figure(None, reason="no complete block"),
            "ICC(C,1)": figure(None, reason="no complete block"),
            "ICC(1,k)": figure(0.831, 0.803, 0.856),
            "ICC(A,k)": figure(None, reason="no complete block"),
            "ICC(C,k)": figure(None, reason="no complete block"),
        },
        **changes,
    }


def make_comparison(arm: str, criterion: str, label: str | None, difference: dict[str, Any],
                    p: float | None = 0.12) -> dict[str, Any]:  # fmt: skip
    return {
        "criterion": criterion,
        "by": None if label is None else {"stratum": label},
        "arm": arm,
        "n_prompts_left_out": 0,
        "arm_mean": figure(1.569, 1.43, 1.71, **N),
        "baseline_mean": figure(1.491, 1.36, 1.62, **N),
        "difference": {**difference, **N, "definition": "prompt-paired difference of means"},
        "p_sign_flip": figure(p, **N),
        "p_sign_flip_holm": figure(None if p is None else min(1.0, 2 * p), **N),
        "cliffs_delta": figure(0.061, -0.02, 0.142, **N),
    }


def make_effects() -> dict[str, Any]:
    rows = [
        make_comparison("SEA-SDXL 25%", "correctness", None, figure(0.178, 0.031, 0.325), 0.011),
        make_comparison("SEA-SDXL 100%", "correctness", None, figure(-0.06, -0.201, 0.081), 0.4),
        make_comparison("SEA-SDXL 25%", "naturalness", None, figure(0.092, -0.04, 0.224), 0.17),
        make_comparison("SEA-SDXL 100%", "naturalness", None, figure(-0.118, -0.26, 0.024), 0.1),
    ]
    for arm, shift in (("SEA-SDXL 25%", 0.1), ("SEA-SDXL 100%", -0.08)):
        for label, add in (("tradition", 0.05), ("landmark", 0.0), ("cuisine", -0.02)):
            value = shift + add
            found = figure(value, value - 0.22, value + 0.22)
            rows.append(make_comparison(arm, "correctness", label, found, 0.5))
    return {
        "baseline": "SDXL",
        "confidence": 0.95,
        "B": 2000,
        "seed": 0,
        "by": "stratum",
        "n_ratings": 2574,
        "n_without_value": 3,
        "comparisons": rows,
        "models": [],
    }


def make_stretch(variant: str, beta: float, start: float, stop: float) -> dict[str, Any]:
    return {"alpha_from": start, "alpha_to": stop, "variant": variant, "beta": beta}


def make_frontier() -> dict[str, Any]:
    def row(name: str, beta: float, kept: float, gain: float, *, on: bool) -> dict[str, Any]:
        return {
            "variant": name,
            "beta": beta,
            "retention": figure(kept, kept - 0.011, kept + 0.011),
            "gain": figure(gain, gain - 0.14, gain + 0.14) if beta else figure(0.0),
            "is_on_frontier": on,
            "p_frontier": 0.81 if on else 0.07,
            "p_recommended": 0.81 if on else 0.1,
            "p_best": 0.7 if on else 0.15,
        }

    return {
        "base": "SDXL",
        "points": [
            row("SDXL", 0, 1.0, 0.0, on=False),
            row("SEA-SDXL 25%", 0.25, 1.0136, 0.178, on=True),
            row("SEA-SDXL 100%", 1, 0.966, -0.06, on=False),
        ],
        "grp": {
            "alpha": 0.434,
            "scale": "base",
            "rows": [
                {"variant": "SDXL", "beta": 0.0, "q_global": 100.0, "q_regional": 100.0},
                {"variant": "SEA-SDXL 25%", "beta": 0.25, "q_global": 96.4, "q_regional": 111.9},
                {"variant": "SEA-SDXL 100%", "beta": 1.0, "q_global": 91.0, "q_regional": 114.0},
            ],
            "best": {"variant": "SEA-SDXL 25%", "beta": 0.25},
            "beta_star": 0.25,
            "stretches": [
                make_stretch("SEA-SDXL 100%", 1.0, 0.0, 0.28),
                make_stretch("SEA-SDXL 25%", 0.25, 0.28, 0.7677),
                make_stretch("SDXL", 0.0, 0.7677, 1.0),
            ],
        },
        "recommendation": {
            "variant": "SEA-SDXL 25%",
            "beta": 0.25,
            "reason": "'SEA-SDXL 25%' has the largest regional gain (+0.178) of the 1 of 2 "
            "variants that keep at least 0.98 of the base's global quality; it keeps 1.014.",
            "at_least": 0.98,
            "judged": [],
            "certainty": "In 81% of 2,000 resamples of the prompts the rule chose it too.",
        },
        "split": None,
        "choosing": "beta was chosen and reported on the same prompts.",
    }


CORRECTNESS = Criterion(
    key="correctness",
    levels=3,
    names={"en": "Correctness", "id": "Ketepatan", "th": "ความถูกต้อง"},
    anchors={
        "en": ("Wrong: another thing", "Partly right", "Right in every detail"),
        "th": ("ไม่ถูกต้อง: เป็นสิ่งอื่น", "ถูกต้องบางส่วน", "ถูกต้องทุกรายละเอียด"),
        "km": ("ខុស៖ ជារបស់ផ្សេង", "ត្រឹមត្រូវមួយផ្នែក", "ត្រឹមត្រូវគ្រប់ព័ត៌មានលម្អិត"),
        "my": ("မှားသည်။ အခြားအရာဖြစ်သည်", "တစ်စိတ်တစ်ပိုင်း မှန်သည်", "အသေးစိတ်အားလုံး မှန်ကန်သည်"),
        "lo": ("ຜິດ", "ຖືກບາງສ່ວນ", "ຖືກທຸກລາຍລະອຽດ"),
        "ta": ("தவறு", "ஓரளவு சரி", "எல்லா விவரங்களிலும் சரி"),
        "zh": ("错误, 是别的东西", "部分正确", "每个细节都正确"),
        "vi": ("Sai: là thứ khác", "Đúng một phần", "Đúng từng chi tiết"),
    },
)


def make_design() -> Design:
    return Design(
        form="likert",
        medium="picture",
        criteria=(
            CORRECTNESS,
            Criterion(key="naturalness", levels=3, names={"en": "Naturalness", "id": "Kewajaran"}),
        ),
        arms=(
            Arm(name="SDXL", beta=0.0, is_baseline=True),
            Arm(name="SEA-SDXL 25%", beta=0.25),
            Arm(name="SEA-SDXL 100%", beta=1.0),
        ),
        strata={
            "tradition": {"en": "Tradition · ประเพณี", "id": "Tradisi"},
            "landmark": {"en": "Landmark · ទីសម្គាល់", "id": "Bangunan penting"},
            "cuisine": {"en": "Cuisine · ရိုးရာအစားအစာ", "id": "Masakan"},
        },
        region={"en": "Southeast Asia", "id": "Asia Tenggara"},
        num_prompts=143,
        ratings_per_item=3,
    )


def make_history() -> History:
    return History(
        opened_at="2026-04-01",
        closed_at="2026-05-20",
        registration=Registration(
            primary_criterion="correctness",
            comparison="SEA-SDXL 25% against SDXL",
            minimum_effect=0.1,
            significance_level=0.05,
            exclusions="Raters below 60 % on control items are left out.",
        ),
        registration_sha256="9f2c" * 16,
        looks=(Look(at="2026-05-02", reason="The funder asked whether to go on."),),
    )


def make_report(**changes: Any) -> Report:
    report = Report(
        title="Breakfast dishes · អាហារពេលព្រឹក · อาหารเช้า · မနက်စာ",
        made_on="2026-05-31",
        who="people",
        is_sealed=False,
        design=make_design(),
        history=make_history(),
        coverage=(
            Covered(
                stratum="tradition", country="TH", num_items=150, num_wanted=450, num_primary=450
            ),
            Covered(
                stratum="landmark", country="KH", num_items=129, num_wanted=387, num_primary=360
            ),
            Covered(
                stratum="cuisine", country="MM", num_items=150, num_wanted=450, num_primary=450
            ),
        ),
        raters=Raters(
            num=12,
            by_country=(
                Counted(key="TH", num=5),
                Counted(key="KH", num=4),
                Counted(key="MM", num=3),
            ),
            by_language=(
                Counted(key="th", num=5),
                Counted(key="km", num=4),
                Counted(key="my", num=3),
            ),
            in_region=(Counted(key="yes", num=11), Counted(key="unknown", num=1)),
            num_withdrawn=1,
        ),
        left_out=(Left(rule="failed_controls", num_ratings=36, num_raters=1),),
        agreement={
            "correctness": make_coefficients(),
            "naturalness": make_coefficients(gwet_ac1=figure(0.71, 0.67, 0.75)),
        },
        rater_rows=tuple(
            {
                "rater": f"R{number:02}",
                "n_ratings": 107 + number,
                "severity": figure(
                    0.06 * number - 0.35, 0.06 * number - 0.47, 0.06 * number - 0.23
                ),
                "median_active_s": 7.2 + number / 10,
            }
            for number in range(12)
        ),
        items=(
            {
                "item": "i017",
                "prompt": "p006",
                "stratum": "cuisine",
                "n_ratings": 3,
                "entropy": 1.585,
                "range": 2,
                "text": "A bowl of mohinga · မုန့်ဟင်းခါး",
            },
            {
                "item": "i203",
                "prompt": "p068",
                "stratum": "tradition",
                "n_ratings": 3,
                "entropy": 0.918,
                "range": 2,
                "text": "พิธีไหว้ครู",
            },
        ),
        effects=make_effects(),
        frontier=make_frontier(),
        app_version="0.1.0",
        last_rating="0197-aa",
    )
    return dataclasses.replace(report, **changes)

"""Made-up things to show the parts with."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from domain import clock
from reports import language
from specs import fields
from specs.kinds.dataset.dataset_import import DatasetImport

_SAMPLES = {
    "en": "Every dish has a place it comes from.",
    "id": "Setiap hidangan punya tempat asalnya.",
    "ms": "Setiap hidangan ada tempat asalnya.",
    "th": "อาหารทุกจานมีถิ่นกำเนิดของมัน",
    "vi": "Mỗi món ăn đều có nơi bắt nguồn.",
    "fil": "May pinagmulan ang bawat putahe.",
    "my": "ဟင်းလျာတိုင်းမှာ မူလဒေသရှိသည်။",
    "km": "ម្ហូបនីមួយៗមានទីកន្លែងដើមរបស់វា។",
    "lo": "ອາຫານທຸກຈານມີຖິ່ນກຳເນີດຂອງມັນ.",
    "zh": "每道菜都有它的故乡。",
    "ta": "ஒவ்வொரு உணவுக்கும் ஒரு பிறப்பிடம் உண்டு.",
}


@dataclass(frozen=True)
class Row:
    name: str
    state: str
    num_items: int
    size_bytes: int
    started_at: dt.datetime


def list_rows() -> list[Row]:
    now = clock.now()
    states = (
        *("running", "queued", "waiting", "succeeded"),
        *("failed", "cancelled", "lost", "blocked"),
    )
    return [
        Row(
            f"Breakfast dishes {place + 1}",
            state,
            37 * 7**place % 41_213,
            48_000 * 9**place,
            now - dt.timedelta(minutes=4 * 5**place),
        )
        for place, state in enumerate(states)
    ]


def describe() -> dict[str, Any]:
    return {
        "rows": list_rows(),
        "moment": clock.now() - dt.timedelta(minutes=4),
        "digest": "9f2c4e81d07ab35c6d1e0f9284b7a6c5d3e2f10918273645a4b5c6d7e8f90a1b",
        "samples": [(spoken, _SAMPLES[code]) for code, spoken in language.LANGUAGES.items()],
        "spec_fields": fields.describe(DatasetImport),
        "spec_errors": {
            "": "The source could not be read.",
            "source": "There is no folder 'inbox/breakfast'. Check the spelling, or upload a file.",
            "max_items": "At most must be 1 or more; it is 0.",
        },
        "spec_values": {"name": "Breakfast dishes", "source": "inbox/breakfast", "max_items": 0},
    }

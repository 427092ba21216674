"""Quizzes as their publishers write them down, by hand and small; pictures are drawn."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.pictures import jpeg

CVQA_ROWS: tuple[dict[str, Any], ...] = (
    {
        "ID": "5919991144272485961_0",
        "Subset": "('Indonesian', 'Indonesia')",
        "Question": "Apa nama makanan ini?",
        "Translated Question": "What is the name of this food?",
        "Options": ["Rendang", "Gudeg", "Soto", "Rawon"],
        "Translated Options": ["Rendang", "Gudeg", "Soup", "Black soup"],
        "Label": 1,
        "Category": "Cooking and food",
        "Image Type": "Self",
        "Image Source": "Self-open",
        "License": "CC BY-SA",
    },
    {
        "ID": "5919991144272485961_1",
        "Subset": "('Japanese', 'Japan')",
        "Question": "写真のキャラクターの名前は?",
        "Translated Question": "What is the name of the character in the picture?",
        "Options": ["コスモ", "ミャク", "フリービー", "ハイバオ"],
        "Translated Options": ["Cosmo", "Myaku", "Freebie", "Haibao"],
        "Label": 3,
        "Category": "Objects / materials / clothing",
        "Image Type": "Self",
        "Image Source": "Self-open",
        "License": "CC BY-SA",
    },
    {
        "ID": "5919991144272485961_2",
        "Subset": "('Minangkabau', 'Indonesia')",
        "Question": "Apo namo rumah iko?",
        "Translated Question": "What is this house called?",
        "Options": ["Gadang", "Joglo", "Honai", "Limas"],
        "Translated Options": ["Gadang", "Joglo", "Honai", "Limas"],
        "Label": -1,
        "Category": "Geography",
        "Image Type": "External",
        "Image Source": "https://example.org/house",
        "License": "CC BY",
    },
)
# What stands in `Subset`, as its publisher writes it: by country, the languages of its questions.
CVQA_SUBSETS: Mapping[str, tuple[str, ...]] = {
    "Argentina": ("Spanish",),
    "Brazil": ("Portuguese",),
    "Bulgaria": ("Bulgarian",),
    "Chile": ("Spanish",),
    "China": ("Chinese",),
    "Colombia": ("Spanish",),
    "Ecuador": ("Spanish",),
    "Egypt": ("Egyptian_Arabic",),
    "Ethiopia": ("Amharic", "Oromo"),
    "France": ("Breton",),
    "India": ("Bengali", "Hindi", "Marathi", "Tamil", "Telugu", "Urdu"),
    "Indonesia": ("Indonesian", "Javanese", "Minangkabau", "Sundanese"),
    "Ireland": ("Irish",),
    "Japan": ("Japanese",),
    "Kenya": ("Swahili",),
    "Malaysia": ("Malay",),
    "Mexico": ("Spanish",),
    "Mongolia": ("Mongolian",),
    "Nigeria": ("Igbo",),
    "Norway": ("Norwegian",),
    "Pakistan": ("Urdu",),
    "Philippines": ("Filipino",),
    "Romania": ("Romanian",),
    "Russia": ("Russian",),
    "Rwanda": ("Kinyarwanda",),
    "Singapore": ("Chinese",),
    "South Korea": ("Korean",),
    "Spain": ("Spanish",),
    "Sri_Lanka": ("Sinhala",),
    "Uruguay": ("Spanish",),
}
_IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])

SEA_VQA_HEADER = (
    *("image_path", "question", "choice_a", "choice_b", "choice_c", "choice_d"),
    "correct_answer",
)
_ADDRESS = "https://example.org/pics"
SEA_VQA_ROWS = (
    (f"{_ADDRESS}/Angkor%20Wat.jpg", "Which temple is this?",
     "Angkor Wat", "Bayon", "Koh Ker", "Banteay Srei", "a"),
    (f"{_ADDRESS}/ballet.jpg", "What is danced here?", "Fawn", "Lion", "Royal ballet", "Fan", "c"),
    (f"{_ADDRESS}/ballet.jpg", "Who may dance it?", "All", "Dancers", "Monks", "Kings", "B or D"),
    (f"{_ADDRESS}/gone.jpg", "What is this?", "One", "Two", "Three", "Four", "b"),
)  # fmt: skip

_ANSWER_ONLY = "Print only the answer"
WORLDCUISINES_ROWS: tuple[dict[str, Any], ...] = tuple(
    {
        "qa_id": "300",
        "lang": lang,
        "food_id": "482",
        "prompt_id": "27",
        "prompt_type": "2",
        "multi_choice_prompt": f"{question}\n"
        + "\n".join(f"{number}. {name}" for number, name in enumerate(options, 1))
        + f"\n\n{_ANSWER_ONLY} with a single answer id (1,2,3,4,5).",
        "open_ended_prompt": f"{question}\n\n{_ANSWER_ONLY}.",
        "image_url": "https://example.org/thumb/TAHU_SUMEDANG.jpg/810px-TAHU_SUMEDANG.jpg?download",
        "answer": options[2],
        "multi_choice_answer": 3,
        "task": "small_task2",
        "lang_status": "full",
    }
    for lang, question, options in (
        (
            "id_formal",
            "Negara manakah yang mempopulerkan hidangan ini?",
            ("Jepang", "Filipina", "Indonesia", "Hong Kong", "Hong Kong"),
        ),
        (
            "fr",
            "Quel est le pays qui a rendu ce plat populaire ?",
            ("Japon", "Philippines", "Indonésie", "Hong Kong", "Hong Kong"),
        ),
    )
)
WORLDCUISINES_KB = {"food_id": "482", "Name": "Tahu Sumedang", "Countries": '["Indonesia"]'}
# By name: the country, and the addresses of the pictures; the last one is asked about.
_ASKED = WORLDCUISINES_ROWS[0]["image_url"]
DISHES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "Kouign-amann": ("France", ("https://example.org/a.jpg", "https://example.org/b.jpg")),
    "Tahu Sumedang": ("Indonesia", ("https://example.org/c.jpg", _ASKED)),
}
ASKED_PICTURE = jpeg(seed=4)


def write_cvqa(folder: Path, rows: Sequence[Mapping[str, Any]] = CVQA_ROWS) -> Path:
    """Parquet with the picture in it, as the hub has it."""
    folder.mkdir(parents=True, exist_ok=True)
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    images = [{"bytes": jpeg(seed=seed), "path": f"{seed}.jpg"} for seed in range(len(rows))]
    table = pa.table({"image": pa.array(images, _IMAGE), **columns})
    pq.write_table(table, folder / "test-00000-of-00001.parquet")
    return folder


def write_sea_vqa(folder: Path, *tables: str) -> Path:
    """A table per country; the pictures, whose addresses are published, put beside it."""
    (folder / "pics").mkdir(parents=True)
    for seed, name in enumerate(("Angkor Wat.jpg", "ballet.jpg")):
        (folder / "pics" / name).write_bytes(jpeg(seed=seed))
    for name in tables or ("cambodia.csv",):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        _write_sea_vqa_table(folder / name)
    return folder


def _write_sea_vqa_table(path: Path) -> None:
    rows = [dict(zip(SEA_VQA_HEADER, row, strict=True)) for row in SEA_VQA_ROWS]
    if path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif path.suffix == ".json":
        path.write_text(json.dumps(rows), "utf-8")
    else:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, SEA_VQA_HEADER)
            writer.writeheader()
            writer.writerows(rows)


def write_worldcuisines(folder: Path, *, with_kb: bool = True) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "810px-TAHU_SUMEDANG.jpg").write_bytes(jpeg())
    for row in WORLDCUISINES_ROWS:
        write_jsonl(folder / f"{row['lang']}_small_eval_task2.jsonl", [row])
    if with_kb:
        write_jsonl(folder / "food-kb.jsonl", [WORLDCUISINES_KB])
    return folder


def write_dishes(path: Path) -> Path:
    """The knowledge base with its pictures, as the hub has it in Parquet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    drawn = iter([jpeg(seed=1), jpeg(seed=2), jpeg(seed=3), ASKED_PICTURE])
    rows = [
        {"name": name, "countries": [country]}
        | {f"image{place}_url": address for place, address in enumerate(addresses, 1)}
        | {f"image{place}": {"bytes": next(drawn), "path": None} for place in (1, 2)}
        | {"image3": None, "image3_url": None}
        for name, (country, addresses) in DISHES.items()
    ]
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=1)
    return path


def write_dishes_as_text(path: Path) -> Path:
    """The knowledge base as CSV: it has the addresses of the pictures only."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Name", "Countries", "Image1 name / URL", "Image2 name / URL"])
        for name, (country, addresses) in DISHES.items():
            writer.writerow([name, json.dumps([country]), *addresses])
    return path


def write_jsonl(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    lines = (json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return path

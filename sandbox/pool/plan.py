"""What the pool will hold, picture by picture, before anything is drawn: the flaws are chosen here,
exactly as many as the specification says.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sandbox.pool import origins
from sandbox.world import captions
from sandbox.world.concepts import Concept, Scope, deal, list_concepts
from sandbox.world.scene import Scene, sample
from specs.kinds.sandbox.sandbox_draw import SandboxDraw

CaptionFault = Literal["", "vague", "wrong"]
FileFault = Literal["", "blurred", "cut_off", "no_picture", "tiny"]

_DAMAGE = ("cut_off", "no_picture", "tiny")
_WRONG_GLOBAL = 0.02  # people err about common things too
_LARGE = 0.2


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One picture of the pool, and the truth about it."""

    original: int  # which drawing; a near duplicate has the number of the one it is a copy of
    is_copy: bool = False
    seed: int  # of everything that is left to chance in it
    scene: Scene
    caption: str
    right_caption: str
    caption_fault: CaptionFault
    file_fault: FileFault
    language: str  # as tagged
    right_language: str
    country: str
    right_country: str
    host: str


def make_plan(spec: SandboxDraw) -> list[Entry]:
    """In the order of the pool. A copy may stand before what it is a copy of."""
    rng = random.Random(f"pool {spec.seed}")  # noqa: S311 - for variety, not for secrets
    num_copies = round(spec.num_pictures * spec.copy_share)
    originals = _plan_originals(rng, spec, spec.num_pictures - num_copies)
    sound = [entry for entry in originals if not entry.file_fault]
    copied = [_copy(rng, entry) for entry in rng.sample(sound, min(num_copies, len(sound)))]
    entries = _mistag(rng, [*originals, *copied], spec.mistag_share)
    rng.shuffle(entries)
    return entries


def _plan_originals(rng: random.Random, spec: SandboxDraw, num: int) -> list[Entry]:
    num_regional = round(num * spec.regional_share)
    concepts = [*deal("regional", num_regional), *deal("global", num - num_regional)]
    faults = [
        *_spread(rng, num_regional, {"vague": spec.vague_share, "wrong": spec.wrong_share}),
        *_spread(rng, num - num_regional, {"wrong": _WRONG_GLOBAL}),
    ]
    damage = {fault: spec.damage_share / len(_DAMAGE) for fault in _DAMAGE}
    files = _spread(rng, num, {"blurred": spec.blur_share, **damage})
    return [
        _plan_one(rng, number, concept, (fault, file), spec.languages)  # type: ignore[arg-type]
        for number, (concept, fault, file) in enumerate(zip(concepts, faults, files, strict=True))
    ]


def _spread(rng: random.Random, num: int, shares: dict[str, float]) -> list[str]:
    """For each of `num` at most one of the words, and exactly as many of each as its share says."""
    words = [word for word, share in shares.items() for _ in range(round(num * share))][:num]
    words += [""] * (num - len(words))
    rng.shuffle(words)
    return words


def _plan_one(
    rng: random.Random,
    number: int,
    concept: Concept,
    faults: tuple[CaptionFault, FileFault],
    languages: Sequence[str],
) -> Entry:
    fault, file = faults
    # Blurred, small things of one colour are hard to tell apart: what is blurred is large.
    scene = sample(rng, [concept], large=1.0 if file == "blurred" else _LARGE)
    origin = origins.choose(rng, concept, languages)
    seed = rng.getrandbits(31)
    right = captions.caption(scene, origin.language, seed=seed)
    name = _call(rng, concept, origin.language, fault)
    return Entry(
        original=number,
        seed=seed,
        scene=scene,
        caption=captions.caption(scene, origin.language, seed=seed, name=name),
        right_caption=right,
        caption_fault=fault,
        file_fault=file,
        language=origin.language,
        right_language=origin.language,
        country=origin.country,
        right_country=origin.country,
        host=origin.host,
    )


def _call(rng: random.Random, concept: Concept, language: str, fault: CaptionFault) -> str | None:
    """What the thing is called; None for its own name."""
    if fault == "vague":
        return concept.vague[language]
    if fault == "wrong":
        scope: Scope = concept.scope
        alike = [c for c in list_concepts(scope) if c.stratum == concept.stratum and c != concept]
        return rng.choice(alike).names[language]
    return None


def _copy(rng: random.Random, entry: Entry) -> Entry:
    """Found again elsewhere, with the same words."""
    host = origins.choose(rng, entry.scene.thing).host
    return replace(entry, is_copy=True, seed=rng.getrandbits(31), host=host)


def _mistag(rng: random.Random, entries: list[Entry], share: float) -> list[Entry]:
    wrong_country = _spread(rng, len(entries), {"wrong": share})
    wrong_language = _spread(rng, len(entries), {"wrong": share})
    tagged = []
    for entry, country, language in zip(entries, wrong_country, wrong_language, strict=True):
        changed = entry
        if country:
            other = origins.choose_other_country(rng, entry.scene.thing, entry.country)
            changed = replace(changed, country=other)
        if language:
            changed = replace(changed, language=origins.choose_other_language(rng, entry.language))
        tagged.append(changed)
    return tagged

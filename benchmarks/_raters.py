"""Raters who do over HTTP what people's browsers do: join by a link, say who they are, and then
save and get the next, as the page's script or as its plain forms send it.
"""

import asyncio
import datetime as dt
import json
import random
import re
import time
from http import HTTPStatus
from typing import Any

from benchmarks._browser import Browser, Fields, Unexpected

_HIDDEN = re.compile(r'<input type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"')
_ACTION = re.compile(r'<form\s+action="(/rate/[^"]+)"')
_CRITERIA = ("correctness", "naturalness")


class Rater:
    """With the page's script: five items in hand, and one way to the server for each rating."""

    def __init__(self, port: int, number: int) -> None:
        self.browser = Browser(port)
        self.num_saved = 0
        self._rng = random.Random(number)  # noqa: S311 - repeatable, not secret
        self._address = ""
        self._form_token = ""
        self._hand: list[dict[str, Any]] = []
        self._unseen: list[str] = []

    async def join(self, link: str) -> None:
        ask = self.browser
        (await ask.get(link)).check(HTTPStatus.OK, "the invite")
        joined = await ask.post(link, [("consent", "yes")])
        self._address = joined.check(HTTPStatus.SEE_OTHER, "joining").location
        about = (await ask.get(f"{self._address}/about-you")).check(HTTPStatus.OK, "about you")
        fields = _HIDDEN.findall(about.body.decode())
        said = await ask.post(
            f"{self._address}/about-you", [*fields, ("country", "ID"), ("languages", "id")]
        )
        said.check(HTTPStatus.SEE_OTHER, "saying who one is")
        (await ask.get(f"{self._address}/guide")).check(HTTPStatus.OK, "the guide")
        practice = await ask.get(f"{self._address}/practice")
        practice.check(HTTPStatus.SEE_OTHER, "no practice")
        await self.open_page()

    async def open_page(self) -> None:
        """The first page of work; its script then asks what there is to have in hand."""
        page = (await self.browser.get(f"{self._address}/work")).check(HTTPStatus.OK, "work")
        self._form_token = dict(_HIDDEN.findall(page.body.decode()))["form_token"]
        held = await self.browser.get(f"{self._address}/held", accept="application/json")
        self._take_in_hand(json.loads(held.check(HTTPStatus.OK, "what is held").body))

    async def save_and_next(self) -> None:
        done = self._hand.pop(0)
        action, fields = _read_form(done["html"])
        sent = [pair for pair in fields if pair[0] != "form_token"]
        sent += [*self._answer(), ("and-next", "yes")]
        sent += [("in-hand", each["token"]) for each in self._hand]
        headers = {"Accept": "application/json", "X-Form-Token": self._form_token}
        answer = (await self.browser.post(action, sent, headers)).check(HTTPStatus.OK, "saving")
        found = json.loads(answer.body)
        if found["state"] != "saved":
            raise Unexpected(f"saving: {found}")
        self.num_saved += 1
        self._take_in_hand(found["hand"])

    async def load_pictures(self) -> None:
        """Those of what came last, as the page does meanwhile."""
        for path in self._unseen:
            (await self.browser.get(path, accept="image/webp")).check(HTTPStatus.OK, "a picture")
        self._unseen = []

    def _take_in_hand(self, hand: dict[str, Any]) -> None:
        known = {each["token"]: each for each in self._hand}
        self._hand = [each if "html" in each else known[each["token"]] for each in hand["items"]]
        new = [each for each in self._hand if each["token"] not in known]
        self._unseen += [path for each in new for path in each["pictures"]]
        if not self._hand:
            raise Unexpected("nothing is left to rate: the study is too small for this measurement")

    def _answer(self) -> Fields:
        levels = [(each, str(self._rng.randint(1, 3))) for each in _CRITERIA]
        now = dt.datetime.now(dt.UTC).isoformat()
        rest = [("active_ms", "2500"), ("client_at", now), ("cannot_judge", ""), ("comment", "")]
        return [*levels, *rest]


class PlainRater(Rater):
    """Without scripts: a form is posted, and the page that follows is loaded."""

    _page = ""

    async def open_page(self) -> None:
        page = (await self.browser.get(f"{self._address}/work")).check(HTTPStatus.OK, "work")
        self._page = page.body.decode()

    async def save_and_next(self) -> None:
        action, fields = _read_form(self._page)
        saved = await self.browser.post(action, [*fields, *self._answer()])
        path = saved.check(HTTPStatus.SEE_OTHER, "saving").location
        self.num_saved += 1
        next_page = (await self.browser.get(path)).check(HTTPStatus.OK, "the next page")
        self._page = next_page.body.decode()


def _read_form(html: str) -> tuple[str, Fields]:
    (action,) = _ACTION.findall(html)
    hidden = _HIDDEN.findall(html)
    return action, [pair for pair in hidden if pair[0] not in ("active_ms", "client_at")]


async def pace(raters: list[Rater], *, per_second: float, seconds: float) -> list[float]:
    """Each rater in their own irregular rhythm, whatever the server does. Milliseconds from the
    moment at which somebody was to press the button: who had to wait, waited from then.
    """
    began = time.perf_counter()
    period_s = len(raters) / per_second
    durations: list[float] = []

    async def work(rater: Rater, number: int) -> None:
        rhythm = random.Random(f"rhythm {number}")  # noqa: S311 - repeatable, not secret
        at = began + rhythm.uniform(0, period_s)
        while at < began + seconds:
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            await rater.save_and_next()
            durations.append((time.perf_counter() - at) * 1000)
            await rater.load_pictures()
            at += rhythm.uniform(0.5, 1.5) * period_s

    await asyncio.gather(*(work(rater, number) for number, rater in enumerate(raters)))
    return durations


async def press_on(raters: list[Rater], *, seconds: float) -> list[float]:
    """Each presses again as soon as the next is there."""
    end = time.perf_counter() + seconds
    durations: list[float] = []

    async def work(rater: Rater) -> None:
        while (began := time.perf_counter()) < end:
            await rater.save_and_next()
            durations.append((time.perf_counter() - began) * 1000)

    await asyncio.gather(*map(work, raters))
    return durations

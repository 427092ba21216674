"""What must hold of any page, looked at in the browser itself."""

from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Request

_AXE = Axe().axe_script
# What passed is not sent: it is many times as much.
_RUN_AXE = """
() => axe.run({ resultTypes: ["violations"] }).then(({ violations }) => violations)
"""
# Said by our own listener, so that it reaches the console like everything else.
_TELL_OF_REFUSALS = """
addEventListener("securitypolicyviolation", (event) => {
  console.error(`refused by policy: ${event.violatedDirective} ${event.blockedURI}`);
});
"""
_SETTLE = """
async () => {
  await document.fonts.ready;
  const pictures = [...document.images];
  for (const picture of pictures) picture.loading = "eager";
  await Promise.all(pictures.map((picture) => picture.decode().catch(() => {})));
}
"""
_FIND_WHAT_STICKS_OUT = """
() => [...document.querySelectorAll("body *")]
  .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
  .map((each) => `${each.tagName}.${each.className}`)
  .slice(0, 5)
"""
_FIND_WHAT_IS_CUT_OFF = """
() => [...document.querySelectorAll(".table-frame:not([tabindex])")]
  .filter((each) => each.scrollWidth > each.clientWidth)
  .map((each) => each.innerText.slice(0, 60))
"""
# Text that an ancestor cuts off, and controls that are higher inside than they are. What is for
# screen readers only is cut off on purpose.
_FIND_CLIPPED_TEXT = """
() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (!text.data.trim() || text.parentElement.closest(".visually-hidden")) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const boxes = [...range.getClientRects()].filter((box) => box.width && box.height);
    for (let each = text.parentElement; each !== document.body; each = each.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(each);
      if (!/hidden|clip/.test(overflowX + overflowY)) continue;
      const frame = each.getBoundingClientRect();
      const isOut = (box) => box.left < frame.left - 1 || box.right > frame.right + 1
        || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
      if (boxes.some(isOut)) found.push(`${each.tagName}.${each.className}: ${text.data.trim()}`);
    }
  }
  for (const each of document.querySelectorAll("button, label, legend, summary, .badge")) {
    const more = each.scrollHeight - each.clientHeight;
    if (each.clientHeight && more > 0) found.push(`${more} px: ${each.innerText}`);
  }
  return found;
}
"""
_FIND_SMALL_TARGETS = """
(least) => [...document.querySelectorAll("a, button, summary, label:has(input), select, textarea")]
  .filter((each) => each.checkVisibility())
  .map((each) => ({ each, box: each.getBoundingClientRect() }))
  .filter(({ box }) => box.width < least - 0.01 || box.height < least - 0.01)
  .map(({ each, box }) => `${each.innerText || each.name}: ${box.width} x ${box.height}`)
"""
_FIND_MOTION = """
() => [...document.querySelectorAll("*")].flatMap((each) =>
  [null, "::before", "::after"]
    .map((part) => getComputedStyle(each, part))
    .flatMap((style) => `${style.transitionDuration}, ${style.animationDuration}`.split(", "))
    .filter((duration) => parseFloat(duration) > 0.001)
    .map((duration) => `${each.tagName}.${each.className}: ${duration}`))
"""
_FIND_BROKEN_PICTURES = """
() => [...document.images].filter((each) => !each.naturalWidth).map((each) => each.src)
"""


class Watch:
    """Listens to a page from before its first request."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._said: list[str] = []
        self.requests: list[Request] = []
        page.add_init_script(_TELL_OF_REFUSALS)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._said.append(f"exception: {error}"))
        page.on("request", self._count)

    def _count(self, request: Request) -> None:
        self.requests.append(request)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._said.append(f"{message.type}: {message.text}")

    def list_complaints(self, expected_status: int = 200) -> list[str]:
        """Chromium reports every answer from 400 on; the one that a test asked for is no fault."""
        expected = f"the server responded with a status of {expected_status} "
        return [each for each in self._said if expected not in each]

    def list_foreign_requests(self) -> list[str]:
        ours = urlsplit(self._page.url).netloc
        asked = (request.url for request in self.requests)
        return [url for url in asked if urlsplit(url).netloc not in (ours, "")]

    def count_streams(self) -> int:
        return sum(request.resource_type == "eventsource" for request in self.requests)


def settle(page: Page) -> None:
    """Fonts and pictures are there, also those further down."""
    page.evaluate(_SETTLE)


def check(page: Page, watch: Watch, *, expected_status: int = 200) -> None:
    settle(page)
    assert page.title().strip().strip("· "), "The page has no title."
    assert page.locator("h1").count() == 1
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{wide} px too wide: {page.evaluate(_FIND_WHAT_STICKS_OUT)}"
    assert page.evaluate(_FIND_WHAT_IS_CUT_OFF) == []
    assert page.evaluate(_FIND_BROKEN_PICTURES) == []
    page.evaluate(_AXE)
    violations = [
        f"{each['id']}: {each['help']} {[node['target'] for node in each['nodes'][:3]]}"
        for each in page.evaluate(_RUN_AXE)
    ]
    assert violations == []
    assert watch.list_complaints(expected_status) == []
    assert watch.list_foreign_requests() == []
    assert watch.count_streams() <= 1


def find_clipped_text(page: Page) -> list[str]:
    found: list[str] = page.evaluate(_FIND_CLIPPED_TEXT)
    return found


def find_small_targets(page: Page, least_px: int) -> list[str]:
    found: list[str] = page.evaluate(_FIND_SMALL_TARGETS, least_px)
    return found


def find_motion(page: Page) -> list[str]:
    found: list[str] = page.evaluate(_FIND_MOTION)
    return found


def take_screenshot(page: Page, folder: Path, name: str) -> None:
    """The whole page; with a dialog in front, what a person sees then."""
    is_whole = page.locator("dialog[open], :popover-open").count() == 0
    page.screenshot(path=folder / f"{name}.png", full_page=is_whole, animations="disabled")

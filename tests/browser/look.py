"""Looks at a view as people see it: both sizes, light and dark, each photographed and held to axe."""

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
SHOTS = ROOT / "build" / "screenshots"
WIDE, PHONE = (1280, 800), (390, 844)
LOOKS = [(size, scheme) for size in (WIDE, PHONE) for scheme in ("light", "dark")]
RUN_AXE = """() => axe.run(document, {resultTypes: ['violations']}).then(({violations}) => violations.map(
  ({id, nodes}) => id + ': ' + nodes.map(node => node.html.slice(0, 200)).join(' | ')))"""
IS_TOO_WIDE = "() => document.documentElement.scrollWidth > window.innerWidth"
SETTLE = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def look(page: Page, name: str) -> None:
    """Photograph the page four times; no axe violation, and nothing wider than the screen."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    found = []
    for (width, height), scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        page.evaluate(SETTLE)
        page.screenshot(path=SHOTS / f"{name}-{width}-{scheme}.png")
        found += [f"{width} {scheme} {fault}" for fault in _faults(page)]
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    page.emulate_media(color_scheme="light")
    assert found == []


def _faults(page: Page) -> list[str]:
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_axe())
    too_wide = ["wider than the screen"] if page.evaluate(IS_TOO_WIDE) else []
    return [*page.evaluate(RUN_AXE), *too_wide]


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")

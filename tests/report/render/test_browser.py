"""The page in a real browser, from disk; needs Chromium."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from segsweep.report.render.page.build import build_page
from tests.report.render.page.making import make_report
from tests.report.render.page.test_build import NASTY

pytestmark = pytest.mark.browser

AXES = {"model": ["fpn", "unet"], "encoder": ["resnet18", "resnet34", "mobilenet_v2"]}
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of six configurations."""
    runs = tmp_path_factory.mktemp("runs")
    return build_page(make_report(runs, axes=AXES), runs / "report")


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    """Opens a page from disk; afterwards nothing was asked for but the page itself, and nothing was complained of."""
    complaints: list[str] = []
    asked: list[str] = []

    def open_page(path: Path, *, width: int = 1300, colors: str = "light") -> Page:
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=colors)  # type: ignore[arg-type]
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in browser.contexts:
        context.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in asked if url.startswith("file:")]) == 1


def column(page: Page, key: str) -> list[str]:
    """Return the texts of a column of the ranking, of the rows that are shown."""
    cells = page.locator(f'#ranking-table tbody tr:not([hidden]) [data-column="{key}"]')
    return [text.strip() for text in cells.all_inner_texts()]


def head(page: Page, key: str) -> str:
    return f'#ranking-table th[data-column="{key}"]'


def test_a_click_sorts_and_another_turns_the_order(opened: Open, made: Path) -> None:
    page = opened(made)
    assert column(page, "rank") == ["1", "2", "3", "4", "5", "6"]
    page.click(f"{head(page, 'axis:encoder')} button")
    assert column(page, "axis:encoder") == sorted(AXES["encoder"] * 2)
    assert page.get_attribute(head(page, "axis:encoder"), "aria-sort") == "ascending"
    page.click(f"{head(page, 'axis:encoder')} button")
    assert column(page, "axis:encoder") == sorted(AXES["encoder"] * 2, reverse=True)
    assert page.get_attribute(head(page, "rank"), "aria-sort") == "none"


def test_numbers_are_sorted_as_numbers_and_by_the_keyboard(opened: Open, made: Path) -> None:
    page = opened(made)
    page.focus(f"{head(page, 'cost:eval_img_s')} button")
    page.keyboard.press("Enter")  # the fastest first
    speeds = [float(text) for text in column(page, "cost:eval_img_s")]
    assert speeds == sorted(speeds, reverse=True)
    assert len(set(speeds)) > 1


def test_words_and_axes_filter_the_ranking_and_the_charts(opened: Open, made: Path) -> None:
    page = opened(made)
    page.fill("#search", "resnet18 UNET")
    assert column(page, "axis:encoder") == ["resnet18"]
    assert page.inner_text("#shown") == "1 of 6 configurations"
    assert page.locator("#scatter-chart circle").count() == 1
    page.fill("#search", "")
    page.select_option('select[data-axis="model"]', "fpn")
    assert set(column(page, "axis:model")) == {"fpn"}
    assert page.locator("#scatter-chart circle").count() == 3
    page.fill("#search", "no such thing")
    assert page.is_visible("#none-left")


def test_another_metric_ranks_anew_and_shows_no_ties_that_were_not_tested(opened: Open, made: Path) -> None:
    page = opened(made)
    assert column(page, "standing")[0] == "best"
    page.select_option("#metric", "test/loss")
    losses = [float(text.split(" ")[0]) for text in column(page, "test/loss")]
    assert losses == sorted(losses)  # of a loss the least is best
    assert column(page, "rank") == ["1", "2", "3", "4", "5", "6"]
    assert column(page, "axis:model")[0] == "fpn"
    assert page.is_visible("#untested")
    assert page.locator("#ranking-table .badge").first.is_hidden()
    assert "loss" in (page.text_content("#scatter-chart svg") or "")
    page.select_option("#metric", "test/dice")
    assert page.locator("#ranking-table .badge").first.is_visible()


def test_columns_come_and_go(opened: Open, made: Path) -> None:
    page = opened(made)
    page.click("#columns-menu summary")
    page.uncheck('#columns input[value="test/recall"]')
    page.check('#columns input[value="test/loss"]')
    assert page.locator(head(page, "test/recall")).is_hidden()
    assert page.locator(head(page, "test/loss")).is_visible()
    page.keyboard.press("Escape")
    assert page.get_attribute("#columns-menu", "open") is None


def test_colors_follow_the_system_and_the_switch(opened: Open, made: Path) -> None:
    page = opened(made, colors="dark")
    color = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(color)
    page.click("#theme")
    assert page.evaluate(color) != dark
    assert opened_light(page, color) == page.evaluate(color)


def opened_light(page: Page, expression: str) -> str:
    """Return what an expression gives where the system wants light colors."""
    page.emulate_media(color_scheme="light")
    return str(page.evaluate(expression))


def test_every_control_has_a_name_and_every_table_a_caption(opened: Open, made: Path) -> None:
    page = opened(made)
    named = "e.textContent.trim() || e.ariaLabel || e.labels?.[0]?.textContent.trim()"
    nameless = f"[...document.querySelectorAll('button, select, input')].filter(e => !({named}))"
    assert page.evaluate(f"{nameless}.length") == 0
    assert page.locator("table").count() == page.locator("table > caption").count() > 4
    assert page.locator("thead th:not([scope=col])").count() == 0


@pytest.mark.parametrize("width", [390, 1300])
def test_nasty_names_run_nothing_and_break_no_layout(opened: Open, tmp_path: Path, width: int) -> None:
    report = make_report(
        tmp_path, axes={"model": NASTY[:3], "optimizer.lr": NASTY[3:]}, class_names=NASTY, answer=NASTY[0]
    )
    page = opened(build_page(report, tmp_path / "report"), width=width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.inner_text(".lead") == NASTY[0]
    for value in NASTY[:3]:
        page.select_option('select[data-axis="model"]', value)
        assert page.inner_text("#shown") == "3 of 9 configurations"
    page.select_option("#metric", "test/loss")
    page.hover("#scatter-chart circle >> nth=0")
    assert page.evaluate("window.hacked") is None


def test_a_thousand_configurations_stay_usable(opened: Open, tmp_path: Path) -> None:
    axes = {"model": [f"m{n}" for n in range(25)], "encoder": [f"e{n}" for n in range(40)]}
    path = build_page(make_report(tmp_path, axes=axes, num_seeds=1, with_files=False), tmp_path / "report")
    assert path.stat().st_size < 15e6
    page = opened(path)
    sort = """() => {
        const began = performance.now();
        document.querySelector("th[data-column='n'] button").click();
        document.body.offsetHeight; // laid out
        return performance.now() - began;
    }"""
    assert page.evaluate(sort) < 3000  # ms; some 200 on an idle core
    page.fill("#search", "m7 e1")
    assert page.inner_text("#shown") == "11 of 1000 configurations"

"""Opens the pages in JupyterLab and the app in Voila with a real browser, moves what can be moved, and looks at what changes: `python scripts/browser_test.py [PAGE ...]`.

Needs the extras `browser` and `app`, and a Chromium (NEWLLM_CHROMIUM, or `chromium` on the path); without pages it goes through all of them.
Screenshots and runs go to outputs/browser; runs that are there are used again. Ends with `N passed, 0 failed`.
"""

import contextlib
import hashlib
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playwright.sync_api import Locator, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "outputs" / "browser"
RUNS = OUT / "runs"
START = time.time()
ERRORS = '[data-mime-type="application/vnd.jupyter.error"], [data-mime-type="application/vnd.jupyter.stderr"]'


def say(text: str) -> None:
    print(f"{time.time() - START:6.1f} s  {text}", flush=True)


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 90) -> None:
    "Looks every quarter of a second."
    end = time.time() + seconds
    while not condition():
        if time.time() > end:
            raise AssertionError(f"{what}: not within {seconds:g} s")
        time.sleep(0.25)


def reachable(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=2)
    except urllib.error.HTTPError:
        return True  # an answer, if no welcome
    except OSError:
        return False
    return True


@contextlib.contextmanager
def served(words: list[str], url: str, home: str, log: str) -> Iterator[None]:
    "A server for the length of a block, with settings and runs of its own."
    settings = {
        "notebook-extension/tracker": '{"windowingMode": "none"}',
        "docmanager-extension/plugin": '{"autosave": false}',
        "apputils-extension/notification": '{"fetchNews": "false", "checkForUpdates": false}',
    }  # every output stays in the page, and no page is changed
    for name, text in settings.items():
        path = Path(home) / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    places = {f"JUPYTER_{n}_DIR": f"{home}/{n.lower()}" for n in ("CONFIG", "DATA", "RUNTIME")} | {
        "JUPYTERLAB_SETTINGS_DIR": f"{home}/settings",
        "IPYTHONDIR": f"{home}/ipython",
    }
    env = (
        {k: v for k, v in os.environ.items() if k not in ("MPLBACKEND", "IN_TEST")}
        | places
        | {"NEWLLM_OUTPUTS": str(RUNS), "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    )
    with open(OUT / log, "w") as out:
        server = subprocess.Popen(
            words,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            start_new_session=True,
        )
        try:
            wait_for(lambda: reachable(url) or server.poll() is not None, f"{url} answers", 120)
            assert server.poll() is None, f"the server ended; see {OUT / log}"
            yield
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGTERM)  # the server is a child of `newllm lab`
            try:
                server.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)


@contextlib.contextmanager
def browser(home: str) -> Iterator[Page]:
    "A page of a headless Chromium, 1280 wide."
    chromium = (
        os.environ.get("NEWLLM_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    )
    if chromium is None:
        raise SystemExit("there is no Chromium; install one, or set NEWLLM_CHROMIUM")
    quiet = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    with sync_playwright() as p:
        context = p.chromium.launch_persistent_context(
            f"{home}/profile",
            executable_path=chromium,
            headless=True,
            viewport={"width": 1280, "height": 1400},
            args=quiet,
        )
        try:
            yield context.pages[0] if context.pages else context.new_page()
        finally:
            context.close()


def run_all(page: Page, base: str, name: str) -> None:
    "Opens a page in JupyterLab, executes it, and refuses errors."
    page.goto(f"{base}/lab/tree/nbs/{name}.ipynb?reset", wait_until="domcontentloaded")
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=90_000)
    page.wait_for_selector(
        '.jp-Notebook-ExecutionIndicator[data-status="idle"]', timeout=90_000, state="attached"
    )
    if page.locator(".jp-SideBar.jp-mod-left .jp-mod-current").count():
        page.keyboard.press("Control+b")
    menu(page, "Edit", "Clear Outputs of All Cells")  # and their numbers, which say below what was executed
    end, prompts = (
        time.time() + 180,
        lambda: page.locator(".jp-CodeCell .jp-InputArea-prompt").all_inner_texts(),
    )

    def answered():
        return page.locator(ERRORS).count() > 0 or any(c.isdigit() for t in prompts() for c in t)

    while not answered():  # JupyterLab connects twice to a new kernel, and what is sent over the first connection may get no answer: the cells wait for ever
        menu(page, "Run", "Run All Cells")
        with contextlib.suppress(AssertionError):
            wait_for(answered, "a cell is executed", 30)
        assert time.time() < end, f"{name}: the kernel does not answer"
    wait_for(
        lambda: (
            page.locator(ERRORS).count() > 0
            or not any("*" in t for t in prompts())
            and any(c.isdigit() for c in prompts()[-1])
        ),
        f"{name} is executed",
        300,
    )
    no_errors(page, name)
    say(f"{name}: all cells executed")


def menu(page: Page, name: str, entry: str) -> None:
    "Chooses an entry of JupyterLab's menu."
    page.locator(f'.lm-MenuBar-itemLabel:text-is("{name}")').click()
    page.locator(f'.lm-Menu-itemLabel:text-is("{entry}")').click()


def no_errors(page: Page, name: str) -> None:
    found = page.locator(ERRORS)
    assert not found.count(), f"{name}: {found.first.inner_text()[:2000]}"


def drawing(panel: Locator) -> str:
    "A hash of what plotly has drawn."
    svg = panel.locator(".js-plotly-plot").first.evaluate(
        "e => [...e.querySelectorAll('.main-svg')].map(s => s.outerHTML).join('')"
    )
    return hashlib.sha256(svg.encode()).hexdigest()


def changes(
    panel: Locator, what: str, move: Callable[[], None], seen: Callable[[Locator], str] = drawing
) -> None:
    "The picture stands still, then it moves, then it is another."
    before = still(panel, what, seen)
    move()
    wait_for(lambda: seen(panel) != before, f"{what} changes the picture")
    no_errors(panel.page, what)
    say(f"{what}: the picture changed")


def still(panel: Locator, what: str, seen: Callable[[Locator], str] = drawing, seconds: float = 60) -> str:
    """What is seen once it has been the same for a second; a page draws late when the machine is busy, and
    again when a scroll bar comes.
    """
    end, looks = time.time() + seconds, [seen(panel)]
    while len(looks) < 5 or len(set(looks[-5:])) > 1:
        assert time.time() < end, f"{what}: the picture changes by itself"
        panel.page.wait_for_timeout(250)
        looks.append(seen(panel))
    return looks[-1]


def slide(panel: Locator, i: int = 0, key: str = "ArrowRight", times: int = 1) -> None:
    "Moves the i-th slider of a panel."
    handle = panel.locator(".widget-slider .noUi-handle").nth(i)
    handle.focus()
    for _ in range(times):
        panel.page.keyboard.press(key)
        panel.page.wait_for_timeout(150)


def redraw_time(panel: Locator, i: int = 0) -> None:
    "Prints the time from a key to the end of plotly's drawing, the median of six."
    slide(panel, i, "Home")
    still(panel, "after Home")
    panel.evaluate(
        """p => { const g = p.querySelector('.js-plotly-plot'); window.drawn = [];
      p.addEventListener('keydown', () => { window.pressed = performance.now(); }, true);
      g.on('plotly_afterplot', () => { if (window.pressed) { window.drawn.push(performance.now() - window.pressed); window.pressed = 0; } }); }"""
    )
    for k, key in enumerate(("ArrowRight", "ArrowLeft") * 3):
        slide(panel, i, key)
        panel.page.wait_for_function("n => window.drawn.length > n", arg=k, timeout=30_000)
    times = sorted(panel.page.evaluate("window.drawn"))
    say(
        f"from the key to the picture, round trip and drawing: median {(times[2] + times[3]) / 2:.0f} ms,"
        f" largest {times[-1]:.0f}, of {len(times)}"
    )


def photograph(panel: Locator, name: str) -> None:
    "The whole panel, in a window as wide as ever and as high as it takes."
    page = panel.page
    page.set_viewport_size(
        {"width": 1280, "height": max(1400, min(4000, int(panel.bounding_box()["height"]) + 300))}
    )
    panel.scroll_into_view_if_needed()
    page.mouse.move(5, 5)
    if panel.locator(".js-plotly-plot .main-svg").count():
        still(panel, name)
    panel.screenshot(path=str(OUT / f"{name}.png"))
    page.set_viewport_size({"width": 1280, "height": 1400})


def hover(panel: Locator, what: str, words: str) -> None:
    "Rests the mouse on dots until one says what it is."
    dots = panel.locator(".scatterlayer .points path")
    for k in range(min(20, dots.count())):
        dots.nth(k).hover(force=True)
        with contextlib.suppress(AssertionError):
            wait_for(lambda: words in panel.locator(".hoverlayer").first.text_content(), what, 2)
            say(f"{what}: shown")
            return
    raise AssertionError(f"{what}: no dot says {words!r}")


def text_colours(panel: Locator) -> str:
    return str(panel.locator(".newllm-text span").evaluate_all("s => s.map(x => x.style.background)"))


def open_panel(page: Page, base: str, name: str) -> Locator:
    run_all(page, base, name)
    panel = page.locator(".jp-OutputArea-output .newllm-panel").first
    panel.locator(".js-plotly-plot .main-svg").first.wait_for(timeout=60_000, state="attached")
    panel.scroll_into_view_if_needed()
    return panel


def collapse(page: Page, base: str) -> None:
    panel = open_panel(page, base, "panels/06_collapse")
    slide(panel, 0, "Home")
    slide(panel, 1, "Home")
    photograph(panel, "collapse")
    changes(panel, "diversity weight", lambda: slide(panel, 0))
    changes(panel, "gamma", lambda: slide(panel, 1))
    changes(panel, "colour by", lambda: panel.locator("select").first.select_option("position"))
    changes(panel, "colour by token", lambda: panel.locator("select").first.select_option("token"))
    hover(panel, "text under the mouse", " then ")
    photograph(panel, "collapse-moved")
    redraw_time(panel)


def settling(page: Page, base: str) -> None:
    panel = open_panel(page, base, "panels/08_sweeps")
    photograph(panel, "fixed-point")
    changes(panel, "sweep", lambda: slide(panel, 0))
    changes(panel, "colours of the text", lambda: slide(panel, 0, "Home"), text_colours)
    slide(panel, 0)
    photograph(panel, "fixed-point-moved")
    redraw_time(panel)
    changes(panel, "a click in the text", lambda: panel.locator(".newllm-text span").nth(20).click())
    photograph(panel, "fixed-point-clicked")


def routing(page: Page, base: str) -> None:
    panel = open_panel(page, base, "panels/10_routing")
    changes(panel, "criterion", lambda: panel.locator("select").first.select_option("max_prob"))
    photograph(panel, "routing")
    changes(panel, "threshold", lambda: slide(panel, 0, "Home"))
    changes(panel, "colours of the text", lambda: slide(panel, 0, times=3), text_colours)
    note = panel.locator(".newllm-text span").nth(5).get_attribute("title")
    assert "max_prob" in note and "layer 1:" in note and "followed by" in note, note
    photograph(panel, "routing-moved")
    redraw_time(panel)


def tokens(page: Page, base: str) -> None:
    panel = open_panel(page, base, "panels/12_tokens")
    stepping(panel)
    photograph(panel, "tokens")
    changes(panel, "a click in the text", lambda: panel.locator(".newllm-text span").nth(4).click())
    photograph(panel, "tokens-clicked")


def stepping(panel: Locator) -> None:
    "A prompt is typed, steps are made, the slider looks back."
    prompt = panel.locator("input[type=text]").first

    def ask() -> None:
        prompt.fill("What do you like to")
        prompt.press("Tab")

    changes(panel, "another prompt", ask)
    changes(panel, "a step", lambda: panel.locator("button", has_text="step").first.click())
    changes(panel, "ten steps", lambda: panel.locator("button", has_text="ten steps").click())
    changes(
        panel,
        "look at token",
        lambda: slide(panel, panel.locator(".widget-slider").count() - 1, "ArrowLeft", 3),
    )
    if panel.locator('.widget-label:text-is("threshold")').count():
        changes(panel, "threshold of the exits", lambda: slide(panel, 1, "Home"))
    slide(panel, 0, times=8)  # temperature: what is drawn next is another token
    changes(panel, "ten steps that are drawn", lambda: panel.locator("button", has_text="ten steps").click())


def prepare() -> None:
    """Finished runs at the tiny preset: two of one experiment at a time, which differ in one setting, and one
    of another. Refuses more than two minutes of processor time.
    """
    here = os.environ | {"NEWLLM_OUTPUTS": str(RUNS), "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}

    def run(words: list[str]) -> None:
        call = [sys.executable, "-c", "from newllm.runs.cli import main; main()", "run", *words]
        subprocess.run(
            [*call, "-p", "preset", "tiny"], check=True, stdout=subprocess.DEVNULL, env=here, cwd=ROOT
        )

    def used() -> float:
        "Seconds of processor time of all processes that have ended."
        times = resource.getrusage(resource.RUSAGE_CHILDREN)
        return times.ru_utime + times.ru_stime

    before, start = used(), time.time()
    with ThreadPoolExecutor(2) as two:
        list(two.map(run, (["cvfp"], ["cvfp", "-p", "diversity_weight", "0.1"])))
    run(["ashem"])  # the newest, whose model has exits
    seconds = used() - before
    say(f"three runs are there: {seconds:.0f} s of processor time, {time.time() - start:.0f} s on the clock")
    assert seconds < 120, "the runs took more than two minutes of processor time"


def tab(page: Page, title: str) -> Locator:
    "Opens a tab of the app."
    page.locator(".lm-TabBar-tabLabel", has_text=title).locator("visible=true").last.click()
    page.wait_for_timeout(500)
    return page.locator(".widget-tab-contents > :not(.lm-mod-hidden)").last


def opened(page: Page, title: str, run: str | None) -> Locator:
    "The panel that a tab opens by itself, and then that of the run that is asked for."
    place = tab(page, title)
    runs, panel = place.locator("select").first, place.locator(".newllm-panel:not([data-old])").last
    drawn = panel.locator(".js-plotly-plot .main-svg").first
    drawn.wait_for(timeout=120_000, state="attached")
    say(f"{title}: greets with a picture")
    names = runs.locator("option").all_inner_texts() if run else []
    fit = [i for i, t in enumerate(names) if t.startswith(run or "")]
    if run and (title == "Collapse" or runs.evaluate("s => s.selectedIndex") not in fit):
        panel.evaluate("p => { p.dataset.old = 1; }")
        runs.select_option(index=fit if title == "Collapse" else fit[0])
        if title == "Collapse":
            place.locator("button", has_text="open").click()
        drawn.wait_for(timeout=120_000, state="attached")
        say(f"{title}: another choice is opened")
    no_special_tokens(place, title)
    return panel


def no_special_tokens(place: Locator, what: str) -> None:
    "A reader sees signs, not the tokenizer's names."
    seen = place.evaluate("p => p.outerHTML + [...p.querySelectorAll('input')].map(i => i.value).join()")
    assert "<|" not in seen and "&lt;|" not in seen, f"{what} shows the name of a special token"


def fills(page: Page, panel: Locator, what: str) -> None:
    "The chart is as wide as its panel, in a wide window and in a narrow one."
    for width in (1700, 1000, 1280):
        page.set_viewport_size({"width": width, "height": 1400})

        def left() -> float:
            return panel.evaluate(
                "p => p.clientWidth - p.querySelector('.js-plotly-plot .main-svg').getBoundingClientRect().width"
            )

        wait_for(
            lambda: 0 <= left() <= 40, f"{what} fills a window {width} wide ({left():.0f} pixels left)", 15
        )
    say(f"{what}: as wide as its panel")


def start(page: Page, base: str) -> None:
    run_all(page, base, "start")
    charts = tab(page, "Train").locator(".js-plotly-plot").first
    wait_for(
        lambda: charts.evaluate(
            "g => g.data.length > 0 && g.data.every(t => t.x.length > 0 && t.x[0] !== null)"
        ),
        "the training tab greets with curves, and no empty axes",
    )
    everywhere(page)
    training(page)


def everywhere(page: Page) -> None:
    "Every panel of the app on the finished runs."
    panel = opened(page, "Results", None)
    columns = panel.locator("select").nth(1)
    chosen = [s.evaluate("s => s.selectedOptions[0].text") for s in panel.locator("select").all()[:2]]
    assert chosen == ["diversity_weight", "test\xa0perplexity"], chosen
    fills(page, panel, "results")
    changes(
        panel,
        "another column",
        lambda: columns.select_option(
            next(
                c
                for c in columns.locator("option").all_inner_texts()
                if c.endswith("effective_rank") and "untrained" not in c
            )
        ),
    )

    def cells(p):
        return str(p.locator(".newllm-table td").all_inner_texts())

    changes(
        panel,
        "sorted by a column",
        lambda: panel.locator(".newllm-table th", has_text="run").first.dblclick(),  # largest first
        cells,
    )
    words = panel.locator("input[type=text]").first

    def ask() -> None:
        words.fill("experiment=cvfp status=done")
        words.press("Tab")

    changes(panel, "a filter", ask, cells)
    for column in ("seconds", "diversity_weight"):
        changes(panel, f"{column} across", lambda: panel.locator("select").first.select_option(column))
    panel.locator(".newllm-table tr").nth(1).click()
    panel.locator("details").wait_for(timeout=30_000)
    wait_for(
        lambda: (
            panel.locator("figure img").count() > 0
            and all(
                panel.locator("figure img").evaluate_all("i => i.map(x => x.complete && x.naturalWidth > 0)")
            )
        ),
        "the run's figures are shown",
    )
    photograph(panel, "results")
    words.fill("")
    for title, run in (
        ("Collapse", "cvfp"),
        ("Fixed point", "cvfp"),
        ("Routing", "ashem"),
        ("Tokens", "ashem"),
    ):
        panel = opened(page, title, run)
        if title == "Tokens":
            stepping(panel)
        if title in ("Collapse", "Fixed point", "Routing"):
            slide(panel, 0, "Home")  # a slider may stand at its end: the newest run comes first
            changes(panel, title, lambda: slide(panel, 0))
        photograph(panel, f"app-{title.lower().replace(' ', '-')}")


def training(page: Page) -> None:
    "A run started, paused, resumed and stopped from the form."
    panel = tab(page, "Train")
    panel.locator("select").first.select_option("cvfp")
    panel.get_by_text("parameters", exact=True).first.click()

    def field(name):
        return panel.locator(f'.widget-label:text-is("{name}") + *')

    field("family").wait_for(timeout=60_000)  # the form of this experiment, and no longer that of the first
    field("preset").locator("select").select_option("tiny")
    wait_for(
        lambda: field("epochs").locator("input").get_attribute("placeholder").startswith("tiny"),
        "the form says what the preset holds",
    )
    for name, value in (("seed", str(int(time.time()))), ("epochs", "200")):  # a run that is not there yet
        field(name).locator("input").fill(value)
        field(name).locator("input").press("Tab")
    photograph(panel, "training-form")

    def button(name):
        return panel.locator("button", has_text=name)

    button("Start").click()

    def says(word):
        return lambda: word in panel.inner_text()

    wait_for(says("running"), "the run is running", 120)

    def reports():
        return panel.locator(".js-plotly-plot").first.evaluate(
            "g => g.data[0].x.length"
        )  # of the run, not of what is laid over it

    for n in (2, 4):
        wait_for(lambda: reports() >= n, f"{n} reports are drawn", 180)
    button("Pause").click()
    wait_for(says("paused"), "the run is paused")
    charts = panel.locator(".js-plotly-plot").first
    for chart in ("x", "x2", "x3", "x4", "x5"):
        assert charts.evaluate(
            "(g, x) => g.data.some(t => (t.xaxis || 'x') === x && t.y.length > 1)", chart
        ), f"chart {chart} of the training has no curve"
    photograph(panel, "training")
    finished = next(
        t for t in panel.locator("select").nth(2).locator("option").all_inner_texts() if "(done)" in t
    )
    changes(panel, "a run laid over", lambda: panel.locator("select").nth(2).select_option(finished))
    changes(panel, "another number", lambda: panel.locator("select").last.select_option("predict"))
    assert (
        len(set(charts.evaluate("g => g.data.filter(t => !t.xaxis || t.xaxis === 'x').map(t => t.name)")))
        == 2
    ), "two runs are drawn"
    photograph(panel, "training-two-runs")
    button("Resume").click()
    wait_for(says("running"), "the run goes on")
    before = reports()
    wait_for(lambda: reports() > before, "a report after the pause", 180)
    button("Stop").click()
    wait_for(
        lambda: button("Resume").is_enabled() and "paused" not in panel.inner_text(), "the run is stopped"
    )
    photograph(panel, "training-stopped")
    no_errors(page, "training")
    say("training: started, paused, resumed, stopped")


def stop_runs() -> None:
    "A test that breaks off in the middle of a training leaves no process behind."
    from newllm.panels.background import stop

    for status in RUNS.glob("*/*/status.json"):
        stop(status.parent)


def voila(page: Page, home: str) -> None:
    "The same panels without code."
    port = free_port()
    with served(
        [
            sys.executable,
            "-m",
            "voila",
            "nbs/start.ipynb",
            "--no-browser",
            f"--port={port}",
            "--Voila.ip=127.0.0.1",
        ],
        f"http://127.0.0.1:{port}/static/",
        home,
        "voila.log",
    ):
        page.goto(f"http://127.0.0.1:{port}/", wait_until="domcontentloaded")
        page.locator(".newllm-panel").first.wait_for(timeout=120_000)
        panel = opened(page, "Fixed point", "cvfp")
        changes(panel, "Voila: sweep", lambda: slide(panel, 0))
        assert not page.locator(".jp-CodeCell .jp-InputArea").locator("visible=true").count(), (
            "the app shows code"
        )
        page.screenshot(path=str(OUT / "voila.png"))


PAGES = {"collapse": collapse, "fixed-point": settling, "routing": routing, "tokens": tokens, "start": start}


def main(chosen: list[str]) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    unknown = [c for c in chosen if c not in (*PAGES, "voila")]
    if unknown:
        raise SystemExit(f"there is no {unknown[0]!r}; there are {', '.join((*PAGES, 'voila'))}")
    chosen = chosen or [*PAGES, "voila"]
    if {"start", "voila"} & set(chosen):
        prepare()
    with (
        tempfile.TemporaryDirectory(prefix="newllm-browser-", ignore_cleanup_errors=True) as home,
        browser(home) as page,
    ):
        broken: list[str] = []
        page.on("pageerror", lambda e: broken.append(str(e)))
        page.on("dialog", lambda d: d.accept())  # leave a page that is not saved
        port = free_port()
        lab = [
            sys.executable,
            "-c",
            "from newllm.runs.cli import main; main()",
            "lab",
            "--no-browser",
            "--allow-root",
            "--ip=127.0.0.1",
            f"--port={port}",
            "--IdentityProvider.token=",
            "--LabApp.news_url=",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ]
        with served(lab, f"http://127.0.0.1:{port}/api/status", home, "lab.log"):
            try:
                for name in chosen:
                    if name in PAGES:
                        PAGES[name](page, f"http://127.0.0.1:{port}")
            finally:
                stop_runs()
        if "voila" in chosen:
            voila(page, home)
        assert not broken, f"errors of scripts in the page: {broken[:3]}"
    print(f"{len(chosen)} passed, 0 failed")


if __name__ == "__main__":
    main(sys.argv[1:])

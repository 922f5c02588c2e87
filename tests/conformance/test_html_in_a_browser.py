"""The report in HTML as a browser has it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from conformance.reports import html_report
from tests.conformance.accounts import SAMPLE
from tests.conformance.endpoints import LIMIT_SECONDS

NAMES = ("chromium", "chromium-browser", "google-chrome")

pytestmark = pytest.mark.browser


def shown(page: str, directory: Path) -> tuple[str, list[str]]:
    """The document as the browser has it in the end, and the lines in its console."""
    browser = next(filter(None, map(shutil.which, NAMES)), None)
    assert browser is not None, f"none of {', '.join(NAMES)} is installed"
    file = directory / "page.html"
    file.write_text(page, "utf-8")
    done = subprocess.run(
        [
            browser,
            *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
            *("--no-first-run", "--disable-background-networking", "--disable-component-update"),
            *("--window-size=360,800", "--enable-logging=stderr", "--v=0", "--dump-dom"),
            f"--user-data-dir={directory / 'profile'}",
            file.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=2 * LIMIT_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


def test_browser_shows_the_page_and_has_nothing_to_complain_of(tmp_path: Path) -> None:
    document, console = shown(html_report.text(SAMPLE), tmp_path)

    assert "A2A conformance of http://agent.example:9999</h1>" in document
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in document
    assert console == []


def test_complaints_of_the_browser_are_seen(tmp_path: Path) -> None:
    _, console = shown("<script>nowhere()</script><img src='gone.png'>", tmp_path)

    assert ["nowhere is not defined" in line for line in console] == [True]

"""The report in HTML as a browser has it, where there is one."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from conformance.reports import html
from tests.conformance.accounts import SAMPLE
from tests.conformance.endpoints import LIMIT_SECONDS

BROWSER = os.environ.get("A2A_TEST_BROWSER") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)


@pytest.mark.skipif(BROWSER is None, reason="there is no chromium on this machine")
def test_browser_shows_the_page_and_has_nothing_to_complain_of(tmp_path: Path) -> None:
    assert BROWSER is not None
    page = tmp_path / "report.html"
    page.write_text(html.text(SAMPLE), "utf-8")

    done = subprocess.run(
        [
            BROWSER,
            *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
            *("--window-size=360,800", "--enable-logging=stderr", "--v=0", "--dump-dom"),
            f"--user-data-dir={tmp_path / 'profile'}",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=2 * LIMIT_SECONDS,
    )

    assert done.returncode == 0, done.stderr
    assert "A2A conformance of http://agent.example:9999</h1>" in done.stdout
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in done.stdout
    assert [line for line in done.stderr.splitlines() if "CONSOLE" in line] == []

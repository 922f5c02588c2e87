"""The suite under pytest: `pytest --a2a-url URL`, an item for each requirement and version.

pytest loads this module in every project that has the package; the suite itself is imported where
the option is given, and nowhere else.
"""

import pytest

_LISTS = (
    ("version", "VERSION", "0.3 or 1.0; default: all that the card offers"),
    ("prompt", "NAME=TEXT", "a message that brings a behaviour about"),
    ("header", "'NAME: VALUE'|@FILE", "sent with every request, not shown"),
    ("other-header", "'NAME: VALUE'|@FILE", "of a second caller"),
    ("only", "PREFIX", "requirements that begin so"),
)
_NUMBERS = (
    ("timeout", 30.0, "SECONDS", "the longest an exchange may take"),
    ("max-minutes", 15.0, "MINUTES", "the longest the run may take"),
    ("min-exercised", 50.0, "PERCENT", "of the MUSTs, to call the run a pass"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the program `a2a-conformance`, as far as they make sense here."""
    group = parser.getgroup("a2a", "conformance of an A2A endpoint")
    group.addoption(
        "--a2a-url",
        metavar="URL",
        help="hold the endpoint against the A2A protocol; where no paths are named, do only that",
    )
    for name, metavar, meaning in _LISTS:
        group.addoption(
            f"--a2a-{name}",
            action="append",
            default=[],
            metavar=metavar,
            help=f"{meaning} (repeatable)",
        )
    group.addoption(
        "--a2a-scenarios",
        action="store_true",
        help="the agent follows the messageIds of the A2A project's test agents",
    )
    group.addoption(
        "--a2a-trust-card-urls",
        action="store_true",
        help="send the headers to other origins than that of the URL, too, if the card names them",
    )
    group.addoption(
        "--a2a-webhook-host",
        metavar="HOST",
        help="where the endpoint can reach this machine",
    )
    group.addoption(
        "--a2a-baseline",
        metavar="FILE",
        help="known failures, which do not fail a run",
    )
    for name, default, metavar, meaning in _NUMBERS:
        group.addoption(
            f"--a2a-{name}",
            type=float,
            default=default,
            metavar=metavar,
            help=f"{meaning} ({default:g})",
        )


def pytest_configure(config: pytest.Config) -> None:
    """Adds the suite, where there is an endpoint for it."""
    if config.getoption("a2a_url") is None:
        return
    from conformance.pytest_items import suite  # only for whoever asks for it

    config.pluginmanager.register(suite(config), "a2a-conformance-suite")

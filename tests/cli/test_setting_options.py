import pytest

from a2a_agent.cli.errors import UsageError
from a2a_agent.cli.setting_options import effective_settings, option_help, settings_page
from a2a_agent.settings import Settings


def test_help_is_what_the_settings_say() -> None:
    assert option_help("port") == (
        "Port that `a2a-agent serve` listens on; 0 takes a free one. "
        "(env: A2A_AGENT_PORT; default: 9999)"
    )
    assert option_help("streaming") == (
        "Offer streams; off, the card says so too. (env: A2A_AGENT_STREAMING; default: true)"
    )


def test_help_names_no_default_where_there_is_none() -> None:
    said = option_help("public_url")

    assert said is not None
    assert said.endswith(" (env: A2A_AGENT_PUBLIC_URL)")


def test_what_is_no_setting_has_no_help() -> None:
    assert option_help("record") is None
    assert option_help(None) is None


def test_options_come_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A2A_AGENT_PORT", "1")
    monkeypatch.setenv("A2A_AGENT_HOST", "::1")

    assert effective_settings({"port": 2}) == Settings(port=2, host="::1")


def test_wrong_option_is_named() -> None:
    with pytest.raises(UsageError, match="^--port: Input should be less than or equal to 65535$"):
        effective_settings({"port": 70000})


def test_wrong_environment_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A2A_AGENT_PORT", "many")

    with pytest.raises(UsageError, match="^A2A_AGENT_PORT: Input should be a valid integer"):
        effective_settings({})


def test_page_lists_every_setting() -> None:
    lines = list(settings_page())

    assert len(lines) == 1 + len(Settings.model_fields)
    assert lines[0].startswith("# Settings\n")
    assert "| `A2A_AGENT_TRUSTED_PROXIES` | `127.0.0.1,::1` | " in "\n".join(lines)
    assert "| `A2A_AGENT_PUBLIC_URL` | none | " in "\n".join(lines)

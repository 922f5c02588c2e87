import pytest

from a2a_agent.agents.openai.options import OpenAIOptions
from a2a_agent.cli.errors import UsageError
from a2a_agent.cli.setting_options import effective, option_help, settings_page
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

    assert effective(Settings, {"port": 2}) == Settings(port=2, host="::1")


def test_wrong_option_is_named() -> None:
    with pytest.raises(UsageError, match="^--port: Input should be less than or equal to 65535$"):
        effective(Settings, {"port": 70000})


def test_wrong_environment_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A2A_AGENT_PORT", "many")

    with pytest.raises(UsageError, match="^A2A_AGENT_PORT: Input should be a valid integer"):
        effective(Settings, {})


def test_options_of_the_llm_agent_are_explained_too() -> None:
    assert option_help("api") == (
        "Chat Completions, which all servers have, or the Responses API. "
        "(env: A2A_AGENT_OPENAI_API; default: chat)"
    )
    assert option_help("model") == (
        "The model's name, as its server knows it. (env: A2A_AGENT_OPENAI_MODEL)"
    )


def test_no_name_is_an_option_of_both() -> None:
    assert Settings.model_fields.keys() & OpenAIOptions.model_fields.keys() == set()


def test_what_has_to_be_given_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("A2A_AGENT_OPENAI_MODEL", raising=False)

    with pytest.raises(UsageError) as caught:
        effective(OpenAIOptions, {})

    assert str(caught.value) == ("--model is needed, or A2A_AGENT_OPENAI_MODEL in the environment")


def test_wrong_option_of_the_llm_agent_is_named() -> None:
    with pytest.raises(UsageError, match="^--request-options: Value error, Expecting property"):
        effective(OpenAIOptions, {"model": "m", "request_options": "{"})


def test_page_lists_every_setting() -> None:
    lines = list(settings_page())

    own = 1 + len(Settings.model_fields)
    assert len(lines) == own + 1 + len(OpenAIOptions.model_fields)
    assert lines[0].startswith("# Settings\n")
    assert lines[own].startswith("\n## The LLM agent\n")
    assert "| `A2A_AGENT_TRUSTED_PROXIES` | `127.0.0.1,::1` | " in "\n".join(lines)
    assert "| `A2A_AGENT_PUBLIC_URL` | none | " in "\n".join(lines)
    assert "| `A2A_AGENT_OPENAI_API_KEY` | none | " in "\n".join(lines)

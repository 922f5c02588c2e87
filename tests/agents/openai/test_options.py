import pytest
from pydantic import SecretStr, ValidationError

from a2a_agent.agents.openai.options import OpenAIOptions


def test_only_the_model_has_to_be_named() -> None:
    with pytest.raises(ValidationError, match="model\n  Field required"):
        OpenAIOptions()

    assert OpenAIOptions(model="m").model_dump() == {
        "model": "m",
        "api": "chat",
        "base_url": None,
        "api_key": None,
        "name": "assistant",
        "description": "Answers with a language model.",
        "instructions": "",
        "temperature": None,
        "request_options": {},
        "images": True,
        "documents": False,
        "timeout_seconds": 120.0,
        "max_retries": 3,
        "max_steps": 20,
        "tool_timeout_seconds": 60.0,
        "max_answer_characters": 1_000_000,
        "max_history_messages": 100,
        "max_history_characters": 200_000,
    }


def test_each_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {
        "MODEL": "m",
        "API": "responses",
        "BASE_URL": "http://127.0.0.1/v1",
        "API_KEY": "secret",
        "TEMPERATURE": "0.5",
        "REQUEST_OPTIONS": '{"top_p": 0.9, "user": {"id": 1}}',
        "IMAGES": "false",
        "MAX_RETRIES": "0",
    }
    for name, value in environment.items():
        monkeypatch.setenv(f"A2A_AGENT_OPENAI_{name}", value)

    options = OpenAIOptions()

    assert options == OpenAIOptions(
        model="m",
        api="responses",
        base_url="http://127.0.0.1/v1",
        api_key=SecretStr("secret"),
        temperature=0.5,
        request_options={"top_p": 0.9, "user": {"id": 1}},
        images=False,
        max_retries=0,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("request_options", "{"),
        ("request_options", "[1]"),
        ("temperature", -1),
        ("api", "assistants"),
        ("model", ""),
        ("timeout_seconds", 0),
        ("max_steps", 0),
        ("colour", "red"),
    ],
)
def test_what_makes_no_sense_is_refused(name: str, value: object) -> None:
    with pytest.raises(ValidationError, match=f"^1 validation error for OpenAIOptions\n{name}"):
        OpenAIOptions(**{"model": "m", name: value})  # type: ignore[arg-type]  # what is tested


def test_the_key_is_not_shown() -> None:
    assert "secret" not in repr(OpenAIOptions(model="m", api_key=SecretStr("secret")))

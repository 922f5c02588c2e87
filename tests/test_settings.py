"""Settings that cannot work are refused when they are read."""

import pytest
from pydantic import ValidationError

from a2a_agent import Settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("trusted_proxies", "not-a-network"),
        ("public_url", "not a url"),
        ("rpc_path", "/health"),
        ("rpc_path", "/.well-known/agent-card.json"),
        ("rpc_path", "relative"),
        ("max_parts", 0),
    ],
)
def test_setting_that_cannot_work_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(**{name: value})  # type: ignore[arg-type]  # what is tested

    assert [error["loc"] for error in refused.value.errors()] == [(name,)]


def test_lists_come_from_the_environment_separated_by_commas(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("A2A_AGENT_TRUSTED_PROXIES", "10.0.0.0/8, ::1")

    assert Settings().trusted_proxies == ("10.0.0.0/8", "::1")

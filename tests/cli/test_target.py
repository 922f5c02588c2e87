import pytest

from a2a_agent.cli.errors import UsageError
from a2a_agent.cli.target import Target


def target(*headers: str, version: str | None = None) -> Target:
    return Target.parse("http://localhost:9999/a", version, headers, 5.0)


@pytest.mark.parametrize(
    "url",
    ["localhost:9999", "ftp://host/", "http://", "http://host:port/", "http://[::1", "http://a b/"],
)
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="is no URL; one looks like http://127.0.0.1:9999"):
        Target.parse(url, None, (), 5.0)


def test_headers_are_split_at_the_first_colon() -> None:
    assert target("Authorization:Bearer a:b", "X_Key: ").headers == {
        "Authorization": "Bearer a:b",
        "X_Key": "",
    }


def test_a_header_given_twice_is_one_list() -> None:
    assert target("A2A-Extensions: a", "a2a-extensions: b").headers == {"A2A-Extensions": "a, b"}


@pytest.mark.parametrize(
    "line", ["no colon", ": value", "bad name: x", "Náme: x", "Name: ž", "Name: a\nB: c"]
)
def test_what_is_no_header_is_refused(line: str) -> None:
    with pytest.raises(UsageError, match="is no header; one looks like 'Name: value'"):
        target(line)


def test_a_command_line_can_be_typed_and_keeps_secrets() -> None:
    asked = target("Authorization: Bearer secret", version="0.3")

    assert asked.command_line("send", "YOUR ANSWER", "--task", "t'1\x1b") == (
        "a2a-agent send http://localhost:9999/a 'YOUR ANSWER' --task 't'\"'\"'1\\u001b' "
        "--version 0.3 --header 'Authorization: …'"
    )

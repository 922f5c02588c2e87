"""Cards and listings as a user sees them, of our own endpoint and of strangers."""

import json

from tests.cli.agents import clerk
from tests.cli.conftest import Run, task_id
from tests.cli.peers import COMPLETED, Stranger, card_03, our_endpoint, result, task


def test_card_is_shown_for_people(run: Run, url: str) -> None:
    outcome = run("card", url)

    assert outcome.code == 0
    assert outcome.err == ""
    assert outcome.out == (
        "clerk 1.0.0\n"
        "Does what the text says.\n"
        f"card          {url}/.well-known/agent-card.json\n"
        f"A2A 1.0       {url}/\n"
        f"A2A 0.3       {url}/\n"
        "can           streaming\n"
        "extension     urn:a2a-agent:stream:v1\n"
        "takes         text/plain, application/json\n"
        "gives         text/plain, application/json\n"
        "\n"
        "clerk (clerk)\n"
        "  Does what the text says.\n"
    )


def test_card_of_a_stranger_is_shown(run: Run) -> None:
    card = card_03(
        skills=[{"id": "s", "name": "S", "description": "Sings.", "examples": ["La!", 7]}, 1],
        capabilities={"extensions": [{"uri": "urn:x", "required": True}]},
        securitySchemes={"key": {}},
        name="evil \x1b[2J",
    )
    with Stranger(card=card).serving() as url:
        outcome = run("card", url)

    assert outcome.out == (
        "evil \\u001b[2J\n"
        "Old.\n"
        f"card          {url}/.well-known/agent-card.json\n"
        f"A2A 0.3       {url}/rpc\n"
        "extension     urn:x (required)\n"
        "sign in with  key\n"
        "\n"
        "S (s)\n"
        "  Sings.\n"
        "  · La!\n"
        "  · 7\n"
    )


def test_card_as_json_is_the_card(run: Run) -> None:
    with Stranger(card_changes={"capabilities": 7}).serving() as url:
        assert json.loads(run("card", url, "--json").out)["capabilities"] == 7
        assert "can " not in run("card", url).out


def test_tasks_are_listed_the_latest_first(run: Run, version: str) -> None:
    with our_endpoint(clerk) as url:
        ids = [task_id(run("send", url, text).err) for text in ("a", "ask", "fail")]

        rows = [row.split("\t") for row in run("list", url, "--version", version).out.splitlines()]
        waiting = run("list", url, "--status", "input-required", "--version", version).out
        by_context = run("list", url, "--context", rows[2][3], "--version", version).out

    assert [(row[0], row[1]) for row in rows] == [
        (ids[2], "failed"),
        (ids[1], "input-required"),
        (ids[0], "completed"),
    ]
    assert [line.split("\t")[0] for line in waiting.splitlines()] == [ids[1]]
    assert [line.split("\t")[0] for line in by_context.splitlines()] == [ids[0]]


def test_tasks_come_in_pages(run: Run) -> None:
    with our_endpoint(clerk) as url:
        for text in ("a", "b", "c"):
            run("send", url, text)

        first = run("list", url, "--page-size", "2")
        everything = run("list", url, "--page-size", "2", "--all")
        pages = run("list", url, "--page-size", "2", "--all", "--json").out.splitlines()

    assert (len(first.out.splitlines()), first.err) == (2, "There are more; --all shows them.\n")
    assert (len(everything.out.splitlines()), everything.err) == (3, "")
    assert [len(json.loads(page)["tasks"]) for page in pages] == [2, 1]


def test_terminal_gets_a_table(run: Run) -> None:
    listing = {"tasks": [task(COMPLETED, id="evil \x1b[2J")], "nextPageToken": ""}
    with Stranger([result(listing)]).serving() as url:
        outcome = run("list", url, FORCE_COLOR="1", TERM="dumb", NO_COLOR="1")

    assert "┃ task" in outcome.out
    assert "evil \\u001b[2J" in outcome.out

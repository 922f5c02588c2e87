"""The client commands as a user types them, against our own endpoint and against strangers."""

import json
import re
import shlex
from pathlib import Path

import pytest
from starlette.responses import Response

from tests.cli.conftest import Run, task_id
from tests.cli.peers import (
    COMPLETED,
    WORKING,
    Stranger,
    chunk,
    error,
    result,
    status,
    stream,
    task,
)

ENDED = r"completed: task \S+, context \S+\n"


def test_answer_is_printed(run: Run, url: str, version: str) -> None:
    outcome = run("send", url, "hello", "--version", version)

    assert (outcome.code, outcome.out) == (0, "You said: hello\n")
    assert re.fullmatch(ENDED, outcome.err)


def test_stream_shows_the_work(run: Run, url: str, version: str) -> None:
    outcome = run("send", url, "add", "--stream", "--version", version)

    assert outcome.code == 0
    assert outcome.out == 'Let me see.\n→ add {"a": 1, "b": 2}\n← add 3\nIt is 3.\n'
    assert re.fullmatch(ENDED, outcome.err)


@pytest.mark.parametrize(("mode", "shown"), [("output", "It is 3.\n"), ("all", "Let me")])
def test_mode_says_how_much_is_shown(
    run: Run, url: str, version: str, mode: str, shown: str
) -> None:
    outcome = run("send", url, "add", "--stream", "--version", version, "--mode", mode)

    assert outcome.out.startswith(shown)


@pytest.mark.parametrize("how", ["--stream", "--no-stream"])
@pytest.mark.parametrize(
    ("text", "code", "out", "err"),
    [
        ("fail", 1, "", "failed: No luck. (luck)\n"),
        ("reject", 1, "", "rejected: Not me.\n"),
        ("reply", 0, "Just so.\n", ""),
    ],
)
def test_exit_code_tells_the_outcome(
    run: Run, url: str, how: str, text: str, code: int, out: str, err: str
) -> None:
    outcome = run("send", url, text, how)

    assert (outcome.code, outcome.out) == (code, out)
    assert outcome.err.startswith(err)


@pytest.mark.parametrize("how", ["--stream", "--no-stream"])
def test_question_comes_with_the_command_that_answers_it(run: Run, url: str, how: str) -> None:
    asked = run("send", url, "ask", how)

    assert (asked.code, asked.out) == (3, "Which one?\n  one of: this, that\n")
    command = shlex.split(asked.err.splitlines()[-1].removeprefix("Answer with: "))
    assert command == ["a2a-agent", "send", url, "YOUR ANSWER", "--task", task_id(asked.err)]

    answered = run(*command[1:], how)
    assert (answered.code, answered.out) == (0, "You said: YOUR ANSWER\n")


def test_canceled_task_ends_with_4(run: Run) -> None:
    with Stranger([result({"task": task("TASK_STATE_CANCELED")})]).serving() as url:
        assert run("send", url, "x").code == 4


def test_context_is_gone_on_with(run: Run, url: str) -> None:
    first = run("send", url, "a")
    context = first.err.split()[-1]

    assert run("send", url, "b", "--context", context).err.split()[-1] == context


def test_stdin_data_and_files_are_sent(run: Run, url: str, version: str, tmp_path: Path) -> None:
    path = tmp_path / "n.txt"
    path.write_text("123")
    words = ("--data", '{"a": 1}', "--file", str(path), "--version", version)

    outcome = run("send", url, "-", *words, piped="files\n")

    assert outcome.out == '[files]\n{"a": 1}\nn.txt (text/plain, 3 bytes)\n'


def test_json_prints_the_result(run: Run, url: str) -> None:
    new, old = (
        json.loads(run("send", url, "žluť", "--json", "--version", version).out)
        for version in ("1.0", "0.3")
    )

    assert new["task"]["artifacts"][0]["parts"] == [{"text": "You said: žluť"}]
    assert old["artifacts"][0]["parts"] == [{"kind": "text", "text": "You said: žluť"}]


def test_json_prints_each_frame_on_a_line(run: Run, url: str) -> None:
    outcome = run("send", url, "add", "--stream", "--json")

    frames = [json.loads(line) for line in outcome.out.splitlines()]
    assert set(frames[0]) == {"task"}
    assert set(frames[-1]) == {"statusUpdate"}
    assert outcome.out.isascii()


STREAMS = {"capabilities": {"streaming": True}}


def test_answer_of_an_agent_that_streams_is_printed_once_it_is_whole(run: Run) -> None:
    script = [
        stream({"task": task(WORKING)}, chunk("o", False), chunk("ne"), status(COMPLETED)),
        result(task(COMPLETED, "one")),
    ]
    agent = Stranger(script, card_changes=STREAMS)
    with agent.serving() as url:
        outcome = run("send", url, "x")

    assert (outcome.code, outcome.out) == (0, "one\n")
    assert outcome.err == "completed: task t1, context c1\n"
    assert [call["method"] for call in agent.requests] == ["SendStreamingMessage", "GetTask"]


def test_connection_that_breaks_while_the_answer_is_waited_for_is_resumed(run: Run) -> None:
    script = [
        stream({"task": task(WORKING)}, ids=[1], breaks=True),
        stream({"task": task(WORKING)}, status(COMPLETED), ids=[1, 2]),
        result(task(COMPLETED, "one")),
    ]
    with Stranger(script, card_changes=STREAMS).serving() as url:
        outcome = run("send", url, "x")

    assert (outcome.code, outcome.out) == (0, "one\n")


def test_answer_as_json_is_asked_for_at_once(run: Run) -> None:
    answer = {"task": task(COMPLETED, "one")}
    agent = Stranger([result(answer)], card_changes=STREAMS)
    with agent.serving() as url:
        outcome = run("send", url, "x", "--json")

    assert outcome.out == json.dumps(answer) + "\n"
    assert [call["method"] for call in agent.requests] == ["SendMessage"]


def test_agent_that_does_not_wait_leaves_the_task_to_be_followed(run: Run) -> None:
    with Stranger([result({"task": task(WORKING, "so far")})]).serving() as url:
        outcome = run("send", url, "x", "--header", "X-Key: secret")

    assert (outcome.code, outcome.out) == (5, "so far\n")
    assert outcome.err.endswith(
        f"The task goes on. Follow it with: a2a-agent follow {url} t1 --header 'X-Key: …'\n"
    )


def test_answer_that_streams_on_is_not_mixed_with_the_one_before(run: Run) -> None:
    script = [stream({"task": task(WORKING, "old")}, chunk("new", False), status(COMPLETED))]
    with Stranger(script).serving() as url:
        assert run("send", url, "x", "--task", "t1", "--stream").out == "new\n"


def test_broken_connection_is_resumed_and_told(run: Run) -> None:
    script = [
        stream({"task": task(WORKING)}, chunk("one ", False), ids=[1, 2], breaks=True),
        stream({"task": task(WORKING, "one ")}, chunk("two"), status(COMPLETED), ids=[2, 3, 4]),
    ]
    with Stranger(script).serving() as url:
        outcome = run("send", url, "x", "--stream")

    assert (outcome.code, outcome.out) == (0, "one two\n")
    assert re.match(r"the connection to \S+ broke: .*; trying again in 0\.2 s\n", outcome.err)


def test_finished_task_can_still_be_followed(run: Run, url: str, version: str) -> None:
    done = task_id(run("send", url, "add").err)

    now = run("follow", url, done, "--version", version)
    from_the_start = run("follow", url, done, "--after", "0", "--version", version)

    assert (now.code, now.out) == (0, "It is 3.\n")
    assert from_the_start.out == run("send", url, "add", "--stream").out


def test_task_with_several_turns_is_followed_through_all(run: Run, url: str) -> None:
    asked = task_id(run("send", url, "ask").err)
    run("send", url, "this", "--task", asked)

    outcome = run("follow", url, asked, "--after", "0")

    assert (outcome.code, outcome.out) == (
        0,
        "Which one?\n  one of: this, that\nYou said: this\n",
    )


def test_follow_as_json_prints_each_frame_once(run: Run, url: str) -> None:
    done = task_id(run("send", url, "add").err)

    frames = run("follow", url, done, "--after", "0", "--json").out.splitlines()

    assert len(frames) == len(set(frames))
    assert json.loads(frames[-1])["statusUpdate"]["status"]["state"] == COMPLETED


def test_follow_shows_as_much_as_the_mode_says(run: Run, url: str, version: str) -> None:
    done = task_id(run("send", url, "add").err)
    words = ("--after", "0", "--mode", "chunk", "--version", version)

    assert run("follow", url, done, *words).out == "Let me see.\nIt is 3.\n"


def test_stream_that_cannot_be_resumed_says_how_to_go_on(run: Run) -> None:
    def busy(call: object) -> Response:
        return Response(status_code=503)

    agent = Stranger([stream({"task": task(WORKING)}, chunk("a", False), ids=[1, 2]), busy, busy])
    with agent.serving() as url:
        outcome = run("send", url, "x", "--stream", "--timeout", "0.8")

    assert (outcome.code, outcome.out) == (5, "a\n")
    *_, hint, failure = outcome.err.splitlines()
    assert hint == f"The task goes on. Follow it with: a2a-agent follow {url} t1 --after 2"
    assert failure == f"error: {url}/rpc answers 503 Service Unavailable; try again later"


def test_stream_that_meets_garbage_says_how_to_go_on(run: Run) -> None:
    script = [stream({"task": task(WORKING)}, ids=[1], breaks=True), error(-1, "?"), error(-1, "!")]
    with Stranger(script).serving() as url:
        outcome = run("send", url, "x", "--stream")

    assert outcome.code == 5
    *_, hint, failure = outcome.err.splitlines()
    assert hint == f"The task goes on. Follow it with: a2a-agent follow {url} t1 --after 1"
    assert failure == "error: the agent answers: ! (-1)"


def test_stream_that_breaks_before_its_first_frame_is_one_line(run: Run) -> None:
    with Stranger([stream(breaks=True)]).serving() as url:
        outcome = run("send", url, "x", "--stream")

    assert (outcome.code, outcome.out) == (5, "")
    assert re.fullmatch(r"error: the connection to \S+ broke: .*\n", outcome.err)


def test_task_is_shown_with_its_conversation(run: Run, url: str, version: str) -> None:
    done = task_id(run("send", url, "add").err)

    outcome = run("get", url, done, "--version", version)

    assert outcome.code == 0
    assert outcome.out == 'user:\nadd\n→ add {"a": 1, "b": 2}\n← add 3\nIt is 3.\n'
    assert re.fullmatch(ENDED, outcome.err)
    assert run("get", url, done, "--history", "0", "--version", version).out == "It is 3.\n"


def test_task_as_json_is_one_line(run: Run, url: str) -> None:
    done = task_id(run("send", url, "hello").err)

    assert json.loads(run("get", url, done, "--json").out)["id"] == done


def test_task_that_waits_is_canceled(run: Run, url: str, version: str) -> None:
    asked = task_id(run("send", url, "ask").err)

    outcome = run("cancel", url, asked, "--version", version)

    assert outcome.code == 0
    assert outcome.err.splitlines()[0] == "canceled"
    assert task_id(outcome.err) == asked


def test_canceled_task_as_json_is_one_line(run: Run, url: str) -> None:
    asked = task_id(run("send", url, "ask").err)

    assert json.loads(run("cancel", url, asked, "--json").out)["id"] == asked


@pytest.mark.parametrize(
    ("words", "code"), [(("get",), -32001), (("cancel",), -32001), (("follow",), -32001)]
)
def test_task_that_is_not_there_is_an_error(
    run: Run, url: str, version: str, words: tuple[str, ...], code: int
) -> None:
    outcome = run(*words, url, "nothing", "--version", version)

    assert (outcome.code, outcome.out) == (5, "")
    assert re.fullmatch(rf"error: the agent answers: .* \({code}\)\n", outcome.err)


def test_error_of_the_agent_is_one_line(run: Run) -> None:
    with Stranger([error(-32603, "two\nlines \x1b[2J")]).serving() as url:
        outcome = run("send", url, "x")

    assert (outcome.code, outcome.out) == (5, "")
    assert outcome.err == "error: the agent answers: two lines \\u001b[2J (-32603)\n"

"""Ctrl-C: the task goes on, and nothing of it is lost."""

import shlex
import signal
import socket
from pathlib import Path

import pytest
from starlette.responses import Response

from tests.cli.agents import PATIENT_ANSWER, Patient, Thoughtful
from tests.cli.peers import WORKING, Stranger, our_endpoint, stream, task
from tests.cli.programs import program


@pytest.mark.parametrize("version", ["0.3", "1.0"])
def test_interrupted_stream_is_followed_without_loss(tmp_path: Path, version: str) -> None:
    agent = Patient()
    with our_endpoint(agent) as url:
        words = ("send", url, "x", "--stream", "--version", version)
        with program(*words, directory=tmp_path) as sending:
            sending.out.read_until("before-4 ")
            sending.send_signal(signal.SIGINT)
            assert sending.wait() == 130

        hint = sending.err.text.removeprefix("The task goes on. Follow it with: ")
        command = shlex.split(hint)
        assert command[:3] == ["a2a-agent", "follow", url]
        assert "--after" in command

        # Once more, as the work still goes on.
        with program(*command[1:], directory=tmp_path) as following:
            agent.gate.set()
            assert following.wait() == 0

    assert sending.out.text + following.out.text == PATIENT_ANSWER.replace(
        "after-0", "\nafter-0", 1
    )


def test_interrupted_follow_is_followed_without_loss(tmp_path: Path) -> None:
    agent = Patient()
    with our_endpoint(agent) as url:
        with program("send", url, "x", "--stream", directory=tmp_path) as sending:
            sending.out.read_until("before-0 ")
            sending.send_signal(signal.SIGINT)
            sending.wait()
        task_id = shlex.split(sending.err.text)[-3]

        with program("follow", url, task_id, "--after", "0", directory=tmp_path) as first:
            first.out.read_until("before-4 ")
            first.send_signal(signal.SIGINT)
            assert first.wait() == 130
        agent.gate.set()
        command = shlex.split(first.err.text.removeprefix("The task goes on. Follow it with: "))
        with program(*command[1:], directory=tmp_path) as second:
            assert second.wait() == 0

    assert (first.out.text + second.out.text).replace("\n", "") + "\n" == PATIENT_ANSWER


def test_interrupted_send_says_how_to_follow_its_task(tmp_path: Path) -> None:
    def busy(call: object) -> Response:
        return Response(status_code=503)

    # That it tries again shows that it knows of the task.
    script = [stream({"task": task(WORKING)}, ids=[1], breaks=True), *[busy] * 6]
    agent = Stranger(script, card_changes={"capabilities": {"streaming": True}})
    with agent.serving() as url, program("send", url, "x", directory=tmp_path) as sending:
        sending.err.read_until("trying again")
        sending.send_signal(signal.SIGINT)

        assert sending.wait() == 130

    hint = sending.err.text.splitlines()[-1]
    # From the beginning: nothing of it has been shown.
    assert hint == f"The task goes on. Follow it with: a2a-agent follow {url} t1"
    assert sending.out.text == ""


@pytest.mark.parametrize(
    ("streaming", "words"),
    [(True, ()), (True, ("--json",)), (True, ("--stream",)), (False, ())],
)
def test_interrupted_before_the_task_is_known_says_where_to_look(
    tmp_path: Path, streaming: bool, words: tuple[str, ...]
) -> None:
    agent = Thoughtful()
    with our_endpoint(agent, streaming=streaming, reply_wait_seconds=20) as url:
        with program("send", url, "x", *words, directory=tmp_path) as sending:
            agent.began.wait(20)
            sending.send_signal(signal.SIGINT)
            assert sending.wait() == 130
        assert sending.out.text == ""

        hint = sending.err.text.removeprefix("The task may go on. Look for it with: ")
        command = shlex.split(hint)
        assert command == ["a2a-agent", "list", url]
        with program(*command[1:], directory=tmp_path) as listing:
            assert listing.wait() == 0
        agent.gate.set()

    assert len(listing.out.text.splitlines()) == 1


def test_interrupted_answer_says_how_to_follow_its_task(tmp_path: Path) -> None:
    agent = Thoughtful()
    agent.gate.set()
    with our_endpoint(agent, streaming=False) as url:
        with program("send", url, "ask", directory=tmp_path) as asking:
            assert asking.wait() == 3
        answer = shlex.split(asking.err.text.splitlines()[-1].removeprefix("Answer with: "))
        agent.gate.clear()
        agent.began.clear()
        with program(*answer[1:], directory=tmp_path) as answering:
            agent.began.wait(20)
            answering.send_signal(signal.SIGINT)
            assert answering.wait() == 130
        agent.gate.set()

    task_id = answer[answer.index("--task") + 1]
    follow = f"a2a-agent follow {url} {task_id}"
    assert answering.err.text == f"The task may go on. Follow it with: {follow}\n"


def test_interrupted_before_anything_was_sent_says_nothing(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(20)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with program("send", url, "x", directory=tmp_path) as sending:
            connection, _ = silent.accept()  # for the card
            sending.send_signal(signal.SIGINT)
            assert sending.wait() == 130
            connection.close()

    assert (sending.out.text, sending.err.text) == ("", "")

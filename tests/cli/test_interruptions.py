"""Ctrl-C on a stream: the task goes on, and nothing of it is lost."""

import shlex
import signal
from pathlib import Path

import pytest

from tests.cli.agents import PATIENT_ANSWER, Patient
from tests.cli.peers import our_endpoint
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


def test_interrupted_before_anything_came_says_nothing(tmp_path: Path) -> None:
    agent = Patient()
    with our_endpoint(agent) as url, program("send", url, "x", directory=tmp_path) as sending:
        agent.began.wait(20)
        sending.send_signal(signal.SIGINT)

        assert sending.wait() == 130
        agent.gate.set()

    assert (sending.out.text, sending.err.text) == ("", "")

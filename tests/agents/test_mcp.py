import asyncio
import shlex
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from urllib.parse import urlsplit

import pytest

from a2a_agent.agents.mcp import McpError, McpServer, _fitting
from a2a_agent.agents.openai import OpenAIAgent, OpenAIOptions
from a2a_agent.agents.outputs import Output
from a2a_agent.agents.tools import Tool, ToolError
from a2a_agent.domain.agent_events import Artifact
from a2a_agent.domain.model import FilePart, JsonValue
from tests.support.dialects import V1_0
from tests.support.endpoint import serving_agent
from tests.support.fake_openai import running
from tests.support.mcp_server import COMMAND, OldHttpServer, mcp_server
from tests.support.server import LIMIT_SECONDS, serving

LOCAL = "127.0.0.1"


@contextmanager
def serving_mcp(port: int = 0) -> Iterator[str]:
    """The URL of a new MCP server."""
    with serving(mcp_server().streamable_http_app(), port=port) as base:
        yield f"{base}/mcp"


@pytest.fixture(params=["stdio", "http", "old http"])
def where(request: pytest.FixtureRequest) -> Iterator[str]:
    """An MCP server, to be started or already there."""
    match request.param:
        case "stdio":
            yield COMMAND
        case "http":
            with serving_mcp() as url:
                yield url
        case _:
            with serving(OldHttpServer()) as base:
                yield f"{base}/mcp"


@asynccontextmanager
async def tools_of(server: McpServer) -> AsyncIterator[dict[str, Tool]]:
    """The server's tools by their names, for as long as the block runs."""
    async with asyncio.timeout(LIMIT_SECONDS), server as tools:
        yield {tool.name: tool for tool in tools}


def ignore(_: JsonValue) -> None:
    pass


async def output_of_call(where: str, name: str, **arguments: JsonValue) -> Output:
    """What a tool gives."""
    async with tools_of(McpServer(where)) as tools:
        return await tools[name].run(arguments, ignore)


async def error_of_call(where: str, name: str, arguments: JsonValue = None) -> str:
    """What a tool says that fails."""
    async with tools_of(McpServer(where)) as tools:
        with pytest.raises(ToolError) as caught:
            await tools[name].run(arguments or {}, ignore)
    return str(caught.value)


def running_code(code: str) -> str:
    """A command that runs it."""
    return shlex.join([sys.executable, "-c", code])


async def test_tools_of_all_pages_are_there_with_description_and_schema(where: str) -> None:
    async with tools_of(McpServer(where)) as tools:
        weather = tools["get_weather"]

        assert len(tools) == 16
        assert isinstance(weather, Tool)
        assert weather.description == "Tells the weather."
        assert weather.parameters == {
            "type": "object",
            "properties": {"city": {"type": "string"}},
        }
        assert (weather.requires_approval, weather.timeout_seconds) == (False, None)
        assert tools["chart"].description == ""


async def test_text_is_the_output(where: str) -> None:
    assert await output_of_call(where, "get_weather", city="Ulm") == Output("sunny in Ulm")


async def test_structured_content_is_the_output_as_json(where: str) -> None:
    assert await output_of_call(where, "forecast") == Output({"degrees": [21, None]})


async def test_a_call_that_gives_nothing_has_an_empty_text_as_output() -> None:
    assert await output_of_call(COMMAND, "nothing") == Output("")


async def test_an_image_is_an_artifact_that_the_model_is_told_of(where: str) -> None:
    told: JsonValue = {"mediaTypes": ["image/png"], "delivered": True}
    artifact = Artifact(parts=(FilePart(raw=b"png", media_type="image/png"),))

    assert await output_of_call(where, "chart") == Output(["a chart", told], (artifact,))
    assert await output_of_call(where, "picture") == Output(told, (artifact,))


async def test_audio_and_resources_are_text_or_artifacts() -> None:
    output = await output_of_call(COMMAND, "everything")

    assert output.value == [
        "one\na note",
        {"mediaTypes": ["audio/wav"], "delivered": True},
        {"artifact": "b.zip", "mediaTypes": ["application/zip"], "delivered": True},
        {"delivered": True},
        {"artifact": "page", "mediaTypes": ["text/html"], "delivered": True},
    ]
    assert [artifact.parts for artifact in output.artifacts] == [
        (FilePart(raw=b"wav", media_type="audio/wav"),),
        (FilePart(raw=b"zip", media_type="application/zip", filename="b.zip"),),
        (FilePart(raw=b"?"),),
        (FilePart(url="https://example.com/page", media_type="text/html", filename="page"),),
    ]


async def test_an_error_result_is_a_tool_error_in_the_servers_words_of_bounded_length(
    where: str,
) -> None:
    said = await error_of_call(where, "refuse")

    assert said.startswith("no such \nxxx")
    assert len(said) == 2000


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("refuse_silently", "The tool failed without a word."),
        ("fail", "The tool fail failed."),
        ("spoilt_picture", "The tool spoilt_picture failed."),
    ],
)
async def test_a_failure_is_a_tool_error_that_tells_no_secret(name: str, sentence: str) -> None:
    assert await error_of_call(COMMAND, name) == sentence


async def test_arguments_that_are_no_object_are_a_tool_error() -> None:
    assert await error_of_call(COMMAND, "count", ["x"]) == (
        "The arguments of count must be a JSON object."
    )


async def test_progress_is_reported(where: str) -> None:
    reports: list[JsonValue] = []
    async with tools_of(McpServer(where)) as tools:
        await tools["count"].run({}, reports.append)

    assert reports == [{"progress": 1.0}, {"progress": 2.0, "total": 2.0, "message": "done"}]


async def test_calls_run_at_the_same_time(where: str) -> None:
    async with tools_of(McpServer(where)) as tools:
        meet = tools["meet"]
        outputs = await asyncio.gather(meet.run({}, ignore), meet.run({}, ignore))

    assert list(outputs) == [Output("met"), Output("met")]


async def test_a_call_that_is_cancelled_stops_at_the_server_and_leaves_the_others_alone(
    where: str,
) -> None:
    begun = asyncio.Event()
    async with tools_of(McpServer(where)) as tools:
        watching = asyncio.create_task(tools["watch"].run({}, ignore))
        hanging = asyncio.create_task(tools["hang"].run({}, lambda _: begun.set()))
        await begun.wait()
        hanging.cancel()

        assert await watching == Output("somebody gave up")
        with pytest.raises(asyncio.CancelledError):
            await hanging


async def test_tools_that_a_model_cannot_name_go_by_another_name(where: str) -> None:
    assert await output_of_call(where, "odd_name__") == Output("dots and slashes")


def test_names_stay_short_and_apart() -> None:
    assert _fitting(["a.b", "a_b", "a b", "", "x" * 65, "x" * 66]) == [
        *("a_b", "a_b_2", "a_b_3", "tool"),
        "x" * 64,
        "x" * 62 + "_2",
    ]


@pytest.mark.parametrize(
    ("requires_approval", "asked_about"),
    [(True, 16), (False, 0), (["odd.name/ü"], 1)],
)
async def test_the_client_is_asked_about_the_tools_that_are_named(
    requires_approval: bool | Sequence[str], asked_about: int
) -> None:
    server = McpServer(COMMAND, requires_approval=requires_approval)
    async with tools_of(server) as tools:
        assert sum(tool.requires_approval for tool in tools.values()) == asked_about


async def test_approval_for_a_tool_that_is_not_there_is_refused() -> None:
    with pytest.raises(McpError, match="has no tool to ask about named delete, drop$"):
        async with McpServer(COMMAND, requires_approval={"die", "drop", "delete"}):
            pass


async def test_a_server_that_dies_fails_the_call_and_is_started_by_the_next() -> None:
    async with tools_of(McpServer(COMMAND)) as tools:
        with pytest.raises(ToolError, match=r"^The MCP server of die does not answer\.$"):
            await tools["die"].run({}, ignore)

        assert await tools["get_weather"].run({"city": "Ulm"}, ignore) == Output("sunny in Ulm")


async def test_a_server_that_goes_away_fails_the_calls_until_it_is_back() -> None:
    with ExitStack() as stack:
        first = ExitStack()
        url = first.enter_context(serving_mcp())
        async with tools_of(McpServer(url)) as tools:
            weather = tools["get_weather"]
            first.close()
            for _ in range(2):
                with pytest.raises(ToolError, match=r"of get_weather does not answer\.$"):
                    await weather.run({"city": "Ulm"}, ignore)
            stack.enter_context(serving_mcp(urlsplit(url).port or 0))

            assert await weather.run({"city": "Ulm"}, ignore) == Output("sunny in Ulm")


async def test_a_server_that_forgets_the_session_fails_the_call_and_gets_a_new_one() -> None:
    old = OldHttpServer()
    with serving(old) as base:
        async with tools_of(McpServer(f"{base}/mcp")) as tools:
            old.forget()
            with pytest.raises(ToolError, match="does not answer"):
                await tools["get_weather"].run({"city": "Ulm"}, ignore)

            assert await tools["get_weather"].run({"city": "Ulm"}, ignore) == Output("sunny in Ulm")


async def test_calls_that_find_the_server_gone_start_it_once() -> None:
    async with tools_of(McpServer(COMMAND)) as tools:
        with pytest.raises(ToolError):
            await tools["die"].run({}, ignore)
        meet = tools["meet"]
        outputs = await asyncio.gather(meet.run({}, ignore), meet.run({}, ignore))

    assert list(outputs) == [Output("met"), Output("met")]


async def test_a_server_can_be_opened_in_one_task_and_closed_in_another() -> None:
    server = McpServer(COMMAND)
    tools = await asyncio.create_task(server.__aenter__())
    output = await tools[0].run({"city": "Ulm"}, ignore)
    await asyncio.create_task(server.__aexit__())

    assert output == Output("sunny in Ulm")


async def test_tools_of_a_server_that_is_closed_fail() -> None:
    async with tools_of(McpServer(COMMAND)) as tools:
        pass

    with pytest.raises(ToolError, match="does not answer"):
        await tools["get_weather"].run({}, ignore)


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("no-such-command --token=x", "no-such-command --token=…' cannot be started: No such file"),
        (running_code("pass"), "ended before it had answered"),
        (running_code("print('Hello!')"), "ended before it had answered"),
        (
            running_code("import sys; print('Hello!', flush=True); sys.stdin.read()"),
            "did not answer within 0.5 seconds",
        ),
        ("http://me:secret@127.0.0.1:1/mcp?key=x", "http://127.0.0.1:1/mcp' cannot be used: "),
    ],
)
async def test_a_server_that_does_not_start_is_named_in_a_sentence(where: str, said: str) -> None:
    with pytest.raises(McpError) as caught:
        async with McpServer(where, open_timeout_seconds=0.5):
            pass

    assert str(caught.value).startswith("the MCP server ")
    assert said in str(caught.value)


ANSWERS = """
import json, sys
for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps({"jsonrpc": "2.0", "id": request["id"], %s}), flush=True)
"""


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ('"result": {"answer": 42}', "does not answer as an MCP server does"),
        (
            '"error": {"code": -32601, "message": "Do not know it."}',
            "does not answer as an MCP server does: Do not know it.",
        ),
    ],
)
async def test_a_server_that_answers_nonsense_is_named_in_a_sentence(
    answer: str, said: str
) -> None:
    with pytest.raises(McpError) as caught:
        async with McpServer(running_code(ANSWERS % answer)):
            pass

    assert str(caught.value).endswith(said)


CALLS = """
import socket, sys
socket.create_connection(("127.0.0.1", %d)).close()
sys.stdin.read()
"""


async def test_opening_can_be_cancelled() -> None:
    started = asyncio.Event()

    async def called(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()
        started.set()

    async with asyncio.timeout(LIMIT_SECONDS), await asyncio.start_server(called, LOCAL) as phone:
        port = phone.sockets[0].getsockname()[1]
        opening = asyncio.create_task(McpServer(running_code(CALLS % port)).__aenter__())
        await started.wait()
        opening.cancel()

        with pytest.raises(asyncio.CancelledError):
            await opening


@pytest.mark.parametrize("where", ["", "  ", "server 'unclosed"])
def test_what_is_no_command_and_no_url_is_refused(where: str) -> None:
    with pytest.raises(ValueError):
        McpServer(where)


async def test_without_the_package_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)
    monkeypatch.delitem(sys.modules, "a2a_agent.agents.mcp_connection", raising=False)

    with pytest.raises(McpError, match=r"pip install 'a2a-agent\[mcp\]'$"):
        async with McpServer(COMMAND):
            pass


def test_a_model_calls_the_tools_of_a_server(where: str) -> None:
    with running() as (base_url, fake):
        options = OpenAIOptions(model="one-tool", base_url=base_url)
        agent = OpenAIAgent(options, toolsets=[McpServer(where)])
        with serving_agent(agent) as endpoint:
            task = endpoint.task(V1_0, "What is the weather?")

    told = fake.bodies[-1]["messages"][-1]
    assert (told["role"], told["content"]) == ("tool", "sunny in London")
    assert task["status"]["state"] == V1_0.state("completed")

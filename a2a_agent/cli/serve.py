"""The commands that serve an agent and list the settings.

Defaults and help of the options come from `Settings`. That, and all that serving needs, is
imported when it is used: pydantic alone takes longer than `a2a-agent --help` should.
"""

import logging
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from a2a_agent.cli.errors import UsageError
from a2a_agent.cli.terminal import clean, console, one_line_errors

if TYPE_CHECKING:
    from a2a_agent.runtime.agent import Agent
    from a2a_agent.settings import Settings


class LogLevel(StrEnum):
    """How much the server says."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class ServeCommand(TyperCommand):
    """A command whose options are settings, and say what the settings say."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Writes the help. (The types of both arguments are private to typer.)"""
        from a2a_agent.cli.setting_options import option_help

        for option in self.params:
            text = option_help(option.name)
            if text is not None:
                vars(option)["help"] = text
        super().format_help(ctx, formatter)


@one_line_errors()
def serve(
    agent: Annotated[
        str,
        typer.Argument(
            help="toolbox, openai, echo, scenarios, replay:FILE, or your own: module:attribute."
        ),
    ] = "toolbox",
    host: Annotated[str | None, typer.Option()] = None,
    port: Annotated[int | None, typer.Option()] = None,
    store: Annotated[str | None, typer.Option(metavar="URL")] = None,
    public_url: Annotated[str | None, typer.Option(metavar="URL")] = None,
    streaming: Annotated[bool | None, typer.Option("--streaming/--no-streaming")] = None,
    required_extensions: Annotated[
        list[str] | None, typer.Option("--require-extension", metavar="URI")
    ] = None,
    record: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the events of each run to a file.")
    ] = None,
    realtime: Annotated[
        bool, typer.Option("--realtime", help="Play replay:FILE at the pace of the recording.")
    ] = False,
    log_level: Annotated[
        LogLevel, typer.Option(metavar="|".join(LogLevel), help="How much to log.")
    ] = LogLevel.INFO,
    model: Annotated[str | None, typer.Option()] = None,
    api: Annotated[str | None, typer.Option(metavar="chat|responses")] = None,
    base_url: Annotated[str | None, typer.Option(metavar="URL")] = None,
    instructions: Annotated[str | None, typer.Option()] = None,
    instructions_file: Annotated[
        typer.FileText | None,
        typer.Option(metavar="FILE", encoding="utf-8", help="Read the instructions from a file."),
    ] = None,
    tools: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MODULE",
            help="Module of functions that the model may call, or toolbox; repeatable.",
        ),
    ] = None,
    mcp: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COMMAND|URL",
            help="MCP server whose tools the model may call; repeatable.",
        ),
    ] = None,
    name: Annotated[str | None, typer.Option()] = None,
    temperature: Annotated[float | None, typer.Option()] = None,
    request_options: Annotated[str | None, typer.Option(metavar="JSON")] = None,
    timeout_seconds: Annotated[float | None, typer.Option()] = None,
    max_retries: Annotated[int | None, typer.Option()] = None,
    max_steps: Annotated[int | None, typer.Option()] = None,
    tool_timeout_seconds: Annotated[float | None, typer.Option()] = None,
) -> None:
    """Serve an agent as an A2A endpoint, until Ctrl-C.

    There are more settings, for the environment: `a2a-agent settings` lists them.
    """
    # uvicorn first, with the asyncio that it knows: what makes an agent may patch `asyncio.run`.
    import a2a_agent.cli.server  # noqa: F401
    from a2a_agent.cli.llm import LlmChoice
    from a2a_agent.cli.loading import load_agent
    from a2a_agent.cli.setting_options import effective
    from a2a_agent.settings import Settings

    settings = effective(
        Settings,
        _given(
            host=host,
            port=port,
            store=store,
            public_url=public_url,
            streaming=streaming,
            required_extensions=required_extensions,
        ),
    )
    options = _given(
        model=model,
        api=api,
        base_url=base_url,
        instructions=_instructions(instructions, instructions_file),
        name=name,
        temperature=temperature,
        request_options=request_options,
        timeout_seconds=timeout_seconds,
        max_retries=max_retries,
        max_steps=max_steps,
        tool_timeout_seconds=tool_timeout_seconds,
    )
    _log_to_stderr(log_level)
    llm = LlmChoice(options=options, tools=tools or (), mcp=mcp or ())
    loaded = load_agent(agent, settings, llm, in_real_time=realtime)
    if record is not None:
        from a2a_agent.agents.recording import recorded

        loaded = recorded(loaded, record)
    _run(loaded, settings, is_verbose=log_level is LogLevel.DEBUG)


def _instructions(given: str | None, file: typer.FileText | None) -> str | None:
    if given is not None and file is not None:
        raise UsageError("give --instructions or --instructions-file, not both")
    try:
        return given if file is None else file.read()
    except UnicodeDecodeError as error:
        raise UsageError("--instructions-file: the file is no text in UTF-8") from error


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def settings() -> None:
    """List all settings, as a page in Markdown."""
    from a2a_agent.cli.setting_options import settings_page

    for line in settings_page():
        typer.echo(line)


def _run(agent: "Agent", settings: "Settings", *, is_verbose: bool) -> None:
    from a2a_agent.cli.server import Server, listening_socket
    from a2a_agent.http.app import create_app

    app = create_app(agent, settings=settings)
    with listening_socket(settings.host, settings.port) as listener:
        base = _base_url(settings.host, listener.getsockname()[1])
        server = Server(
            app,
            settings,
            is_verbose=is_verbose,
            on_started=lambda: _show_banner(agent, settings, base),
        )
        # uvicorn has stopped in good order by then, and passes the signal on.
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listener])


def _base_url(host: str, port: int) -> str:
    """The URL of the server for a client on this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _show_banner(agent: "Agent", settings: "Settings", base: str) -> None:
    from a2a_agent.runtime.agent import describe
    from a2a_agent.settings import CARD_PATHS

    described = describe(agent)
    url = settings.public_url or f"{base}{settings.rpc_path}"
    examples = [example for skill in described.skills for example in skill.examples]
    example = (examples or ["Hello"])[0].replace("'", "’")
    notes = console(stderr=True)
    notes.out(clean(described.name), style="bold green", end="")
    notes.out(" speaks A2A 0.3 and 1.0. Ctrl-C stops it.")
    for label, value in (
        ("URL", url),
        ("card", f"{url.removesuffix(settings.rpc_path).rstrip('/')}{CARD_PATHS[0]}"),
        ("store", settings.store),
        ("try", f"a2a-agent send {url} '{example}'" + " --stream" * settings.streaming),
    ):
        notes.out(f"  {label:<6}", style="dim", end="")
        notes.out(clean(value))


def _log_to_stderr(level: LogLevel) -> None:
    is_verbose = level is LogLevel.DEBUG
    logging.basicConfig(
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        level=logging.INFO if is_verbose else logging.WARNING,
    )
    logging.getLogger("a2a_agent").setLevel(level.upper())
    # Its tracebacks are of what servers do wrong; what comes of that, we say ourselves.
    logging.getLogger("mcp").setLevel(logging.DEBUG if is_verbose else logging.CRITICAL)
    for name in ("uvicorn", "uvicorn.access", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.DEBUG if is_verbose else logging.WARNING)

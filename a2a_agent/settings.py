"""Every setting, its default and its environment variable: the only place where they are declared.

`create_app`, the command line and docs/settings.md all read them from here.
"""

from ipaddress import ip_network
from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt
from pydantic.functional_validators import AfterValidator, BeforeValidator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _split(value: object) -> object:
    return (
        [item.strip() for item in value.split(",") if item.strip()]
        if isinstance(value, str)
        else value
    )


def _networks(values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        ip_network(value, strict=False)
    return values


def _free_path(path: str) -> str:
    if path.rstrip("/") in ("/health", *CARD_PATHS):
        raise ValueError(f"{path} is taken; choose another, such as / or /rpc")
    return path


CARD_PATHS = ("/.well-known/agent-card.json", "/.well-known/agent.json")
"""The path of RFC 8615, and the one that clients before 0.3 ask."""

CommaSeparated = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
"""In the environment: `a,b,c`."""


class Settings(BaseSettings):
    """Settings of an endpoint; each can be given as `A2A_AGENT_<NAME>` in the environment."""

    model_config = SettingsConfigDict(env_prefix="A2A_AGENT_", frozen=True, extra="forbid")

    host: str = Field("127.0.0.1", description="Address that `a2a-agent serve` listens on.")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(
        9999, description="Port that `a2a-agent serve` listens on; 0 takes a free one."
    )
    store: str = Field(
        "sqlite:///a2a-agent.db",
        description="Where tasks are kept: `sqlite:///FILE`, or `memory:`.",
    )
    store_synchronous: Literal["normal", "full"] = Field(
        "normal",
        description="`normal` survives the death of the process, `full` also a power failure.",
    )
    retention_seconds: NonNegativeFloat = Field(
        7 * 86400.0,
        description="Finished tasks older than this are removed with their log; 0 keeps them.",
    )
    retention_interval_seconds: PositiveFloat = Field(
        60.0, description="Time between two looks for tasks to remove."
    )

    public_url: str | None = Field(
        None,
        description="The URL clients reach the endpoint at, whole. Without it: trusted proxy "
        "headers, else the request's own.",
        pattern="^https?://[^/]",
    )
    trusted_proxies: Annotated[CommaSeparated, AfterValidator(_networks)] = Field(
        ("127.0.0.1", "::1"),
        description="Addresses or networks whose X-Forwarded-Proto, -Host and -Prefix are "
        "believed; comma separated.",
    )
    rpc_path: Annotated[str, AfterValidator(_free_path)] = Field(
        "/", description="Path of the JSON-RPC endpoint.", pattern="^/"
    )
    cors_origins: CommaSeparated = Field(
        ("*",), description="Origins whose pages may call the endpoint; comma separated."
    )
    card_max_age_seconds: Annotated[int, Field(ge=0)] = Field(
        300, description="How long clients may cache the agent card."
    )
    streaming: bool = Field(True, description="Offer streams; off, the card says so too.")
    required_extensions: CommaSeparated = Field(
        (), description="Extension URIs that every client must list; comma separated."
    )

    max_body_bytes: PositiveInt = Field(
        10 * 1024 * 1024, description="Largest request body; a larger one is answered 413."
    )
    max_json_depth: PositiveInt = Field(64, description="Deepest nesting of a request body.")
    max_string_length: PositiveInt = Field(
        8 * 1024 * 1024, description="Longest string in a request body, in characters."
    )
    max_json_values: PositiveInt = Field(
        20_000, description="Values in a request body: objects, lists, strings, numbers."
    )
    max_parts: PositiveInt = Field(100, description="Parts per message.")
    max_batch: PositiveInt = Field(50, description="Requests per JSON-RPC batch.")
    max_batch_reply_bytes: PositiveInt = Field(
        32 * 1024 * 1024,
        description="Largest size of the replies to a batch; requests beyond it are refused.",
    )
    max_concurrent_runs: PositiveInt = Field(
        5000, description="Runs at the same time, over all callers; more are answered 429."
    )
    max_streams_per_caller: PositiveInt = Field(
        5000, description="Open streams of one caller; more are answered 429."
    )
    max_history_length: PositiveInt = Field(
        1000, description="Most messages of history in a reply, and the default."
    )
    max_context_messages: Annotated[int, Field(ge=0)] = Field(
        100, description="Most earlier messages of the context that an agent is given."
    )
    max_page_size: Annotated[int, Field(ge=1, le=100)] = Field(
        100, description="Largest page of a task listing; the protocol allows 100 at most."
    )
    default_page_size: Annotated[int, Field(ge=1, le=100)] = Field(
        50, description="Page of a task listing where the client names no size."
    )
    max_events_per_task: PositiveInt = Field(
        1_000_000, description="Length of a task's log; a task that exceeds it fails."
    )
    max_events_ahead: PositiveInt = Field(
        64, description="Events a run may be ahead of their storage before its agent waits."
    )

    receive_timeout_seconds: PositiveFloat = Field(
        30.0,
        description="Longest time that a request's body may take to arrive; its head too, under "
        "`a2a-agent serve`.",
    )
    run_timeout_seconds: PositiveFloat = Field(
        3600.0, description="Longest time a run may take, waiting for answers not counted."
    )
    idle_timeout_seconds: PositiveFloat = Field(
        600.0, description="Longest time between two events of a run."
    )
    answer_timeout_seconds: PositiveFloat = Field(
        86400.0, description="Longest time a live run waits for the answer to its question."
    )
    cancel_timeout_seconds: PositiveFloat = Field(
        10.0, description="Longest time an agent may take to stop when its task is canceled."
    )
    shutdown_timeout_seconds: NonNegativeFloat = Field(
        5.0, description="Time running tasks get to finish when the server stops."
    )
    reply_wait_seconds: PositiveFloat = Field(
        0.2,
        description="How long a stream's first frame waits for the agent's first event, which "
        "tells whether it answers with a Message or works on a task.",
    )
    keep_alive_seconds: PositiveFloat = Field(
        15.0, description="Silence after which a stream sends a comment line."
    )
    tool_progress_interval_seconds: NonNegativeFloat = Field(
        0.1, description="Shortest time between two progress frames of one tool call."
    )
    scenario_seconds: PositiveFloat = Field(
        10.0, description="How long the long-running scenario of the scenario agent works."
    )

"""The limits of the runtime, as values; `settings` is where they get theirs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the runtime allows; see the settings of the same meaning for each."""

    concurrent_runs: int
    streams_per_caller: int
    events_per_task: int
    events_ahead: int
    history_length: int
    context_messages: int
    parts: int
    page_size: int
    default_page_size: int
    run_seconds: float
    idle_seconds: float
    answer_seconds: float
    cancel_seconds: float
    shutdown_seconds: float
    reply_wait_seconds: float
    keep_alive_seconds: float
    tool_progress_seconds: float
    retention_seconds: float
    retention_interval_seconds: float

"""Settings as the command line shows them: help of options, errors, the list of all."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from a2a_agent.cli.errors import UsageError
from a2a_agent.settings import Settings

_HEAD = """\
# Settings

Each can be given in the environment, or to `create_app` as `settings=Settings(name=value)`.

| environment | default | meaning |
|---|---|---|"""


def option_help(name: str | None) -> str | None:
    """What a setting's option does, and how else it is set; None for no setting."""
    field = Settings.model_fields.get(name or "")
    if name is None or field is None:
        return None
    default = f"; default: {_shown(field.default)}" if field.default not in (None, ()) else ""
    return f"{field.description} (env: {_variable(name)}{default})"


def effective_settings(given: Mapping[str, Any]) -> Settings:
    """The settings, with what was given instead of the environment. Raises UsageError."""
    try:
        return Settings(**given)
    except ValidationError as error:
        found = error.errors()[0]
        name = str(found["loc"][0])
        place = f"--{name.replace('_', '-')}" if name in given else _variable(name)
        raise UsageError(f"{place}: {found['msg']}") from error


def settings_page() -> Iterator[str]:
    """The lines of a page in Markdown that lists every setting."""
    yield _HEAD
    for name, field in Settings.model_fields.items():
        meaning = (field.description or "").replace("|", "\\|")
        default = _shown(field.default)
        yield f"| `{_variable(name)}` | {f'`{default}`' if default else 'none'} | {meaning} |"


def _variable(name: str) -> str:
    return f"{Settings.model_config['env_prefix']}{name.upper()}"


def _shown(default: Any) -> str:
    if default is None:
        return ""
    if isinstance(default, tuple):
        return ",".join(default)
    return str(default).lower() if isinstance(default, bool) else str(default)

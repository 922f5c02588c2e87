"""Settings as the command line shows them: help of options, errors, the list of all."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from a2a_agent.agents.openai.options import OpenAIOptions
from a2a_agent.cli.errors import UsageError
from a2a_agent.settings import Settings

_HEAD = """\
# Settings

Each can be given in the environment, or to `create_app` as `settings=Settings(name=value)`.

| environment | default | meaning |
|---|---|---|"""


_LLM_HEAD = """
## The LLM agent

Options of `a2a-agent serve openai`, or of `OpenAIAgent(OpenAIOptions(name=value))`.

| environment | default | meaning |
|---|---|---|"""

_Options = TypeVar("_Options", bound=BaseSettings)


def option_help(name: str | None) -> str | None:
    """What a setting's option does, and how else it is set; None for no setting."""
    for declared in (Settings, OpenAIOptions):
        field = declared.model_fields.get(name or "")
        if name is not None and field is not None:
            default = _shown(field)
            ending = f"; default: {default}" if default else ""
            return f"{field.description} (env: {_variable(declared, name)}{ending})"
    return None


def effective(declared: type[_Options], given: Mapping[str, Any]) -> _Options:
    """The settings, with what was given instead of the environment. Raises UsageError."""
    try:
        return declared(**given)
    except ValidationError as error:
        found = error.errors()[0]
        name = str(found["loc"][0])
        option = f"--{name.replace('_', '-')}"
        if found["type"] == "missing":
            variable = _variable(declared, name)
            raise UsageError(f"{option} is needed, or {variable} in the environment") from error
        place = option if name in given else _variable(declared, name)
        raise UsageError(f"{place}: {found['msg']}") from error


def settings_page() -> Iterator[str]:
    """The lines of a page in Markdown that lists every setting."""
    for head, declared in ((_HEAD, Settings), (_LLM_HEAD, OpenAIOptions)):
        yield head
        for name, field in declared.model_fields.items():
            meaning = (field.description or "").replace("|", "\\|")
            default = _shown(field)
            shown = f"`{default}`" if default else "none"
            yield f"| `{_variable(declared, name)}` | {shown} | {meaning} |"


def _variable(declared: type[BaseSettings], name: str) -> str:
    return f"{declared.model_config['env_prefix']}{name.upper()}"


def _shown(field: FieldInfo) -> str:
    """The default for people to read; "" where there is none."""
    default = field.get_default(call_default_factory=True, validated_data={})
    if default is None or default is PydanticUndefined or default in ((), {}, ""):
        return ""
    if isinstance(default, tuple):
        return ",".join(default)
    return str(default).lower() if isinstance(default, bool) else str(default)

"""What can be set about the LLM agent, from code, the environment or the command line."""

import json
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, NonNegativeInt, PositiveFloat, PositiveInt, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _from_json(value: object) -> object:
    return json.loads(value) if isinstance(value, str) else value


class OpenAIOptions(BaseSettings):
    """Options of the LLM agent; each can be given as `A2A_AGENT_OPENAI_<NAME>`."""

    model_config = SettingsConfigDict(
        env_prefix="A2A_AGENT_OPENAI_", frozen=True, extra="forbid", protected_namespaces=()
    )

    model: str = Field(description="The model's name, as its server knows it.", min_length=1)
    api: Literal["chat", "responses"] = Field(
        "chat", description="Chat Completions, which all servers have, or the Responses API."
    )
    base_url: str | None = Field(
        None, description="URL of the API. Without it `OPENAI_BASE_URL`, else OpenAI's own."
    )
    api_key: SecretStr | None = Field(
        None,
        description="The key. Without it `OPENAI_API_KEY`; with a base URL it may be missing.",
    )
    name: str = Field("assistant", description="The agent's name on its card.")
    description: str = Field(
        "Answers with a language model.", description="What its card says of it."
    )
    instructions: str = Field("", description="What the model is told before all else.")
    temperature: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = Field(
        None, description="How freely the model picks its words; the server's default without it."
    )
    request_options: Annotated[dict[str, Any], NoDecode, BeforeValidator(_from_json)] = Field(
        default_factory=dict,
        description='More members of each request to the model, as JSON: `{"top_p": 0.9}`.',
    )
    images: bool = Field(True, description="The model takes images.")
    documents: bool = Field(False, description="The model takes PDF documents.")
    timeout_seconds: PositiveFloat = Field(
        120.0, description="Longest time without a word from the model's server."
    )
    max_retries: NonNegativeInt = Field(
        3,
        description="Further attempts where the server is busy or not there, each after a longer "
        "pause, or the one that it asks for.",
    )
    max_steps: PositiveInt = Field(20, description="Most answers of the model in one run.")
    max_answer_characters: PositiveInt = Field(
        1_000_000,
        description="Most characters of one answer, its reasoning and its calls included.",
    )
    tool_timeout_seconds: PositiveFloat = Field(
        60.0, description="Longest time a tool may take that has no limit of its own."
    )
    max_history_messages: NonNegativeInt = Field(
        100, description="Most earlier messages, calls and results that the model is told."
    )
    max_history_characters: NonNegativeInt = Field(
        200_000, description="Most characters of them; a token has about four."
    )

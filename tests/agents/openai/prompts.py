"""A prompt with a bit of everything, and the pieces of an answer."""

from openai import AsyncOpenAI

from a2a_agent.agents.openai.chat import ChatModel
from a2a_agent.agents.openai.conversation import Answer, Call, Result, Said
from a2a_agent.agents.openai.model import Model, Piece, Prompt
from a2a_agent.agents.openai.options import OpenAIOptions
from a2a_agent.agents.openai.responses import ResponsesModel
from a2a_agent.agents.tools import tool
from a2a_agent.domain.model import DataPart, FilePart, JsonObject, TextPart
from tests.agents.openai.models import add, options_for
from tests.support.fake_openai import Fake, Script

HELLO = Prompt([Said((TextPart("Hello"),))])
ENCRYPTED: JsonObject = {
    "id": "rs-0",
    "type": "reasoning",
    "summary": [],
    "encrypted_content": "secret",
}
CONVERSATION = Prompt(
    turns=[
        Said((TextPart("Add these:"), DataPart({"a": 1, "b": 2}))),
        Answer(
            "Gladly.",
            (Call("1", "add", '{"a": 1, "b": 2}'), Call("2", "add", "{}")),
            (ENCRYPTED,),
        ),
        Result("1", "3"),
        Result("2", "error: add cannot take this."),
        Answer("It is 3."),
        Said((TextPart("Thanks"),)),
    ],
    instructions="Be brief.",
    tools=(tool(add),),
    schema={"type": "object"},
)
FILES = Prompt(
    turns=[
        Said(
            (
                TextPart("Compare these:"),
                FilePart(raw=b"\x00\xff", media_type="image/png", filename="a.png"),
                FilePart(url="https://example.com/b.jpg", media_type="image/jpeg"),
                FilePart(raw=b"a,b", media_type="text/csv", filename="t.csv"),
                FilePart(raw=b"%PDF", media_type="application/pdf", filename="d.pdf"),
                FilePart(raw=b"%PDF", media_type="application/pdf"),
                DataPart([1]),
            )
        )
    ]
)
MORE = {"temperature": 0.5, "request_options": {"top_p": 0.9, "metadata": {"user": "1"}}}


async def pieces_of(
    fake: Fake, script: str | Script, prompt: Prompt = HELLO, **options: object
) -> list[Piece]:
    """All pieces of an answer."""
    if not isinstance(script, str):
        fake.scripts["scripted"] = script
        script = "scripted"
    chosen = options_for(fake, script, **options)
    async with AsyncOpenAI(api_key="key", base_url=fake.base_url, max_retries=0) as client:
        return [piece async for piece in _model(client, chosen).answer(prompt, 1)]


def _model(client: AsyncOpenAI, options: OpenAIOptions) -> Model:
    return (ChatModel if options.api == "chat" else ResponsesModel)(client, options)

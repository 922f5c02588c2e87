"""Graphs of LangGraph, for `a2a-agent serve tests.frameworks.programs.langgraph:agent`."""

from typing import Any, TypedDict
from uuid import uuid4

from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, create_react_agent
from langgraph.types import interrupt

from a2a_agent import RunRequest
from a2a_agent.agents.adapters.langgraph import from_langgraph
from tests.frameworks.programs.tools import add, get_weather

# With its timeout, a cancel that comes together with a token is lost in Python 3.11.
model = ChatOpenAI(model="by-message", stream_chunk_timeout=None)


@tool
def broken_tool(reason: str) -> str:
    """Always breaks."""
    raise RuntimeError(f"It broke: {reason}")


@tool
def delete(path: str) -> str:
    """Deletes a file."""
    request = {"name": "delete", "args": {"path": path}}
    answer = interrupt({"action_requests": [request], "review_configs": []})
    (decision,) = answer["decisions"]
    return f"{decision['type']} {path}"


@tool
def survey(about: str) -> str:
    """Asks two things."""
    first = interrupt(f"What of {about}?")
    second = interrupt({"question": "And why?", "options": ["just so"]})
    return f"{first}, {second}"


@tool
async def oracle(question: str) -> str:
    """Asks a model of its own."""
    answer = await model.ainvoke(f"play:inner@{uuid4()}")
    return f"The oracle says: {answer.content}"


tools = ToolNode([get_weather, add, broken_tool, delete, survey, oracle], handle_tool_errors=True)

agent = create_react_agent(model, tools, prompt="You are helpful.", checkpointer=InMemorySaver())

forgetful = create_react_agent(model, tools, prompt="You are helpful.")

by_context = from_langgraph(agent, thread_of=lambda request: request.context_id)


class Trip(TypedDict, total=False):
    """A state without messages."""

    place: str
    days: int


def plan(state: Trip) -> dict[str, Any]:
    """The only node."""
    return {"days": len(state["place"])}


def trip_of(request: RunRequest) -> Trip:
    """The state that a message begins with."""
    return {"place": request.text}


planner = from_langgraph(
    StateGraph(Trip).add_node(plan).add_edge(START, "plan").add_edge("plan", END).compile(),
    input_of=trip_of,
)

research = create_react_agent(model, tools)
nested = (
    StateGraph(MessagesState)
    .add_node("research", research)
    .add_edge(START, "research")
    .add_edge("research", END)
    .compile()
)

"""The tools of agents that are built on the OpenAI Agents SDK; its traces are turned off."""

from agents import function_tool, set_tracing_disabled

from tests.frameworks.programs.tools import add, broken_tool, delete_file, get_weather

set_tracing_disabled(True)  # traces would be sent to OpenAI

TOOLS = [
    function_tool(get_weather),
    function_tool(add),
    function_tool(broken_tool),
    function_tool(delete_file, needs_approval=True),
]

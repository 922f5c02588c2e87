"""Our server with the bench agent, set up by environment variables like any deployment."""

from starlette.applications import Starlette

from a2a_agent import Settings, create_app
from benchmarks.agent import BenchAgent


def build() -> Starlette:
    """The application, for `uvicorn --factory`."""
    return create_app(BenchAgent(), settings=Settings())

"""One endpoint for all tests that need no settings of their own, in both versions."""

from collections.abc import Iterator

import pytest

from tests.support.dialects import DIALECTS, Dialect
from tests.support.endpoint import Endpoint, serving_agent


@pytest.fixture(scope="session")
def endpoint() -> Iterator[Endpoint]:
    """An endpoint with default settings, shared by the tests of a run."""
    with serving_agent() as endpoint:
        yield endpoint


@pytest.fixture(params=DIALECTS, ids=str)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    """Each version in turn."""
    dialect: Dialect = request.param
    return dialect

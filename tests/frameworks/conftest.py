"""What each contract's tests are given."""

from collections.abc import Iterator

import pytest

from tests.frameworks.served import Served, served
from tests.support.dialects import DIALECTS, Dialect


@pytest.fixture(scope="class")
def agent(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """The agent of the class's framework, in a server of its own."""
    with served(request.cls.framework, tmp_path_factory.mktemp("framework")) as agent:
        yield agent


@pytest.fixture(params=DIALECTS, ids=str)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    """Each version of the protocol."""
    dialect: Dialect = request.param
    return dialect

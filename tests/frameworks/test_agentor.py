"""Agents of Agentor, served: of 0.1, and of the last release on the OpenAI Agents SDK."""

import pytest

from tests.frameworks.contract import Contract
from tests.frameworks.served import Framework

pytestmark = [pytest.mark.frameworks, pytest.mark.timeout(120)]


class TestAgentor(Contract):
    framework = Framework(name="agentor")


class TestAgentor0023(Contract):
    framework = Framework(name="agentor-0.0.23", page="agentor", tells_failures=False)

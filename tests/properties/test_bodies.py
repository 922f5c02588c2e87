"""Whatever is sent, the answer is JSON-RPC of the right shape, and the server does not fail."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.properties.answers import target
from tests.properties.bodies import REQUESTS, Post, posts
from tests.support.dialects import DIALECTS, Dialect


# An older Hypothesis takes its own generator of random numbers for garbage, because a server that
# has started hides what was there before from the garbage collector.
@pytest.mark.filterwarnings("ignore:It looks like `register_random`")
@pytest.mark.parametrize("store", ["memory:", "sqlite:///{}/tasks.db"], ids=["memory", "sqlite"])
def test_whatever_is_sent_is_answered_by_the_rules(store: str, tmp_path: Path) -> None:
    with target(store.format(tmp_path)) as endpoint:

        @settings(suppress_health_check=[*HealthCheck])
        @given(posts())
        def check(post: Post) -> None:
            endpoint.judge(post)

        check()


@pytest.mark.parametrize("dialect", DIALECTS, ids=str)
def test_what_is_sent_is_legal_before_it_is_changed(dialect: Dialect) -> None:
    """Else the changes would test nothing."""
    with target("memory:") as endpoint:
        for request in REQUESTS[dialect]:
            assert endpoint.judge(Post.of(request, dialect)) != []

"""Ten thousand bodies of any kind, and not one that the server fails at."""

import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.properties.answers import target
from tests.properties.bodies import Post, posts


@pytest.mark.torture
@pytest.mark.parametrize("store", ["memory:", "sqlite:///{}/tasks.db"], ids=["memory", "sqlite"])
def test_none_of_five_thousand_bodies_makes_the_server_fail(store: str, tmp_path: Path) -> None:
    outcomes: Counter[str] = Counter()
    sizes: list[int] = []
    start = time.monotonic()
    with target(store.format(tmp_path)) as endpoint:

        @settings(
            settings.get_profile("torture"),
            max_examples=5_000,
            suppress_health_check=[*HealthCheck],
        )
        @given(posts())
        def check(post: Post) -> None:
            sizes.append(len(post.body))
            outcomes.update(endpoint.judge(post))

        check()

    print(f"\n{len(sizes)} bodies, {sum(sizes)} bytes, {time.monotonic() - start:.0f} s")
    for outcome, count in outcomes.most_common():
        print(f"{count:7} {outcome}")
    assert len(sizes) >= 5_000

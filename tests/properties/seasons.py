"""Many random plays in one house, one after the other."""

from hypothesis import HealthCheck, given, settings

from tests.properties.house import open_house
from tests.properties.plays import Play, plays
from tests.properties.visits import Visit, visit


def season(store: str, tries: settings) -> list[Visit]:
    """What becomes of plays in a new house with that store, tried as the settings say.

    Raises for whatever is not as promised.
    """
    found: list[Visit] = []
    with open_house(store) as house:

        @settings(tries, suppress_health_check=[*HealthCheck])
        @given(plays)
        def check(play: Play) -> None:
            found.append(visit(house, play))

        check()
    return found

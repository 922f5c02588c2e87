"""How many examples the property tests try: the same few at every `make test`, many in torture."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "test",
    max_examples=200,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "torture", settings.get_profile("test"), max_examples=2_500, derandomize=False
)
settings.load_profile("test")

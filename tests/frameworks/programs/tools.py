"""The tools that frameworks take as plain functions."""


def get_weather(city: str) -> str:
    """Weather in a city."""
    return f"It is sunny in {city}."


def add(a: int, b: int) -> int:
    """Adds two numbers."""
    return a + b


def broken_tool(reason: str) -> str:
    """Always breaks."""
    raise RuntimeError(f"password=secret {reason}")


def delete_file(path: str) -> str:
    """Deletes a file."""
    return f"{path} is gone"

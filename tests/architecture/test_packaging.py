"""What is imported is declared, what is declared is locked, for any package index."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = ("requirements-build.lock", "requirements-runtime.lock")
INTERFACE_OF_ANOTHER = {"pydantic-core"}  # of pydantic
PACKAGES = ("a2a_agent", "conformance", "schemas")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PEERS = [f"tests/peers/{path.name}" for path in sorted((ROOT / "tests/peers").glob("*.txt"))]
FOREIGN = [
    str(path.relative_to(ROOT))
    for path in sorted((ROOT / "tests/conformance/foreign").glob("*.txt"))
]
LOCKS = ("requirements.lock", *PARTS, "requirements-lowest.txt", *PEERS, *FOREIGN)


def pins(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text()
    return dict(re.findall(r"^([a-z0-9-]+)==([^ ;]+)", text, re.MULTILINE))


def declared(*groups: str) -> set[str]:
    lines = list(PYPROJECT["project"]["dependencies"])
    for group in groups:
        lines += PYPROJECT["dependency-groups"][group]
    return names(lines)


def names(lines: Iterable[str]) -> set[str]:
    return {re.split(r"[^a-z0-9-]", line)[0] for line in lines}


def extras() -> set[str]:
    return set().union(*PYPROJECT["project"]["optional-dependencies"].values())


def imported(package: str) -> Iterator[str]:
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from (alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module.split(".")[0]


@pytest.mark.parametrize("package", PACKAGES)
def test_package_imports_only_what_is_declared(package: str) -> None:
    modules = set(imported(package)) - sys.stdlib_module_names - set(PACKAGES)
    installed = packages_distributions()
    distributions = {installed.get(name, [name])[0].lower().replace("_", "-") for name in modules}

    assert distributions - declared() - names(extras()) - INTERFACE_OF_ANOTHER == set()


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_file_names_no_place_of_packages(lock: str) -> None:
    lines = (ROOT / lock).read_text().splitlines()

    assert [line for line in lines if re.search(r"://|^\s*-(?!-hash=)|@|(^|\s)/", line)] == []


def test_every_dependency_is_locked() -> None:
    assert declared("build", "dev") - pins("requirements.lock").keys() == set()
    assert declared("dev") - pins("requirements-lowest.txt").keys() == set()
    assert declared() - pins("requirements-runtime.lock").keys() == set()


def test_extras_are_tested_as_they_are_declared_and_not_in_the_image() -> None:
    assert extras() - set(PYPROJECT["dependency-groups"]["dev"]) == set()
    assert names(extras()) & pins("requirements-runtime.lock").keys() == set()


@pytest.mark.parametrize("part", PARTS)
def test_parts_have_the_versions_of_the_whole(part: str) -> None:
    assert pins(part).items() <= pins("requirements.lock").items()

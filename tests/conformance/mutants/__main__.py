"""Prints what the suite says of each mutant, and how many it catches: `make mutants`."""

import sys
import time
from collections.abc import Sequence

from tests.conformance.mutants.every import MUTANTS
from tests.conformance.mutants.judging import all_judgements

_ROW = "{:58} {:7} {:52} {}"


def main(words: Sequence[str]) -> int:
    """1 unless each mutant, whose name or requirement has one of the words, is caught."""
    chosen = [
        one
        for one in MUTANTS
        if not words or any(word in text for word in words for text in (one.name, *one.caught_by))
    ]
    began = time.monotonic()
    missed: dict[tuple[str, str], bool] = {}
    print(_ROW.format("mutant", "version", "caught by", "verdict"))
    for one in all_judgements(chosen):
        key = one.mutant.name, one.version
        missed[key] = missed.get(key, False) or not one.is_caught
        verdict = f"{one.result.verdict}" if one.result is not None else "?"
        verdict += "" if one.is_caught else "  <- not caught"
        print(_ROW.format(one.mutant.name[:58], one.version, one.requirement, verdict), flush=True)
    caught = len(missed) - sum(missed.values())
    print(
        f"{len(chosen)} mutants; in their versions {caught} of {len(missed)} caught, "
        f"in {time.monotonic() - began:.0f} s"
    )
    return int(caught < len(missed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

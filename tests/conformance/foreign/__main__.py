"""Writes the baselines anew: `python -m tests.conformance.foreign [NAME...]`.

Whatever changes in them belongs on docs/conformance-findings.md, too, and so do the counts and
warnings that are printed.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from conformance import baseline
from conformance.verdict import Verdict
from tests.conformance.foreign.servers import SERVERS, judged, warned

with tempfile.TemporaryDirectory() as directory:
    for server in SERVERS:
        if sys.argv[1:] and server.name not in sys.argv[1:]:
            continue
        finished = asyncio.run(judged(server, Path(directory) / "log"))
        known = baseline.failures(finished.results)
        steady = frozenset(one for one in known if one[1] not in server.sometimes)
        server.baseline.write_text(baseline.text(steady), "utf-8")
        for version in server.versions:
            counts = {
                verdict.value: sum(
                    one.version == version and one.verdict is verdict for one in finished.results
                )
                for verdict in Verdict
            }
            line = f"{server.name} {version} {counts} {finished.seconds:.0f} s in all"
            warnings = ", ".join(f"`{id}`" for id in sorted(warned(finished, version)))
            sys.stdout.write(f"{line}\nWarnings: {warnings}.\n")

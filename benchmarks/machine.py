"""The machine: which cores are used, what else runs on them, and what it is. Linux only."""

import os
import platform
import resource
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
BUSY_COLUMNS = (1, 2, 3, 6, 7, 8)
"""Of /proc/stat: user, nice, system, irq, softirq, steal."""
PACKAGES = ("starlette", "uvicorn", "uvloop", "httptools", "pydantic", "orjson", "sqlalchemy")


@dataclass(frozen=True, slots=True)
class Cores:
    """One core for the server, one for the load."""

    server: int
    client: int

    @classmethod
    def choose(cls) -> "Cores":
        """The first two of those this process may use; the same one twice if it has only one."""
        first, *others = sorted(os.sched_getaffinity(0))
        return cls(first, others[0] if others else first)


def facts() -> dict[str, str]:
    """What a reader must know to compare figures."""
    cpu = Path("/proc/cpuinfo").read_text()
    models = [line.split(":", 1)[1].strip() for line in cpu.splitlines() if "model name" in line]
    return {
        "when": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "cpu": models[0] if models else platform.machine(),
        "cores": str(os.cpu_count()),
        "kernel": platform.release(),
        "python": platform.python_version(),
        **{package: version(package) for package in PACKAGES},
    }


def allow_many_connections() -> None:
    """Raises the limit of open files as far as it goes; servers started later inherit it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class ProcessUsage:
    """CPU and memory of a process, read from /proc."""

    def __init__(self, pid: int) -> None:
        self._folder = Path(f"/proc/{pid}")

    def cpu_seconds(self) -> float:
        """User and system time so far."""
        fields = (self._folder / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND

    def resident_kib(self) -> int:
        """Memory in use."""
        return self._status("VmRSS")

    def peak_kib(self) -> int:
        """The most memory that was in use since `forget_peak`."""
        return self._status("VmHWM")

    def forget_peak(self) -> None:
        """Lets the peak start from the memory in use now."""
        (self._folder / "clear_refs").write_text("5")

    def _status(self, name: str) -> int:
        for line in (self._folder / "status").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1])
        raise LookupError(f"/proc has no {name}")


class ForeignLoad:
    """What the two cores spend on neither the server nor the load, stolen time included."""

    def __init__(self, cores: Cores, server: ProcessUsage) -> None:
        self._cores = cores
        self._server = server
        self._begun = time.monotonic()
        self._before = self._foreign_seconds()

    def share(self) -> float:
        """Of the more disturbed core, since this object was made."""
        spent = zip(self._foreign_seconds(), self._before, strict=True)
        elapsed = time.monotonic() - self._begun
        share = max(now - before for now, before in spent) / elapsed
        # The clock of CPU time is coarse, so a short measurement may seem to leave the range.
        return min(max(share, 0.0), 1.0)

    def _foreign_seconds(self) -> tuple[float, ...]:
        own = {self._cores.server: self._server.cpu_seconds()}
        own[self._cores.client] = own.get(self._cores.client, 0.0) + time.process_time()
        return tuple(self._busy_seconds(core) - seconds for core, seconds in own.items())

    def _busy_seconds(self, core: int) -> float:
        for line in Path("/proc/stat").read_text().splitlines():
            columns = line.split()
            if columns[0] == f"cpu{core}":
                return sum(int(columns[n]) for n in BUSY_COLUMNS) / TICKS_PER_SECOND
        raise LookupError(f"/proc/stat has no cpu{core}")

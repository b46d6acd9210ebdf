"""One benchmark of a list."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec


@dataclass(frozen=True)
class BenchmarkEntry:
    """A benchmark with the arguments that it runs with.

    Args:
        name: For ``--only``, and the title of its results.
        script: Name of its file in ``benchmarks``.
        arguments: Of its command line.
        seconds: That it takes on two cores, about.
        package: That it needs beyond what this one requires.
    """

    name: str
    script: str
    arguments: tuple[str, ...]
    seconds: float
    package: str | None = None

    @property
    def is_possible(self) -> bool:
        """Whether the package is installed."""
        return self.package is None or find_spec(self.package) is not None

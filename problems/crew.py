"""Who makes the batches: this process, the cores of this machine (joblib), or a running Dask cluster."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from typing import Any

from msgspec import Struct

from solver.errors import DlsolveError, Unavailable
from solver.version import __version__

from .batches import Done, Work
from .shelf import Shelf

_TRIES = 3  # more, of a batch whose worker dies
_PATIENCE = 10  # seconds until a scheduler or its first worker answers

Told = Callable[[int, int], None]


class Crew(Struct, frozen=True):
    """Hands at work: `jobs` processes on this machine (0: as many as it has cores), or the cluster at an address."""

    jobs: int = 1
    cluster: str = ""

    def make(self, work: Work, shelf: Shelf, told: Told) -> None:
        """Makes every batch that is not on the shelf yet; `told` hears how many problems are there, of how many.

        A worker that dies costs the batch that it was making: it is made again.
        Raises DlsolveError where a batch kills its workers, Unavailable where joblib or Dask is not installed.
        """
        there = sum(_problems(work, n) for n in range(work.batches) if shelf.has(n))
        for left in range(_TRIES, -1, -1):
            missing = [number for number in range(work.batches) if not shelf.has(number)]
            try:
                for number, done in self._made(work, missing):
                    shelf.put(number, done)
                    there += _problems(work, number)
                    told(there, work.count)
                return
            except _died() as error:
                if not left:
                    raise DlsolveError(
                        f"workers died {_TRIES + 1} times ({error}); what is finished is kept"
                    ) from error

    def _made(self, work: Work, numbers: list[int]) -> Iterator[tuple[int, Done]]:
        if not numbers:
            return iter(())
        if self.jobs == 1 and not self.cluster:
            return (_batch(work, number) for number in numbers)
        return self._together(work, numbers)

    def _together(self, work: Work, numbers: list[int]) -> Iterator[tuple[int, Done]]:
        joblib = _joblib()
        with self._hands(joblib):
            crew = joblib.Parallel(
                n_jobs=self.jobs or -1, return_as="generator_unordered", batch_size=1, pre_dispatch="2*n_jobs"
            )
            yield from crew(joblib.delayed(_batch)(work, number) for number in numbers)

    def _hands(self, joblib: Any) -> AbstractContextManager[Any]:
        if self.cluster:
            return _cluster(joblib, self.cluster)
        cores: AbstractContextManager[Any] = joblib.parallel_config(backend="loky", inner_max_num_threads=1)
        return cores


def _joblib() -> Any:
    try:
        return import_module("joblib")
    except ImportError as error:
        raise Unavailable('several processes need joblib; install it with: pip install "dlsolve[parallel]"') from error


@contextmanager
def _cluster(joblib: Any, address: str) -> Iterator[None]:
    """The workers of a Dask cluster, which must have this version of the program. Raises DlsolveError, Unavailable."""
    try:
        distributed = import_module("distributed")
    except ImportError as error:
        raise Unavailable('a cluster needs Dask; install it with: pip install "dlsolve[dask]"') from error
    try:
        client = distributed.Client(address, timeout=_PATIENCE, set_as_default=True)
    except (OSError, ValueError) as error:
        raise DlsolveError(f"--cluster {address}: no Dask scheduler answers there ({error})") from error
    with client:
        _same_version(client, address)
        with joblib.parallel_config(backend="dask"):
            yield


def _same_version(client: Any, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError as error:
        raise DlsolveError(f"--cluster {address}: the scheduler has no workers") from error
    for worker, found in client.run(_version, on_error="return").items():
        if isinstance(found, BaseException):
            raise DlsolveError(f"--cluster {address}: the worker {worker} cannot import dlsolve ({found})")
        if found != __version__:
            raise DlsolveError(f"--cluster {address}: the worker {worker} has dlsolve {found}, not {__version__}")


def _version() -> str:
    return __version__


def _died() -> tuple[type[BaseException], ...]:
    """What is raised when a worker has died, on cores and on a cluster."""
    killed = getattr(sys.modules.get("distributed"), "KilledWorker", None)
    return (BrokenExecutor, killed) if killed else (BrokenExecutor,)


def _batch(work: Work, number: int) -> tuple[int, Done]:
    return number, work.batch(number)


def _problems(work: Work, number: int) -> int:
    return min(work.size, work.count - number * work.size)

"""What a person at the terminal sees: progress bars and messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn
from rich.progress import TimeElapsedColumn as Elapsed

Report = Callable[[float, str], None]
_STEP = 0.1  # without a terminal, a line for each tenth is enough


@contextmanager
def progress_bar(title: str) -> Iterator[Report]:
    """A bar for long work: ``report(done, label)`` with done from 0 to 1.

    Where standard error is no terminal, a plain line is printed for each tenth.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _plain(console, title)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("[bold]{task.description}"),
        BarColumn(bar_width=None),
        TaskProgressColumn(),
        Elapsed(),
        TextColumn("[dim]{task.fields[label]}"),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(title, total=1.0, label="")

        def report(done: float, label: str = "") -> None:
            progress.update(task, completed=min(max(done, 0.0), 1.0), label=label)

        yield report
        progress.update(task, completed=1.0, label="")


def _plain(console: Console, title: str) -> Report:
    reached = -1

    def report(done: float, label: str = "") -> None:
        nonlocal reached
        tenth = int(done / _STEP + 1e-9)
        if tenth > reached:
            reached = tenth
            console.print(f"{title}: {tenth * 10} % {label}".rstrip(), highlight=False)

    return report

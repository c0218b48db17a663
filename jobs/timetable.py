"""The timetable 作业时间表: which job runs how often. A new job is one file and one line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from dashboard.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Job:
    """One line of the timetable.

    ``seconds`` reads the interval from the settings; ``function`` is ``module:name`` of a callable
    ``(engine, settings=…, now=…)``, where ``now`` is an aware UTC instant. It is named and not
    imported, so that one job can run without loading what the others need.
    """

    name: str
    seconds: Callable[[Settings], float]
    function: str

    def load(self) -> Callable[..., Any]:
        """The callable itself; raises ImportError or AttributeError where there is none."""
        module, _, name = self.function.partition(":")
        loaded: Callable[..., Any] = getattr(import_module(module), name)
        return loaded


TIMETABLE: tuple[Job, ...] = (
    Job(
        name="refresh_rollups",
        seconds=lambda settings: settings.refresh_seconds,
        function="jobs.refresh_rollups:refresh",
    ),
    Job(
        name="refresh_duty",
        seconds=lambda settings: settings.duty_seconds,
        function="jobs.refresh_duty:run_refresh_duty",
    ),
    Job(
        name="refresh_field",
        seconds=lambda settings: settings.duty_seconds,
        function="jobs.refresh_field:run_refresh_field",
    ),
    Job(
        name="keep_closings",
        seconds=lambda settings: settings.duty_seconds,
        function="jobs.keep_closings:run_keep_closings",
    ),
    Job(
        name="resume_suspended",
        seconds=lambda settings: settings.clock_seconds,
        function="jobs.resume_suspended:run_resume_suspended",
    ),
    Job(
        name="recompute_deadlines",
        seconds=lambda settings: settings.clock_seconds,
        function="jobs.recompute_deadlines:run_recompute_deadlines",
    ),
    Job(
        name="link_repeats",
        seconds=lambda settings: settings.repeat_link_seconds,
        function="jobs.link_repeats:run_link_repeats",
    ),
)

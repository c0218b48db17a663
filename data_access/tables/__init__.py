"""Every table of the product, as SQLAlchemy Core objects on one MetaData."""

from data_access.tables.actions import (
    audit_log,
    case_remarks,
    grid_tasks,
    notice_numbers,
    notices,
    statistic_openings,
)
from data_access.tables.areas import (
    area_paths,
    areas,
    calendar_days,
    calendar_years,
    categories,
    departments,
    grid_completeness,
    kpi_thresholds,
    limit_rules,
    sources,
)
from data_access.tables.campaigns import (
    campaign_progress,
    campaign_targets,
    campaigns,
    survey_answers,
    survey_sums,
    survey_waves,
)
from data_access.tables.cases import (
    callbacks,
    case_cycles,
    case_events,
    case_extensions,
    case_findings,
    case_history,
    case_rechecks,
    case_suspensions,
    cases,
    deadline_changes,
    supervisions,
    whistle_calls,
)
from data_access.tables.feed import (
    case_applied,
    change_log,
    feed_cursors,
    ingest_batches,
    job_marks,
    rejects,
)
from data_access.tables.meetings import promise_cases, promises, roll_call_answers
from data_access.tables.people import (
    check_ins,
    duty_history,
    duty_now,
    duty_officers,
    leaves,
    patrols,
    shifts,
    users,
    visit_classes,
    visit_subjects,
    visits,
    worker_grids,
    workers,
)
from data_access.tables.registry import metadata
from data_access.tables.rollups import (
    closing_days,
    field_changes,
    rollup_area,
    rollup_break,
    rollup_cohort,
    rollup_field,
    rollup_state,
)
from data_access.tables.screens import job_runs, screen_tokens, screens

__all__ = [
    "area_paths", "areas", "audit_log", "calendar_days", "calendar_years", "callbacks",
    "campaign_progress", "campaign_targets", "campaigns", "case_applied", "case_cycles",
    "case_events", "case_extensions", "case_findings", "case_history", "case_rechecks",
    "case_remarks", "case_suspensions", "cases", "categories", "change_log", "check_ins",
    "closing_days", "deadline_changes", "departments", "duty_history", "duty_now",
    "duty_officers", "feed_cursors", "field_changes", "grid_completeness", "grid_tasks",
    "ingest_batches", "job_marks", "job_runs", "kpi_thresholds", "leaves", "limit_rules",
    "metadata", "notice_numbers", "notices", "patrols", "promise_cases", "promises", "rejects",
    "roll_call_answers", "rollup_area", "rollup_break", "rollup_cohort", "rollup_field",
    "rollup_state", "screen_tokens", "screens", "shifts", "sources", "statistic_openings",
    "supervisions", "survey_answers", "survey_sums", "survey_waves", "users", "visit_classes",
    "visit_subjects", "visits", "whistle_calls", "worker_grids", "workers",
]  # fmt: skip

"""Every table of the product, as SQLAlchemy Core objects on one MetaData."""

from data_access.tables.areas import (
    area_paths,
    areas,
    calendar_days,
    categories,
    departments,
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
    case_suspensions,
    cases,
    supervisions,
)
from data_access.tables.feed import (
    case_applied,
    change_log,
    feed_cursors,
    ingest_batches,
    rejects,
)
from data_access.tables.people import (
    check_ins,
    duty_history,
    duty_now,
    leaves,
    patrols,
    screens,
    shifts,
    users,
    visit_classes,
    visit_subjects,
    visits,
    worker_grids,
    workers,
)
from data_access.tables.registry import metadata
from data_access.tables.rollups import rollup_area, rollup_break, rollup_cohort, rollup_state

__all__ = [
    "area_paths", "areas", "calendar_days", "callbacks", "campaign_progress", "campaign_targets",
    "campaigns", "case_applied", "case_cycles", "case_events", "case_extensions",
    "case_suspensions", "cases", "categories", "change_log", "check_ins", "departments",
    "duty_history", "duty_now", "feed_cursors", "ingest_batches", "leaves", "metadata", "patrols",
    "rejects", "rollup_area", "rollup_break", "rollup_cohort", "rollup_state", "screens",
    "shifts", "sources", "supervisions", "survey_answers", "survey_sums", "survey_waves", "users",
    "visit_classes", "visit_subjects", "visits", "worker_grids", "workers",
]  # fmt: skip

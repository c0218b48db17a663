"""Survey waves 问卷 and campaigns 专项任务."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table

from data_access.frames import ANSWERS
from data_access.tables.registry import instant, metadata, required, text
from data_access.types import BigKey

survey_waves = Table(
    "survey_waves",
    metadata,
    Column("wave_id", Integer, primary_key=True),
    required("code", String(40), unique=True),
    required("name_zh", String(120)),
    Column("name_en", String(160)),
    Column("started_on", Date, nullable=False),
    Column("ended_on", Date, nullable=False),
    Column("sample_label", String(120)),  # who was asked: group members are not the whole city
)

survey_answers = Table(
    "survey_answers",
    metadata,
    Column("answer_id", BigKey, primary_key=True),
    Column("wave_id", Integer, ForeignKey("survey_waves.wave_id"), nullable=False),
    Column("area_id", Integer, nullable=False),
    instant("answered_at", nullable=False),
    required("answer", String(20)),  # the same scale as callbacks.answer
    Index("ix_survey_answers_wave_id_area_id", "wave_id", "area_id"),
)

# Answers of a wave summed for every area of the tree, written by the rollup job.
survey_sums = Table(
    "survey_sums",
    metadata,
    Column("wave_id", Integer, primary_key=True, autoincrement=False),
    Column("area_id", Integer, primary_key=True, autoincrement=False),
    required("answers", Integer),
    *(required(name, Integer, server_default="0") for name in ANSWERS),
)

campaigns = Table(
    "campaigns",
    metadata,
    Column("campaign_id", Integer, primary_key=True),
    required("code", String(40), unique=True),
    required("name_zh", String(120)),
    Column("name_en", String(160)),
    text("unit"),  # what is counted: 人, 户, 处
    instant("started_at", nullable=False),
    instant("due_at"),
    instant("ended_at"),
)

campaign_targets = Table(
    "campaign_targets",
    metadata,
    Column("campaign_id", Integer, ForeignKey("campaigns.campaign_id"), primary_key=True),
    Column("area_id", Integer, primary_key=True),
    required("target", Integer),
)

campaign_progress = Table(
    "campaign_progress",
    metadata,
    Column("progress_id", BigKey, primary_key=True),
    Column("campaign_id", Integer, ForeignKey("campaigns.campaign_id"), nullable=False),
    Column("area_id", Integer, nullable=False),
    instant("at", nullable=False),
    required("done", Integer),  # added since the row before
    Index("ix_campaign_progress_campaign_id_at", "campaign_id", "at"),
)

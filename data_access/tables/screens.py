"""Wall screens 大屏: the tokens they hold, what they report; and how the jobs are doing."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, String, Table

from data_access.tables.registry import instant, metadata, required, text

# 设备令牌: what a wall shows instead of a login. Only the digest is kept.
screen_tokens = Table(
    "screen_tokens",
    metadata,
    Column("token_id", Integer, primary_key=True),
    required("name", String(60)),
    Column("profile", String(40)),  # the wall it opens; NULL: the plain one
    required("token_digest", LargeBinary, unique=True),
    instant("created_at", nullable=False),
    required("created_by", String(60)),
    instant("last_seen_at"),
    instant("revoked_at"),
    Column("revoked_by", String(60)),
)

# One browser that shows the wall, by its own last report (心跳).
screens = Table(
    "screens",
    metadata,
    Column("screen_id", Integer, primary_key=True),  # "screen 3"
    required("code", String(40), unique=True),  # made by the browser and kept there
    Column("token_id", Integer, ForeignKey("screen_tokens.token_id")),
    required("profile", String(40)),
    instant("created_at", nullable=False),
    instant("last_heartbeat_at", nullable=False),
    required("version", BigInteger),  # the version that stands on it
    instant("behind_since"),  # since when it reports an older version than the current one
    instant("as_of"),
    instant("painted_at"),
    required("build", String(60)),
    Column("state", String(16)),  # live, link, database, jobs, source: what its banner says
    Column("heap_bytes", BigInteger),
    Column("skew_ms", BigInteger),  # server's clock minus the screen's
    Column("viewport", String(40)),
    text("browser"),
    text("paints"),  # JSON: the last paints as [version, what, hash of the texts]
)

# How each job of the timetable is doing; written by the runner, every few seconds at most.
job_runs = Table(
    "job_runs",
    metadata,
    Column("name", String(40), primary_key=True),
    required("interval_ms", BigInteger),
    instant("started_at"),
    instant("ended_at"),
    instant("succeeded_at"),
    required("failures", Integer, server_default="0"),  # in a row, up to now
    Column("error", String(200)),  # of the last failure: its kind, never the database's own words
    instant("noted_at", nullable=False),
)

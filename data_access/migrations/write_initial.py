"""Write versions/0001_initial.py anew from data_access.tables: only before the first release.

    python -m data_access.migrations.write_initial

Afterwards a change of the schema is a revision of its own, never an edit of this one.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.autogenerate.api import AutogenContext
from alembic.runtime.migration import MigrationContext

from data_access.engine import begin_read, open_engine
from data_access.tables import metadata
from data_access.types import Instant

TARGET = Path(__file__).resolve().parent / "versions" / "0001_initial.py"
_HEAD = '''"""The first schema: every table, index and change-log trigger.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

from data_access.audit_triggers import create_audit_triggers
from data_access.triggers import create_triggers, drop_triggers
from data_access.types import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    {upgrade}
    create_triggers(op.get_bind())
    create_audit_triggers(op.get_bind())


def downgrade() -> None:
    drop_triggers(op.get_bind())
    {downgrade}
    _drop_functions()


def _drop_functions() -> None:
    bind = op.get_bind()
    if bind.dialect.name != "postgresql":
        return
    functions = bind.exec_driver_sql(
        "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname = current_schema() AND p.proname LIKE 'log\\\\_%%'"
    ).scalars()
    for function in list(functions):
        bind.exec_driver_sql(f"DROP FUNCTION {{function}}() CASCADE")
'''


def main() -> None:
    """Render the revision against an empty database and format it."""
    engine = open_engine("sqlite://")
    with begin_read(engine) as connection:
        context = MigrationContext.configure(connection)
        script = produce_migrations(context, metadata)
    options: dict[str, Any] = {
        "render_item": _render_item,
        "sqlalchemy_module_prefix": "sa.",
        "alembic_module_prefix": "op.",
        "user_module_prefix": None,
    }
    parts = {}
    for name, operations in (("upgrade", script.upgrade_ops), ("downgrade", script.downgrade_ops)):
        if operations is None:
            raise RuntimeError(f"Alembic produced no {name} operations")
        parts[name] = render_python_code(
            operations, render_as_batch=False, migration_context=context, **options
        ).strip()
    # Rendered for SQLite, where false is 0; PostgreSQL wants the word.
    text = _HEAD.format(**parts).replace(
        "sa.Boolean(), server_default=sa.text('0')", "sa.Boolean(), server_default=sa.false()"
    )
    text = re.sub(r"\n *# ### .*", "", text)
    TARGET.write_text(text, encoding="utf-8")
    subprocess.run([sys.executable, "-m", "ruff", "format", "-q", str(TARGET)], check=True)


def _render_item(_type: str, item: object, _context: AutogenContext) -> str | bool:
    return "Instant()" if isinstance(item, Instant) else False


if __name__ == "__main__":
    main()

"""Commands that ask for or change something in the store of the settings, and end."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from dashboard.settings import Settings, SettingsError, load_settings
from data_access.engine import open_engine
from data_access.migrate import current_revision, head_revision


class CommandError(Exception):
    """Something the person at the terminal can mend; shown as one line."""


def run_on_store(options: Namespace) -> int:
    """Call ``options.command`` with engine, settings and the options themselves.

    Exit code 0 when done, 1 on a CommandError, a store that cannot be used or an old schema, 2 on
    wrong settings; what is wrong is told on stderr.
    """
    try:
        settings = load_settings()
    except SettingsError as error:
        print("\n".join(f"yiwang: {problem}" for problem in error.problems), file=sys.stderr)
        return 2
    engine = open_engine(settings.database_url)
    try:
        if current_revision(engine) != head_revision():
            raise CommandError("the store's schema is not up to date: run ./yiwang migrate")
        command: Callable[[Engine, Settings, Namespace], None] = options.command
        command(engine, settings, options)
    except (CommandError, SQLAlchemyError) as error:
        print(f"yiwang: {str(error).splitlines()[0]}", file=sys.stderr)
        return 1
    finally:
        engine.dispose()
    return 0

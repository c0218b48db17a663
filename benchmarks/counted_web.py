"""The web process as ``./yiwang serve`` starts it, with its SQL statements counted in a file."""

from __future__ import annotations

import mmap
import struct
import sys
import threading
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from dashboard.app_factory import create_asgi
from dashboard.runtime.logs import configure_logs
from dashboard.runtime.ports import open_port
from dashboard.runtime.processes import end_with_parent
from dashboard.runtime.web_server import serve_application
from dashboard.settings import PROGRAM_DIRECTORY, load_settings


def main(count_file: str) -> None:
    """Serve until SIGTERM; the first eight bytes of ``count_file`` are the number so far."""
    end_with_parent()
    settings = load_settings()
    configure_logs(settings.log_level, process="web")
    with Path(count_file).open("r+b") as file:
        _count_statements(mmap.mmap(file.fileno(), 8))
    application = create_asgi(settings, pages_folder=str(PROGRAM_DIRECTORY / "pages"))
    serve_application(application, open_port(settings), log_level=settings.log_level)


def _count_statements(memory: mmap.mmap) -> None:
    lock = threading.Lock()

    @event.listens_for(Engine, "before_cursor_execute")
    def count(*_arguments: Any) -> None:
        with lock:
            memory[:8] = struct.pack("<q", struct.unpack("<q", memory[:8])[0] + 1)


if __name__ == "__main__":
    main(sys.argv[1])

"""Rows of whole numbers as one matrix: what columns of cases and samples are made from."""

from __future__ import annotations

from itertools import chain
from typing import Any

import numpy as np
from sqlalchemy import Connection, Select

from data_access.frames import Ints


def int_matrix(connection: Connection, query: Select[Any]) -> Ints:
    """All rows of a query of integers without NULL as an (n, k) int64 matrix, n 0 without rows."""
    result = connection.execute(query)
    # Straight from the driver: whole numbers need none of what makes a row of tens of thousands.
    rows = result.cursor.fetchall()
    result.close()
    width = len(query.selected_columns)
    flat = np.fromiter(chain.from_iterable(rows), dtype=np.int64, count=len(rows) * width)
    return flat.reshape(len(rows), width)

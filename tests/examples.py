"""How many random cases a property test plays: few at every change, many in a long run.

Examples are drawn anew each time, so many short runs see as much as a few long ones.
``./yiwang test --long`` sets the factor, YIWANG_TEST_EFFORT.
"""

from __future__ import annotations

import os


def examples(few: int) -> int:
    """``max_examples`` of a property that plays ``few`` in an ordinary run."""
    return few * max(1, int(os.environ.get("YIWANG_TEST_EFFORT", "1")))

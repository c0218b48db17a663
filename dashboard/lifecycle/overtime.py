"""Raw overtime 原始超期时长: how far past its deadline a case ran, whatever was decided afterwards.

An appeal that is granted 申诉通过 (``timeout_exempt``) makes a case count as on time; it does not
make the time go away (domain rule 2.3, 9). Spans are natural time in ms, suspensions left out.
"""

from __future__ import annotations

from collections.abc import Iterable


def raw_overtime_ms(
    deadline_ms: int | None,
    end_ms: int | None,
    as_of_ms: int,
    pauses: Iterable[tuple[int, int | None]] = (),
) -> int | None:
    """Natural time from the deadline until the end (until ``as_of_ms`` while there is none).

    ``pauses`` are suspensions 挂账 as (begin, end), disjoint. 0 for a case in time; None without a
    deadline.
    """
    if deadline_ms is None:
        return None
    until = as_of_ms if end_ms is None else min(end_ms, as_of_ms)
    over = max(0, until - deadline_ms)
    for begin, end in pauses:
        stop = until if end is None else min(end, until)
        over -= max(0, stop - max(begin, deadline_ms))
    return max(0, over)

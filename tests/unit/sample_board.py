"""A hand-made board for tests of components: one of every state a tile or a cell can have."""

from __future__ import annotations

from typing import Any

from dashboard.components.board_shape import Board, Cell, Tile

AS_OF_MS = 1_795_320_000_000


def tile(key: str, **changes: Any) -> Tile:
    """A tile with a plain value, changed where a test needs it."""
    made: dict[str, Any] = {
        "key": key,
        "name": "受理量",
        "scope_label": "近30天",
        "basis": None,
        "text": "1,234",
        "unit": "件",
        "state": "value",
        "level": "none",
        "level_text": "",
        "numerator": 1234,
        "denominator": None,
        "interval": None,
        "sample": None,
        "note": "",
        "delta": None,
        "spark": [1, None, 3],
    }
    return made | changes  # type: ignore[return-value]


def cell(text: str, value: float | None, state: str = "value", level: str = "none") -> Cell:
    """One cell of the league."""
    return {"text": text, "value": value, "state": state, "level": level}


def sample_board(lang: str = "zh", *, is_leaf: bool = False) -> Board:
    """A district with two children, or a grid with its portrait."""
    area = {"code": "230602", "name": "萨尔图区", "level": "district", "level_name": "区县"}
    grid = {
        "residents": 1043,
        "households": 402,
        "houses": None,
        "shops": 12,
        "structures": 91,
        "marshals": 2,
        "group_members": None,
        "size": {"state": "within", "low": 300, "high": 500},
        "open": 3,
        "overdue": 1,
        "key_people": {"count": 7, "overdue": 2},
        "missing_roles": ["监督员"],
        "heads": 1,
        "completeness": [{"text": "—", "filled": 0, "required": 0, "level": "none"}] * 5,
        "police_code": None,
        "workers": [
            {"role_name": "网格长", "name": "网格员**31", "phone": "", "is_full_time": True},
        ],
        "last_patrol_ms": AS_OF_MS,
        "last_visit_ms": None,
        "police_grid": None,
        "station": True,
    }
    rows = [
        {
            "code": "230602001",
            "name": "和平街道",
            "level": "street",
            "kind": "general",
            "is_leaf": False,
            "cells": [cell("40", 40), cell("90.1", 90.1, level="warn")],
        },
        {
            "code": "230602-U",
            "name": "未定位",
            "level": "grid",
            "kind": "unlocated",
            "is_leaf": True,
            "cells": [cell("0", 0, "zero"), cell("—", None, "empty")],
        },
    ]
    board: dict[str, Any] = {
        "schema": 1,
        "slice": {},
        "build": "b1",
        "version": 7,
        "lang": lang,
        "is_demo": True,
        "city": "大庆市",
        "area": area | {"kind": "general"},
        "path": [{"code": "230600", "name": "大庆市", "level": "city"}, area],
        "window": {
            "key": "d30",
            "label": "近30天",
            "from_on": "2026-10-24",
            "to_on": "2026-11-22",
            "text": "2026-10-24 – 2026-11-22 截至14:32",
            "is_running": True,
            "years": [2024, 2025, 2026],
        },
        "as_of_ms": AS_OF_MS,
        "computed_ms": AS_OF_MS,
        "status": "live",
        "message": None,
        "calendar_notice": {"year": 2027, "text": "2027 年调休安排尚未录入"},
        "geometry": "/geometry/abc.json",
        "tiles": [tile("case.accepted"), tile("duty.on_duty_rate", text="—", state="empty")],
        "more": [tile("case.due_soon", text="0", state="zero")],
        "trend": {
            "grain": "day",
            "days": ["2026-11-21", "2026-11-22"],
            "accepted": [3, 4],
            "closed": [2, None],
            "overdue": [9, 8],
        },
        "breakdown": {
            "category": [
                {"code": "0101", "name": "暴露垃圾", "value": 30},
                {"code": "0102", "name": "<b>&", "value": 10},
            ],
            "source": [],
            "department": [{"code": "D01", "name": "城管局", "value": 12, "overdue": 2}],
        },
        "league": {
            "columns": [
                {"key": "case.accepted", "name": "受理量", "unit": "件", "kind": "count"},
                {"key": "case.closure_rate", "name": "结案率", "unit": "%", "kind": "rate"},
            ],
            "rows": [] if is_leaf else rows,
            "total": [cell("40", 40), cell("90.1", 90.1)],
        },
        "overdue": {
            "total": 1234,
            "rows": [
                {
                    "case_code": "A-1",
                    "case_id": 5,
                    "category": "暴露垃圾",
                    "area": "和平街道 › 网格07",
                    "department": None,
                    "deadline_ms": AS_OF_MS - 3 * 3_600_000 - 5 * 60_000,
                    "accepted_ms": AS_OF_MS - 9_000_000,
                    "state_name": "待派遣",
                    "is_urgent": True,
                }
            ],
        },
        "grid": grid if is_leaf else None,
        "duty": None,
        "sources": [
            {
                "code": "hotline",
                "name": "12345",
                "last_ms": None,
                "interval_seconds": 60,
                "state": "late",
            }
        ],
    }
    return board  # type: ignore[return-value]

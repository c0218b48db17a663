"""Ids of the parts outside of the pages; scripts in ``assets/js/70_drawer.js`` use the same."""

from __future__ import annotations

from typing import Final


class Ids:
    """Dash ids of the definition drawer."""

    DRAWER: Final = "definition-drawer"
    DRAWER_FACTS: Final = "definition-facts"
    DRAWER_CASES: Final = "definition-cases"
    DRAWER_REQUEST: Final = "definition-request"

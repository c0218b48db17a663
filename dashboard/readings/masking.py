"""Personal data of citizens 个人信息 as pages and files may show them: hidden but for a hint."""

from __future__ import annotations

import re
from typing import Final

from dashboard.readings.board_parts import masked as masked_name

_LONG_NUMBER: Final = re.compile(r"\d(?:[\d\- ]{5,}[\dXx])")
# House numbers, buildings, floors, rooms: what comes after the name of a road or an estate.
_HOUSE: Final = re.compile(r"[\dA-Za-z一二三四五六七八九十百]+(?=[号楼栋幢单元层室户弄座#])|\d+")


def hidden_name(name: str | None) -> str:
    """The first character and stars; "" for none."""
    return masked_name(name) if name else ""


def hidden_phone(phone: str | None) -> str:
    """The first three and the last two digits: enough to tell callers apart, not to call them."""
    if not phone:
        return ""
    digits = re.sub(r"\D", "", phone)
    return f"{digits[:3]}****{digits[-2:]}" if len(digits) >= 7 else "****"


def hidden_address(address: str | None) -> str:
    """Road and estate stay; every number of a house, building, floor or room becomes a star."""
    return _HOUSE.sub("*", address) if address else ""


def hidden_text(text: str | None) -> str:
    """Free text without long numbers (telephones, identity cards)."""
    return _LONG_NUMBER.sub("****", text) if text else ""

"""Which encoding a Chinese text file is in."""

from __future__ import annotations

import codecs

from charset_normalizer import from_bytes


def detect_encoding(sample: bytes) -> str:
    """utf-8, gb18030 or big5, from the first megabyte.

    A file that is UTF-8 but for some broken bytes must be called UTF-8, so that the broken row is
    reported; GB18030 accepts nearly any bytes and would turn the whole file into wrong characters.
    """
    if _decodes(sample, "utf-8"):
        return "utf-8"
    text = sample.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    right = sum(sign > "\x7f" for sign in text) - broken
    if right > broken:
        return "utf-8"
    candidates = [name for name in ("gb18030", "big5") if _decodes(sample, name)]
    if len(candidates) == 1:
        return candidates[0]
    best = from_bytes(sample, cp_isolation=candidates or ["gb18030", "big5"]).best()
    return "big5" if best is not None and best.encoding.startswith("big5") else "gb18030"


def _decodes(sample: bytes, encoding: str) -> bool:
    """Whether the sample is valid so far; its end may cut a character in two."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return False
    return True

"""A note 提示页 on a screen that may not show the wall: calm, readable from afar, never a login.

It goes on asking by itself, so that nobody has to touch the screen when it may show the wall again.
"""

from __future__ import annotations

from html import escape
from typing import Final

from starlette.responses import Response

from dashboard.words import word

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
_STYLE: Final = """
html { height: 100%; background: #0b1624; color: #e8eef6;
  font-family: "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", sans-serif; }
body { min-height: 100%; margin: 0; display: grid; place-content: center; gap: 2.4vmin;
  text-align: center; padding: 4vmin; box-sizing: border-box; }
h1 { font-size: 6vmin; font-weight: 500; margin: 0; }
p { font-size: max(3vmin, 1rem); margin: 0; color: #b6c4d6; }
b { color: #e8eef6; font-weight: 500; }
button { font: inherit; font-size: max(2.4vmin, 1rem); padding: .6em 1.4em; color: inherit;
  background: none; border: 1px solid #4a6079; border-radius: .4em; cursor: pointer; }
"""
KINDS: Final = ("revoked", "unknown", "unread", "missing", "elsewhere")


def note_page(kind: str, *, name: str, contact: str) -> Response:
    """403 with the note of a kind (503 while tokens cannot be read); ``name``: of the screen."""
    parts = [f"<h1>{_both(f'note.{kind}')[0]}</h1>", f"<p>{_both(f'note.{kind}')[1]}</p>"]
    if name:
        parts.append(f"<p>{word('note.screen', 'zh')} <b>{escape(name)}</b></p>")
    if kind == "elsewhere":
        zh, en = _both("note.leave")
        parts.append(f'<form method="post" action="/wall/leave"><button>{zh} {en}</button></form>')
        parts.append(f'<p><a href="/wall" style="color:inherit">{word("note.back", "zh")}</a></p>')
    else:
        parts.append(f"<p>{' · '.join(_both('note.ask', contact=escape(contact)))}</p>")
    script = "" if kind == "elsewhere" else '<script src="/assets/screen/note.js"></script>'
    html = (
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_both(f'note.{kind}')[0]}</title><style>{_STYLE}</style></head>"
        f'<body data-note="{kind}">{"".join(parts)}{script}</body></html>'
    )
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": _POLICY,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    status = 503 if kind == "unread" else 403
    return Response(html, status_code=status, media_type="text/html", headers=headers)


def _both(key: str, **values: str) -> tuple[str, str]:
    return word(key, "zh", **values), word(key, "en", **values)

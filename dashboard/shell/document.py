"""The HTML document 文档 around Dash: first paint, own scripts, then Dash's.

Nothing is inline and nothing comes from another machine, so a policy of ``script-src 'self'`` plus
Dash's own hashes holds. The application's ``interpolate_index`` hands Dash's parts over to
:func:`html_document`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Final

# Dash must not include our files by itself: it would put scripts after its own 700 KB, the chart
# library would delay the first numbers, and the addresses of styles would carry file times instead
# of fingerprints. Give this to ``Dash(assets_ignore=…)``.
ASSETS_IGNORE: Final = r".*\.(js|css)"
EARLY_SCRIPT: Final = "js/00_theme.js"


def own_scripts(assets: Path) -> list[str]:
    """Our scripts below ``assets`` in the order of their numbers, without the early one."""
    names = [f"js/{file.name}" for file in sorted((assets / "js").glob("*.js"))]
    return [name for name in names if name != EARLY_SCRIPT]


def own_styles(assets: Path) -> list[str]:
    """Our style sheets in ``assets`` in the order of their numbers."""
    return [file.name for file in sorted(assets.glob("*.css"))]


def html_document(
    *,
    title: str,
    lang: str,
    first_paint: str,
    styles: Sequence[str],
    scripts: Sequence[str],
    asset_url: Callable[[str], str],
    dash_parts: dict[str, str],
) -> str:
    """The whole document.

    ``first_paint`` is HTML (see ``dashboard.shell.first_paint``), ``styles`` and ``scripts`` are
    paths below the assets folder, ``asset_url`` makes an address of such a path (with a
    fingerprint), and ``dash_parts`` are the keyword arguments of ``Dash.interpolate_index``.
    """
    sheets = "\n".join(f'<link rel="stylesheet" href="{escape(asset_url(n))}">' for n in styles)
    own = "\n".join(f'<script src="{escape(asset_url(name))}"></script>' for name in scripts)
    return f"""<!DOCTYPE html>
<html lang="{"en" if lang == "en" else "zh-CN"}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="format-detection" content="telephone=no">
{dash_parts.get("metas", "")}
<title>{escape(title)}</title>
<link rel="icon" href="{escape(asset_url("icon.svg"))}" type="image/svg+xml">
<script src="{escape(asset_url(EARLY_SCRIPT))}"></script>
{sheets}
{dash_parts.get("css", "")}
</head>
<body data-plotly="{escape(asset_url("vendor/plotly-cartesian.min.js"))}" \
data-plotly-locale="{escape(asset_url("vendor/plotly-locale-zh-cn.js"))}">
{first_paint}
{own}
{dash_parts.get("app_entry", "")}
<footer>
{dash_parts.get("config", "")}
{dash_parts.get("scripts", "")}
{dash_parts.get("renderer", "")}
</footer>
</body>
</html>"""

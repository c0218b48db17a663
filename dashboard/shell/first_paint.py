"""First paint 首屏: a tree of Dash html components as plain HTML, before any script runs.

Dash sends an empty page that scripts fill. Here the same tree is written into the first answer, so
that numbers are readable at once and stay readable if the scripts never arrive. When Dash has drawn
its own copy, ``assets/js/90_start.js`` takes this one away in the same frame.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

import dash
from dash import dcc
from dash.development.base_component import Component

VOID: Final = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "wbr"})
NAMES: Final = {"className": "class", "htmlFor": "for", "tabIndex": "tabindex"}
# Known to Dash or React only; a browser has no use for them.
NOT_IN_HTML: Final = frozenset(
    {"children", "key", "n_clicks", "n_clicks_timestamp", "disable_n_clicks", "loading_state"}
)
_HUMP: Final = re.compile(r"(?<!^)(?=[A-Z])")


def first_paint(component: Component) -> str:
    """``component`` as HTML, wrapped so that the start script can find and remove it.

    Only html components are drawn, and stores, which draw nothing, are left out; any other (dcc,
    data tables) raises ``TypeError``, because the two copies of the page would differ.
    """
    return f'<div id="first-paint">{"".join(_html(component))}</div>'


def first_paint_at(path: str, query: Mapping[str, str]) -> str:
    """First paint of the registered page at ``path``, or of the page for addresses that are none.

    The page's layout is called with the path's variables and ``query``, as Dash itself does.
    """
    page, variables = dash._pages._path_to_page(path.strip("/"))
    page = page or _page_for_no_address()
    if not page:
        return ""
    layout = page["layout"]
    component = layout(**{**(variables or {}), **query}) if callable(layout) else layout
    return first_paint(component)


def is_page(path: str) -> bool:
    """Whether a registered page lives at ``path``."""
    return bool(dash._pages._path_to_page(path.strip("/"))[0])


def _page_for_no_address() -> Mapping[str, Any] | None:
    named = (page for name, page in dash.page_registry.items() if name.endswith("not_found_404"))
    return next(named, None)


def _html(node: Any) -> Iterator[str]:
    if node is None:
        return
    if isinstance(node, (list, tuple)):
        for child in node:
            yield from _html(child)
    elif isinstance(node, Component):
        if not isinstance(node, dcc.Store):
            yield from _element(node)
    elif isinstance(node, (str, int, float)):
        yield escape(str(node), quote=False)
    else:
        raise TypeError(f"cannot be written as HTML: {type(node).__name__}")


def _element(component: Component) -> Iterator[str]:
    if component._namespace != "dash_html_components":
        raise TypeError(f"first paint knows html components only, not {component._type}")
    tag = component._type.lower()
    yield f"<{tag}{''.join(_attributes(component))}>"
    if tag in VOID:
        return
    yield from _html(getattr(component, "children", None))
    yield f"</{tag}>"


def _attributes(component: Component) -> Iterator[str]:
    properties = component.to_plotly_json()["props"]
    for name, value in properties.items():
        if name in NOT_IN_HTML or value is None or value is False:
            continue
        if name == "style":
            if value:
                yield f' style="{escape(_css(value))}"'
        elif value is True and not name.startswith(("data-", "aria-")):
            yield f" {name.lower()}"
        else:
            text = str(value).lower() if isinstance(value, bool) else str(value)
            yield f' {NAMES.get(name, _lower(name))}="{escape(text)}"'


def _lower(name: str) -> str:
    return name if name.startswith(("data-", "aria-")) else name.lower()


def _css(style: Mapping[str, Any]) -> str:
    return ";".join(
        f"{name if name.startswith('--') else _HUMP.sub('-', name).lower()}:{value}"
        for name, value in style.items()
    )

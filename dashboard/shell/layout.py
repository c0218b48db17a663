"""What stands around every page in Dash: its place, the definition drawer, acting on cases."""

from __future__ import annotations

import dash
from dash import dcc, html

from dashboard.components import case_actions
from dashboard.shell.ids import Ids


def shell_layout() -> html.Div:
    """The application's layout; the drawer lies outside of the page, so refreshes never touch it.

    The drawer stays hidden until a script opens it; its texts come with the answer of the callback.
    """
    drawer = html.Aside(
        [
            html.Button("×", className="drawer-close", **{"data-drawer": "close"}),
            html.Div(
                [html.Div(id=Ids.DRAWER_FACTS), html.Div(id=Ids.DRAWER_CASES)],
                className="drawer-body",
            ),
        ],
        id=Ids.DRAWER,
        className="drawer",
        role="dialog",
        **{"aria-modal": "true", "data-open": "0", "aria-hidden": "true"},
    )
    return html.Div(
        [
            dash.page_container,
            html.Div(className="drawer-veil", **{"data-drawer": "close"}),
            drawer,
            dcc.Store(id=Ids.DRAWER_REQUEST),
            dcc.Store(id=case_actions.REQUEST),
            html.Div(id=case_actions.ANSWER, hidden=True),
        ]
    )

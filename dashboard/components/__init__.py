"""Parts of a screen 页面组件: pure functions from a board to Dash html components.

The same tree is rendered by Dash in the browser and by ``dashboard.shell.first_paint`` on the
server. Places that the live scripts refresh carry ``data-f`` (field) or a key such as ``data-kpi``,
``data-code`` or ``data-case``; the scripts in ``assets/js`` rely on these and on nothing else.
"""

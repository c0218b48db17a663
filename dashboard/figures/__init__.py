"""Figures 图表: plain dicts for plotly.js, drawn from plain values; no Dash, Flask or SQL here."""

"""The KPI catalogue and the arithmetic behind it: no Dash, no Flask, no Plotly, no SQL."""

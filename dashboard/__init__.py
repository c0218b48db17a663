"""What the product knows (KPIs, clocks, readings) and how it looks (figures, components, shell)."""

__version__ = "0.1.0"

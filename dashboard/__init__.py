"""What the product knows (KPIs, clocks, readings) and how it looks (figures, components, shell)."""

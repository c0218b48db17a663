"""Benchmarks of the product itself: ``./yiwang bench``. Figures and method: docs/benchmarks.md."""

"""Screens 页面: one module each with its registration and layout; they never import each other."""

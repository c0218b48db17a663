"""The demo city goes on living."""


def live() -> None:
    """To come."""

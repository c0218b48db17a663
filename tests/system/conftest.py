"""The demo city's store and a running product for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.product import Product, copied, demo_file, running


@pytest.fixture(scope="session")
def demo_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the small demo city; copy it, do not change it."""
    return demo_file(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="module")
def product(demo_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """Web and jobs on a store of this module alone."""
    folder = tmp_path_factory.mktemp("product")
    with running(folder, copied(demo_store, folder)) as made:
        yield made

"""The shelf: what is good is kept, what cannot be answered is not, and a failure is told once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from dashboard.readings.shelf import Document, NoAnswerError, Shelf, make_document
from tests.system.product import wait_until


def _made(version: int) -> Callable[[], Document]:
    return lambda: make_document({"n": version}, version=version)


def _broken() -> Document:
    raise RuntimeError("no tables")


def _unanswerable() -> Document:
    raise NoAnswerError("no such area")


def test_a_question_without_an_answer_is_never_covered_by_an_older_document() -> None:
    shelf = Shelf()
    shelf.get("a", 1, _made(1))
    with pytest.raises(NoAnswerError):
        shelf.get("a", 2, _unanswerable)


def test_questions_without_an_answer_take_no_place() -> None:
    shelf = Shelf()
    good = shelf.get("good", 1, _made(1))
    for number in range(5000):
        with pytest.raises(NoAnswerError):
            shelf.get(f"junk {number}", 1, _unanswerable)
    assert shelf.get("good", 1, _broken) is good


@pytest.mark.parametrize("was_good", [True, False])
def test_a_failure_is_logged_once_and_so_is_its_end(
    was_good: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    shelf = Shelf()
    good = shelf.get("a", 1, _made(1)) if was_good else None
    for _ in range(3):
        if good is None:
            with pytest.raises(RuntimeError):
                shelf.get("a", 2, _broken)
        else:
            assert shelf.get("a", 2, _broken) is good
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "no tables" in caplog.text
    assert shelf.get("a", 2, _made(2)).version == 2
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


def test_all_who_wait_share_one_failure() -> None:
    shelf, tries, waiters = Shelf(), [], 8
    here: set[int] = set()

    class Key:
        def __hash__(self) -> int:  # the shelf looks the key up before it waits
            here.add(threading.get_ident())
            return 1

    key = Key()

    def slow() -> Document:
        tries.append(1)
        wait_until(lambda: len(here) == waiters, what="all have asked")
        return _broken()

    def ask() -> str:
        try:
            shelf.get(key, 1, slow)
        except RuntimeError:
            return "failed"
        return "made"

    with ThreadPoolExecutor(waiters) as pool:
        answers = [pool.submit(ask) for _ in range(waiters)]
        assert {answer.result(10) for answer in answers} == {"failed"}
    assert len(tries) < waiters

"""Acting on cases in the store, on both engines: once, in order, numbered without gaps, audited."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import docx
import pytest
from docx.shared import Mm
from sqlalchemy import Engine, delete, insert, update
from sqlalchemy.exc import DBAPIError

from dashboard.lifecycle.supervision import Refusal
from dashboard.papers.notice import notice_docx
from dashboard.readings.acting import Outcome
from dashboard.readings.case_acting import perform
from dashboard.readings.case_acts import read_case_acts
from dashboard.readings.notice_papers import UnknownNoticeError, read_paper
from dashboard.readings.reader import Reader
from dashboard.readings.scope import OutsideScopeError, Scope
from dashboard.readings.thresholds import EditingOffError
from dashboard.settings import Settings
from data_access.actions import take_number
from data_access.engine import begin_write
from data_access.tables import (
    audit_log,
    case_remarks,
    cases,
    grid_tasks,
    notices,
    supervisions,
)
from jobs.rebuild_rollups import rebuild
from tests.store.history import plant_city
from tests.store.office import NOW, Office

SUPERVISE = {"kind": "overtime", "level": "2", "reason": "超期未结", "requirement": "限期办结"}


@pytest.fixture
def office(engine: Engine, settings: Settings) -> Iterator[Office]:
    plant_city(engine)
    with begin_write(engine) as connection:
        for case_id in (1, 2):
            connection.execute(
                insert(cases).values(
                    case_id=case_id, case_code=f"C{case_id}", source_id=1,
                    source_ref=str(case_id), category_id=1, area_id=7, department_id=1,
                    state="handling", title="井盖破损", reported_at=NOW - timedelta(days=9),
                    accepted_at=NOW - timedelta(days=9), filed_at=NOW - timedelta(days=9),
                    deadline_at=NOW - timedelta(hours=30), ingested_at=NOW, updated_at=NOW,
                )
            )  # fmt: skip
    rebuild(engine, settings=settings, now=NOW)
    yield Office(engine, replace(settings, editing=True))


def test_from_a_supervision_to_its_end(office: Office) -> None:
    issued = office.press("supervise", **SUPERVISE)
    assert issued.is_done and issued.values == {"number": "督办通知〔2026〕第1号"}
    (row,) = office.rows(supervisions)
    assert (row.code, row.level) == ("督办通知〔2026〕第1号", 2)
    assert row.reply_due_at == NOW + timedelta(days=1)  # one working day, Thursday 10:00
    assert office.rows(cases)[0].supervise_level == 2
    subject = str(row.supervision_id)
    early = office.press("resolve", subject=subject, resolution="resolved")
    assert early.refused is Refusal.NO_REPLY
    office.now += timedelta(hours=3)
    assert office.press("reply", subject=subject, text="今日完成更换").is_done
    again = office.press("reply", subject=subject, text="又一次")
    assert again.refused is Refusal.REPLIED
    assert office.press("resolve", subject=subject, resolution="resolved", text="已复核").is_done
    assert office.rows(cases)[0].supervise_level == 0
    (row,) = office.rows(supervisions)
    assert (row.resolution, row.resolved_by, row.reply) == ("resolved", "王科长", "今日完成更换")
    acts = read_case_acts(office.reader, 1, "zh")
    assert acts is not None and [one.state for one in acts.items] == ["已核销"]
    assert [one.action for one in acts.trail] == ["核销督办", "登记反馈", "发出督办"]
    assert acts.trail[0].changes[-1] == ("督办级别", "加急督办", "0")
    assert {one.origin for one in acts.trail} == {"10.0.0.7 Chromium"}


def test_the_level_follows_the_most_serious_of_several(office: Office) -> None:
    office.press("supervise", **SUPERVISE)
    office.press("supervise", **SUPERVISE | {"kind": "leader", "level": "3"})
    assert office.rows(cases)[0].supervise_level == 3
    same = office.press("supervise", **SUPERVISE)
    assert same.refused is Refusal.SAME_KIND
    listed = office.rows(supervisions)[1].supervision_id
    unexplained = office.press("resolve", subject=str(listed), resolution="withdrawn")
    assert unexplained.wrong == {"text": "form.wrong.missing"}
    done = office.press("resolve", subject=str(listed), resolution="withdrawn", text="误发")
    assert done.is_done and office.rows(cases)[0].supervise_level == 2


def test_reminders_notes_marks_and_acknowledgements(office: Office) -> None:
    assert office.press("remind", text="请抓紧").is_done
    assert office.press("note", text="已电话联系").is_done
    assert office.press("acknowledge").is_done
    assert office.press("note").wrong == {"text": "form.wrong.missing"}
    assert office.press("typical", text="处置及时").said == "act.said.typical"
    assert office.rows(cases)[0].is_typical
    assert office.press("typical").said == "act.said.untypical"
    acts = read_case_acts(office.reader, 1, "zh")
    assert acts is not None
    assert dict(acts.target.seen) == {
        "reminder": 1, "note": 1, "acknowledgement": 1, "supervision": 0, "task": 0,
    }  # fmt: skip
    assert [one.name for one in acts.remarks] == ["知悉", "备注", "催办"]
    assert acts.remarks[-1].notice == "催办通知〔2026〕第1号"
    assert acts.trail[0].changes == (("典型案例", "是", "否"),)


def test_a_task_goes_to_a_grid_and_comes_back(office: Office) -> None:
    task = {"area": "A07", "matter": "现场设置围挡", "due": "2026-11-19T18:00"}
    assert office.press("task", **task).values == {"number": "任务通知〔2026〕第1号"}
    (row,) = office.rows(grid_tasks)
    assert row.due_at == datetime(2026, 11, 19, 10, 0, tzinfo=UTC)  # 18:00 city time
    subject = str(row.task_id)
    assert office.press("acknowledge_task", subject=subject).is_done
    assert office.press("acknowledge_task", subject=subject).refused is Refusal.ACKNOWLEDGED
    assert office.press("finish_task", subject=subject, text="已设置").is_done
    assert office.press("finish_task", subject=subject, text="已设置").refused is Refusal.DONE
    without_case = office.press("task", "", **task)
    assert without_case.values == {"number": "任务通知〔2026〕第2号"}
    at_once = office.rows(grid_tasks)[1].task_id
    assert office.press("finish_task", "", subject=str(at_once), text="好").is_done
    done = office.rows(grid_tasks)[1]
    assert done.acknowledged_at == done.done_at and done.case_id is None
    wrong = {"area": "A02", "matter": "", "due": "2026-11-18T09:00"}  # no grid, nothing, past
    assert office.press("task", **wrong).wrong == {
        "area": "act.wrong.area", "matter": "form.wrong.missing", "due": "act.wrong.due",
    }  # fmt: skip


def test_nothing_is_done_to_closed_cases_by_nobody_or_with_editing_off(
    office: Office, settings: Settings
) -> None:
    with begin_write(office.engine) as connection:
        connection.execute(update(cases).where(cases.c.case_id == 2).values(closed_at=NOW))
    assert office.press("remind", 2).refused is Refusal.CASE_OVER
    assert office.press("supervise", 2, **SUPERVISE).refused is Refusal.CASE_OVER
    assert office.press("remind", actor=" ").wrong == {"actor": "form.wrong.missing"}
    assert office.press("remind", text="\x00").wrong == {"text": "form.wrong.long"}
    assert office.press("remind", key="").wrong == {"action": "act.wrong.request"}
    assert office.press("unheard").wrong == {"action": "act.wrong.request"}
    for case_id in ("9", "-1", "1e3", "１", "9" * 30):
        sent = {"action": "remind", "case_id": case_id, "actor": "a", "key": "12345678"}
        assert perform(office.reader, sent, origin="").wrong == {"action": "act.wrong.case"}
    outside = Scope(tops=(3,))
    sent = {"action": "remind", "case_id": "1", "actor": "a", "key": "12345678"}
    assert not perform(office.reader, sent, origin="", scope=outside).is_done
    off = Reader(office.engine, replace(settings, editing=False), build="t", now=lambda: NOW)
    with pytest.raises(EditingOffError):
        perform(off, {"action": "remind"}, origin="")
    assert office.count(audit_log) == office.count(case_remarks) == office.count(notices) == 0


def at_once(work: list[Callable[[], Outcome]]) -> list[Outcome]:
    with ThreadPoolExecutor(len(work)) as pool:
        return [future.result() for future in [pool.submit(one) for one in work]]


@pytest.mark.parametrize("action", ["remind", "supervise", "task", "acknowledge"])
def test_a_double_click_acts_once(office: Office, action: str) -> None:
    fields = SUPERVISE | {"area": "A07", "matter": "围挡", "due": "2026-11-19T18:00"}
    sent = {
        "action": action, "case_id": "1", "actor": "李", "key": "same-press-of-a-button",
        "seen_reminder": "0", "seen_supervision": "0", "seen_task": "0",
        "seen_acknowledgement": "0", **fields,
    }  # fmt: skip
    found = at_once([lambda: perform(office.reader, sent, origin="x")] * 6)
    assert all(one.is_done for one in found)
    assert [one.said for one in found].count("act.said.already") == 5
    assert office.count(audit_log) == 1
    made = [office.count(one) for one in (case_remarks, supervisions, grid_tasks)]
    assert sum(made) == 1


@pytest.mark.parametrize("action", ["remind", "supervise", "task"])
def test_of_two_people_at_once_one_acts(office: Office, action: str) -> None:
    fields = {"area": "A07", "matter": "围挡", "due": "2026-11-19T18:00", "reason": "超期",
              "requirement": "办", "level": "1", "seen_reminder": "0", "seen_supervision": "0",
              "seen_task": "0"}  # fmt: skip

    def person(number: int) -> Callable[[], Outcome]:
        kind = ("overtime", "leader", "key")[number % 3]
        sent = {"action": action, "case_id": "1", "actor": f"人{number}", "kind": kind,
                "key": f"person-{number}-pressed", **fields}  # fmt: skip
        return lambda: perform(office.reader, sent, origin="x")

    found = at_once([person(number) for number in range(6)])
    assert sorted(one.is_done for one in found) == [False] * 5 + [True]
    assert {one.refused for one in found if not one.is_done} == {Refusal.MOVED}
    assert office.count(audit_log) == office.count(notices) == 1


def test_of_two_answers_at_once_one_is_kept(office: Office) -> None:
    office.press("supervise", **SUPERVISE)
    subject = str(office.rows(supervisions)[0].supervision_id)

    def answer(number: int) -> Callable[[], Outcome]:
        sent = {"action": "reply", "case_id": "1", "actor": f"人{number}", "subject": subject,
                "key": f"answer-{number}", "text": f"答复{number}"}  # fmt: skip
        return lambda: perform(office.reader, sent, origin="x")

    found = at_once([answer(number) for number in range(4)])
    assert sum(one.is_done for one in found) == 1
    assert office.count(audit_log) == 2


def test_numbers_have_no_gap_under_concurrency(office: Office) -> None:
    """Some transactions are rolled back after taking a number; it is given to the next."""

    def take(number: int) -> None:
        for turn in range(5):
            try:
                with begin_write(office.engine) as connection:
                    taken = take_number(connection, "supervision", 2026)
                    if (number + turn) % 3 == 0:
                        raise InterruptedError
                    connection.execute(
                        insert(notices).values(
                            kind="supervision", year=2026, number=taken,
                            subject_id=number * 100 + turn, issued_at=NOW, content="{}",
                        )
                    )  # fmt: skip
            except InterruptedError:
                continue

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(take, range(6)))
    given = sorted(row.number for row in office.rows(notices))
    assert len(given) == 20 and given == list(range(1, 21))
    with begin_write(office.engine) as connection:
        assert take_number(connection, "supervision", 2027) == 1
        assert take_number(connection, "reminder", 2026) == 1


def test_the_year_of_a_number_is_the_citys(office: Office) -> None:
    office.now = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)  # 01:00 on New Year's Day
    assert office.press("remind").values == {"number": "催办通知〔2027〕第1号"}


def test_the_audit_cannot_be_changed(office: Office) -> None:
    office.press("remind")
    for statement in (update(audit_log).values(actor="别人"), delete(audit_log)):
        with pytest.raises(DBAPIError), begin_write(office.engine) as connection:
            connection.execute(statement)
    assert [row.actor for row in office.rows(audit_log)] == ["王科长"]


def test_a_failure_leaves_neither_the_act_nor_its_audit(office: Office) -> None:
    office.press("remind", key="taken-by-a-reminder")
    sent = {"action": "acknowledge_task", "actor": "a", "key": "taken-by-a-reminder",
            "subject": "1"}  # fmt: skip
    assert perform(office.reader, sent, origin="").wrong == {"action": "act.wrong.subject"}
    other = office.press("supervise", 2, key="taken-by-a-reminder", **SUPERVISE)
    assert other.said == "act.said.already"
    assert office.count(supervisions) == 0 and office.count(audit_log) == 1


def test_the_notice_is_an_official_paper(office: Office) -> None:
    office.press("supervise", **SUPERVISE)
    notice = office.rows(notices)[0].notice_id
    subject = str(office.rows(supervisions)[0].supervision_id)
    number, paper = read_paper(office.reader, notice)
    assert dict(paper["rows"])["反馈情况"] == ""
    with begin_write(office.engine) as connection:  # the case goes on; the paper stays as issued
        connection.execute(update(cases).values(title="别的", department_id=2))
    office.press("reply", subject=subject, text="今日完成更换")
    number, paper = read_paper(office.reader, notice)
    made = docx.Document(BytesIO(notice_docx(paper, at=paper["issued_at"])))
    lines = [one.text for one in made.paragraphs]
    assert lines[0] == "督办通知" and lines[1] == number == "督办通知〔2026〕第1号"
    assert "局1：" in lines and lines[-1] == "2026年11月18日"
    (table,) = made.tables
    told = {row.cells[0].text: row.cells[1].text for row in table.rows}
    assert told["督办类型及级别"] == "超时督办 · 加急督办"
    assert told["事项摘要"] == "井盖破损" and told["案件"].endswith("C1")
    assert told["已超时长"] == "1天6小时"
    assert told["反馈（完成）时限"] == "2026年11月19日10时00分"
    assert told["反馈情况"].startswith("今日完成更换（王科长，2026年11月18日") and "核销" in told
    section = made.sections[0]
    measures = (section.page_width, section.top_margin, section.left_margin, section.right_margin)
    assert [round(one / Mm(1)) for one in measures if one] == [210, 37, 28, 26]
    xml = made.paragraphs[0]._p.xml
    assert 'w:eastAsia="方正小标宋简体"' in xml and 'w:sz w:val="44"' in xml
    fonts = next(
        part.blob.decode()
        for part in made.part.package.iter_parts()
        if str(part.partname) == "/word/fontTable.xml"
    )
    assert 'w:name="仿宋"><w:altName w:val="FangSong' in fonts


def test_what_another_program_wrote_is_shown_as_it_stands(office: Office) -> None:
    with begin_write(office.engine) as connection:
        connection.execute(
            insert(supervisions).values(
                case_id=1, code="S-1", kind="media", level=9, issued_at=NOW, reason=None
            )
        )
    acts = read_case_acts(office.reader, 1, "en")
    assert acts is not None
    (item,) = acts.items
    assert (item.title, item.notice, item.notice_id) == ("media · 9", "S-1", None)
    assert read_case_acts(office.reader, 99, "zh") is None


def test_a_paper_is_only_for_whom_it_is(office: Office, settings: Settings) -> None:
    office.press("task", "", area="A07", matter="巡查", due="2026-11-19T18:00")
    notice = office.rows(notices)[0].notice_id
    assert read_paper(office.reader, notice)[1]["recipient"] == "区域2区域4区域7"
    assert read_paper(office.reader, notice, scope=Scope(tops=(2,)))
    with pytest.raises(OutsideScopeError):
        read_paper(office.reader, notice, scope=Scope(tops=(3,)))
    with pytest.raises(UnknownNoticeError):
        read_paper(office.reader, 99)
    off = Reader(office.engine, replace(settings, editing=False), build="t", now=lambda: NOW)
    with pytest.raises(EditingOffError):
        read_paper(off, notice)

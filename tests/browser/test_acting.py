"""From the red number on the board to a 督办 and its end; from a dissatisfied citizen to rework."""

from __future__ import annotations

import json
import sqlite3
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest

from tests.browser.visit import Visit
from tests.system.product import Product, file_of, query

pytestmark = pytest.mark.browser

_OPEN = """
SELECT c.case_id, c.case_code FROM cases c JOIN areas a ON a.area_id = c.area_id
WHERE c.closed_at IS NULL AND c.voided_at IS NULL AND c.accepted_at IS NOT NULL
AND c.state = 'handling' AND a.kind = 'general' AND c.department_id IS NOT NULL
ORDER BY c.case_id LIMIT 2
"""


def change(product: Product, statement: str, *values: Any) -> None:
    """Write past the product, as another program would."""
    with sqlite3.connect(file_of(product.database_url), timeout=30) as connection:
        connection.execute(statement, values)
    connection.close()


@pytest.fixture(scope="module")
def late(editable_product: Product) -> list[Any]:
    """Two cases, the only ones past their deadline: (case id, code)."""
    change(editable_product, "DELETE FROM supervisions")
    found = query(editable_product.database_url, _OPEN)
    assert len(found) == 2
    past = int(time.time() * 1000) - 30 * 3_600_000
    change(
        editable_product,
        "UPDATE cases SET deadline_at = NULL, due_soon_at = NULL, deadline_handle_at = NULL"
        " WHERE closed_at IS NULL AND deadline_at < ?",
        past + 40 * 3_600_000,
    )
    for number, (case_id, _) in enumerate(found):
        change(
            editable_product,
            "UPDATE cases SET deadline_at = ?, timeout_exempt = 0, supervise_level = 0"
            " WHERE case_id = ?",
            past + number,
            case_id,
        )
        change(editable_product, "DELETE FROM case_suspensions WHERE case_id = ?", case_id)
    return found


def send(visit: Visit, act: str, **fields: str) -> None:
    """Fill the open form and send it."""
    form = visit.page.locator(f'#_pages_content [data-act-form="{act}"] form')
    for name, text in fields.items():
        field = form.locator(f'[name="{name}"]')
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(text)
        else:
            field.fill(text)
    form.locator("button[type=submit]").click()


def until_rows(visit: Visit, count: int) -> None:
    """Wait for the list with so many rows, as many as its tab says."""
    script = """(count) => yiwang.root().dataset.page === "overdue"
      && document.querySelectorAll("#_pages_content tr[data-case]").length === count
      && document.querySelector('#_pages_content [data-tab="overdue"]').dataset.count
        === String(count)"""
    visit.until(script, count, what=f"a worklist of {count}")


def supervised(visit: Visit) -> str:
    """What the tab 督办中 counts."""
    tab = visit.page.locator('#_pages_content [data-tab="supervised"]')
    return tab.get_attribute("data-count") or ""


def until_item(visit: Visit, code: str, state: str) -> None:
    """Wait for the state of the open 督办 in the row of a case, "" for none."""
    script = """([code, state]) => {
      const rows = Array.from(document.querySelectorAll("#_pages_content tr[data-case]"));
      const row = rows.find((one) => one.textContent.includes(code));
      const shown = row && row.querySelector('[data-item^="supervision"] .act-state');
      const box = document.querySelector("#_pages_content .act-dialog.is-open");
      return row && !box && (shown ? shown.textContent : "") === state;
    }"""
    visit.until(script, [code, state], what=f"{code} is {state!r}")


def test_from_the_red_number_to_the_end_of_a_supervision(
    visitor: Callable[..., Visit], editable_product: Product, late: list[Any], tmp_path: Path
) -> None:
    case_id, code = late[0]
    visit = visitor(editable_product)
    visit.open("/")
    visit.until_tile("case.overdue", "2")
    visit.open_definition("case.overdue")
    visit.page.click("#definition-drawer .drawer-work")
    until_rows(visit, 2)

    own = visit.page.locator(f'#_pages_content tr[data-case="{case_id}"]')
    own.locator('[data-act="supervise"]').click()
    send(visit, "supervise", level="2", reason="超期未结", requirement="三日内办结", actor="")
    visit.until(
        "() => document.querySelector('[data-act-form=supervise] [data-wrong-of=actor]').innerText",
        what="the name is asked for",
    )
    send(visit, "supervise", actor="王科长")
    until_item(visit, code, "待反馈")
    assert supervised(visit) == "1"
    assert query(editable_product.database_url, _LEVEL.format(case_id)) == [(2,)]

    with visit.page.expect_download() as waiting:
        own.locator("[data-notice]").click()
    file = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(file)
    assert file.name.startswith("督办通知〔") and file.name.endswith("〕第1号.docx")
    made = docx.Document(str(file))
    assert [one.text for one in made.paragraphs][:2] == ["督办通知", file.stem]
    told = {row.cells[0].text: row.cells[1].text for row in made.tables[0].rows}
    assert told["案件"].endswith(code) and told["办理要求"] == "三日内办结"

    own.locator('[data-act="reply"]').click()
    kept = visit.page.locator('#_pages_content [data-act-form="reply"] [name="actor"]')
    assert kept.input_value() == "王科长"
    send(visit, "reply", text="明日完成")
    until_item(visit, code, "已反馈")
    own.locator('[data-act="resolve"]').click()
    send(visit, "resolve", text="已复核")
    until_item(visit, code, "")
    assert supervised(visit) == "0"
    assert query(editable_product.database_url, _LEVEL.format(case_id)) == [(0,)]
    trail = query(editable_product.database_url, "SELECT action, actor FROM audit_log ORDER BY 1")
    assert trail == [("reply", "王科长"), ("resolved", "王科长"), ("supervise", "王科长")]

    change(
        editable_product,
        "UPDATE cases SET state = 'closed', closed_at = ? WHERE case_id = ?",
        int(time.time() * 1000),
        case_id,
    )
    visit.open("/")
    visit.until_tile("case.overdue", "1")
    visit.page.locator("#_pages_content .card-overdue a.link-inline").click()
    until_rows(visit, 1)


_LEVEL = "SELECT supervise_level FROM cases WHERE case_id = {}"


def test_a_reminder_and_a_task_stand_on_the_page_of_their_case(
    visitor: Callable[..., Visit], editable_product: Product, late: list[Any]
) -> None:
    case_id, _ = late[1]
    visit = visitor(editable_product, viewport={"width": 360, "height": 740})
    visit.open("/overdue")
    assert visit.value("() => document.documentElement.scrollWidth") == 360
    own = visit.page.locator(f'#_pages_content tr[data-case="{case_id}"]')
    own.locator('[data-act="remind"]').click()
    send(visit, "remind", text="请抓紧", actor="李主任")
    visit.until(
        "(id) => document.querySelector(`tr[data-case='${id}'] [data-reminders='1']`)",
        case_id,
        what="one reminder",
    )
    own.locator('[data-act="task"]').click()
    send(visit, "task", matter="现场设置围挡")
    visit.until("() => document.querySelector('[data-item^=task]')", what="the task")
    visit.page.click(f"#_pages_content tr[data-case='{case_id}'] a.code")
    visit.until("() => document.querySelector('#_pages_content #acts')", what="the case's page")
    text = visit.page.locator("#_pages_content #acts").inner_text()
    for told in ("现场设置围挡", "请抓紧", "催办通知〔", "发出催办", "下发任务", "李主任"):
        assert told in text
    visit.page.click('#_pages_content #acts [data-act="finish_task"]')
    send(visit, "finish_task", text="已设置")
    visit.until(
        "() => document.querySelector('#acts [data-item^=task]').textContent.includes('已完成')",
        what="the task is done",
    )


_CLOSED = """
SELECT c.case_id, c.case_code FROM cases c JOIN sources s ON s.source_id = c.source_id
WHERE c.state = 'closed' AND c.cycle_no = 1 AND c.department_id IS NOT NULL
AND c.limit_kind IS NOT NULL AND s.kind = 'hotline'
AND NOT EXISTS (SELECT 1 FROM callbacks b WHERE b.case_id = c.case_id)
ORDER BY c.closed_at DESC LIMIT 1
"""
_CALL = (
    "INSERT INTO callbacks (case_id, visited_at, is_valid, is_contacted, is_solved, answer)"
    " VALUES (?, ?, 1, 1, ?, ?)"
)


def until_stage(visit: Visit, case_id: int, stage: str, *more: str) -> None:
    """Wait until the work list of the dissatisfied has the case in this stage, and says so."""
    script = """([id, stage, ...more]) => {
      const list = document.querySelector("#_pages_content [data-part=rework]");
      const row = list.querySelector(`tr[data-case='${id}']`);
      const told = row ? row.textContent : "";
      return [stage, ...more].every((text) => told.includes(text));
    }"""
    visit.until(script, [case_id, stage, *more], what=f"{case_id} is {stage}")


def until_other(visit: Visit, kpi: str, before: str) -> str:
    """Wait until a tile shows something else than before; what it shows."""
    script = """([kpi, before]) => {
      const shown = document.querySelector(
        `#_pages_content .tile[data-kpi="${kpi}"] [data-f="text"]`).textContent;
      return shown !== before && shown;
    }"""
    return str(visit.until(script, [kpi, before], what=f"{kpi} is not {before!r} any more"))


def test_a_dissatisfied_citizen_sends_the_case_back_and_the_numbers_follow(
    visitor: Callable[..., Visit], editable_product: Product
) -> None:
    [(case_id, code)] = query(editable_product.database_url, _CLOSED)
    board, visit = visitor(editable_product), visitor(editable_product)
    board.open("/")
    visit.open("/satisfaction?window=d7")
    for one in (board, visit):
        one.value("() => { window.mark = 'same page'; }")
    stock, solved = int(board.tile("case.open").replace(",", "")), visit.tile("visit.solution_rate")

    change(editable_product, _CALL, case_id, int(time.time() * 1000), 0, "dissatisfied")
    until_stage(visit, case_id, "未退回重办", "不满意", "已结案")
    solved = until_other(visit, "visit.solution_rate", solved)
    assert visit.value("() => window.mark") == "same page"

    row = visit.page.locator(f'#_pages_content tr[data-case="{case_id}"]')
    row.locator('[data-act="send_back"]').click()
    send(visit, "send_back", text="仍有异味", actor="王科长")
    until_stage(visit, case_id, "重办中", "退回重办", "第 2 轮")
    assert row.locator("[data-act]").count() == 0
    board.until_tile("case.open", f"{stock + 1:,}")
    [(state, cycle)] = query(editable_product.database_url, _STATE.format(case_id))
    assert (state, cycle) == ("rework", 2)
    assert code in editable_product.get("/cases?state=rework&by=any").body.decode()

    now, reworked = int(time.time() * 1000), visit.tile("case.rework_rate")
    change(
        editable_product,
        "UPDATE cases SET state = 'closed', closed_at = ?, handled_at = ? WHERE case_id = ?",
        now, now, case_id,
    )  # fmt: skip
    until_stage(visit, case_id, "待再回访", "已结案")
    until_other(visit, "case.rework_rate", reworked)
    change(editable_product, _CALL, case_id, int(time.time() * 1000), 1, "satisfied")
    until_stage(visit, case_id, "已再评价", "已结案", "满意")
    until_other(visit, "visit.solution_rate", solved)
    board.until_tile("case.open", f"{stock:,}")
    assert board.value("() => window.mark") == "same page"


_STATE = "SELECT state, cycle_no FROM cases WHERE case_id = {}"


def test_nothing_can_be_done_without_the_right(visit: Visit, quiet_product: Product) -> None:
    visit.open("/overdue?tab=suspended")
    assert visit.page.locator("#_pages_content tr[data-case]").count() > 0
    assert visit.page.locator("#_pages_content [data-act]").count() == 0
    assert visit.page.locator("#_pages_content .editing-note").is_visible()
    assert quiet_product.get("/api/notices/1.docx").status == 403


def test_another_sites_page_cannot_act(editable_product: Product, late: list[Any]) -> None:
    fields = {"action": "note", "case_id": str(late[1][0]), "actor": "x", "text": "y"}
    asked = {
        "output": "act-answer.children",
        "outputs": {"id": "act-answer", "property": "children"},
        "inputs": [{"id": "act-request", "property": "data", "value": fields | {"key": "k" * 9}}],
        "changedPropIds": ["act-request.data"],
    }

    def post(**headers: str) -> str:
        request = urllib.request.Request(
            f"{editable_product.base}/_dash-update-component",
            json.dumps(asked).encode(),
            {"Content-Type": "application/json", **headers},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return str(answer.read().decode())

    notes = "SELECT count(*) FROM case_remarks WHERE kind = 'note'"
    assert '"refused"' in post(Origin="http://evil.example")
    assert '"refused"' in post()
    assert query(editable_product.database_url, notes) == [(0,)]
    assert '"saved"' in post(Origin=editable_product.base)
    assert query(editable_product.database_url, notes) == [(1,)]

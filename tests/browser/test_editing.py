"""Editing thresholds and the working calendar in the browser, and what every page then says."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.browser.visit import Visit
from tests.system.product import Product, query, wait_until

pytestmark = pytest.mark.browser

RATE = "case.on_time_closure_rate"
CITY = ZoneInfo("Asia/Shanghai")
_LEVEL = """(kpi) => /lv-(\\w+)/.exec(document.querySelector(
  `#_pages_content .tile[data-kpi="${kpi}"]`).className)[1]"""
_SAID = "#_pages_content form[data-request] [data-said]"


def _fill(visit: Visit, form: int, **values: str) -> None:
    """Type into the inputs of the page's form of this number; "on" and "" tick and clear boxes."""
    fields = visit.page.locator("#_pages_content form[data-request]").nth(form)
    for name, value in values.items():
        field = fields.locator(f'[name="{name}"]')
        if field.evaluate("(one) => one.tagName") == "SELECT":
            field.select_option(value)
        elif field.get_attribute("type") == "checkbox":
            field.set_checked(value == "on")
        else:
            field.fill(value)


def _save(visit: Visit, form: int = 0) -> None:
    visit.page.locator("#_pages_content form[data-request]").nth(form).locator("button").click()


def _saved(visit: Visit, text: str) -> None:
    """Wait until the page says that it was saved and stands there anew."""
    visit.until(
        "(text) => (document.querySelector('.toast:not(.away)')?.textContent || '').includes(text)",
        text,
        what=f"saved: {text}",
    )
    visit.until(
        "() => !document.querySelector('#_pages_content .is-leaving')", what="the page stands anew"
    )


def test_a_new_threshold_changes_the_judgement_on_an_open_board(
    visitor: Callable[..., Visit], editable_product: Product
) -> None:
    leader, editor = visitor(editable_product), visitor(editable_product)
    leader.open("/?window=d365")
    before = leader.value(_LEVEL, RATE)
    leader.value("() => { window.mark = 'same page'; }")
    editor.open(f"/kpis/{RATE}?window=d365")
    good, level = ("0", "good") if before != "good" else ("100", "bad")
    _fill(editor, 0, good=good, warn=good, document="城管办〔2026〕12号", entered_by="张三")
    _save(editor)
    _saved(editor, "第 1 版")
    version = editor.page.locator('#_pages_content [data-version-of="1"]')
    assert "现行" in version.inner_text()
    assert "城管办〔2026〕12号" in version.inner_text()
    assert "已被替代" in editor.page.locator('[data-version-of="0"]').inner_text()
    changed = f"([kpi, level]) => ({_LEVEL})(kpi) === level"
    leader.until(changed, [RATE, level], what=f"the board judges it {level}")
    assert leader.value("() => window.mark") == "same page"
    total = leader.page.locator(f'#_pages_content [data-total] td[data-col="{RATE}"]')
    assert f"lv-{level}" in (total.get_attribute("class") or "")
    editor.open(f"/kpis?window=d365&level={level}")
    assert editor.page.locator(f'#_pages_content [data-row="{RATE}"]').is_visible()
    leader.open_definition(RATE)
    assert "本市规定" in leader.page.locator("#definition-facts").inner_text() or (
        "第 1 版" in leader.page.locator("#definition-facts").inner_text()
    )


def test_mistakes_are_said_at_their_field_and_nothing_is_saved(
    visitor: Callable[..., Visit], editable_product: Product
) -> None:
    visit = visitor(editable_product)
    kpi = "case.overdue"  # lower is better
    visit.open(f"/kpis/{kpi}")
    _fill(
        visit, 0, good="5", warn="2", effective_on="2020-01-01", document="依据", entered_by="李四"
    )
    _save(visit)
    visit.until("(said) => document.querySelector(said).dataset.result === 'refused'", _SAID,
                what="refused")  # fmt: skip
    form = visit.page.locator("#_pages_content form[data-request]")
    assert "越低越好" in form.locator('[data-wrong-of="warn"]').inner_text()
    assert "早于今天" in form.locator('[data-wrong-of="effective_on"]').inner_text()
    assert form.locator('[data-wrong-of="good"]').inner_text() == ""
    assert visit.value("() => document.activeElement.name") == "warn"
    assert query(editable_product.database_url, _COUNT % kpi) == [(0,)]
    _fill(visit, 0, warn="9", is_past_meant="on")  # what was typed is still there
    _save(visit)
    _saved(visit, "第 1 版")
    [row] = query(editable_product.database_url, _ROW % kpi)
    assert row == ("5", "9", "2020-01-01", "依据", "李四")


_COUNT = "SELECT count(*) FROM kpi_thresholds WHERE kpi_key = '%s'"
_ROW = (
    "SELECT good, warn, effective_on, document, entered_by FROM kpi_thresholds WHERE kpi_key = '%s'"
)


def test_another_site_cannot_send_the_form(editable_product: Product) -> None:
    def send(**headers: str) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", editable_product.port, timeout=30)
        data = {
            "kpi_key": "case.rework_rate", "good": "1", "warn": "2", "document": "x",
            "entered_by": "x", "effective_on": "2099-01-01", "asked": "1",
        }  # fmt: skip
        body = {
            "output": "threshold-answer.children",
            "outputs": {"id": "threshold-answer", "property": "children"},
            "inputs": [{"id": "threshold-request", "property": "data", "value": data}],
            "changedPropIds": ["threshold-request.data"],
        }
        try:
            sent = {"Content-Type": "application/json", **headers}
            connection.request("POST", "/_dash-update-component", json.dumps(body), sent)
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    for headers in (
        {},
        {"Origin": "http://evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": editable_product.base},
    ):
        assert '"refused"' in send(**headers), headers
    assert query(editable_product.database_url, _COUNT % "case.rework_rate") == [(0,)]
    assert '"saved"' in send(Origin=editable_product.base)
    assert query(editable_product.database_url, _COUNT % "case.rework_rate") == [(1,)]


def test_days_off_move_open_deadlines_and_leave_a_record(
    visitor: Callable[..., Visit], editable_product: Product
) -> None:
    visit = visitor(editable_product)
    today = datetime.now(CITY).date()
    first = today + timedelta(days=1)
    visit.open(f"/calendar?year={first.year}")
    visit.page.click(f'#_pages_content [data-day="{first}"]')
    form = visit.page.locator("#_pages_content form[data-request]").first
    assert form.locator('[name="from_on"]').input_value() == str(first)
    last = first + timedelta(days=29)
    _fill(visit, 0, to_on=str(last), kind="holiday", name="停工", entered_by="王五")
    _save(visit)
    _saved(visit, "天有变化")
    cell = visit.page.locator(f'#_pages_content [data-day="{first}"]')
    assert cell.get_attribute("data-kind") == "holiday"
    assert "停工" in (cell.get_attribute("title") or "")
    moved = "SELECT count(DISTINCT case_id) FROM deadline_changes WHERE reason = 'calendar'"
    wait_until(
        lambda: query(editable_product.database_url, moved)[0][0],
        what="open deadlines follow the calendar",
    )
    visit.page.reload()
    visit.until("() => document.querySelector('#_pages_content [data-moved]')", what="the record")
    shown = visit.page.locator("#_pages_content [data-moved]").first.get_attribute("data-moved")
    assert int(shown or 0) > 0


def test_an_entered_year_takes_its_warning_from_an_open_board(
    visitor: Callable[..., Visit], editable_product: Product
) -> None:
    board, editor = visitor(editable_product), visitor(editable_product)
    year = datetime.now(CITY).year
    for missing in (year, year + 1):
        editor.open(f"/calendar?year={missing}")
        heading = editor.page.locator("#_pages_content .calendar-state")
        if heading.locator(".state-good").count():
            _fill(editor, 1, document="重新核对", entered_by="王五")
            _save(editor, 1)
            _saved(editor, "未录入")
    board.open("/?window=d365")
    line = board.page.locator("#_pages_content a.notice-line")
    assert str(year) in line.inner_text()
    for entered in (year, year + 1):
        editor.open(f"/calendar?year={entered}")
        _fill(editor, 1, document=f"国办发明电〔{entered - 1}〕7号", entered_by="王五")
        _save(editor, 1)
        _saved(editor, "已录入")
    board.until("() => !document.querySelector('#_pages_content a.notice-line')", what="no warning")


def test_a_statistic_about_persons_is_opened_and_ended(
    visitor: Callable[..., Visit], editable_product: Product
) -> None:
    """Off by default; opened for one area with reason and approver; ended by its button."""
    city = visitor(editable_product)
    city.open("/duty")
    city.page.click("#_pages_content .limits-note a")
    city.settle("/statistics")
    assert city.page.locator('#_pages_content [data-part="open-form"] form').count() == 0
    visit = visitor(editable_product)
    visit.open("/statistics?area=990102&lang=en")
    assert visit.page.locator('#_pages_content [data-part^="opened-"]').count() == 0
    _fill(visit, 0, purpose="Flood watch", actor="Li")
    _save(visit)
    visit.until(
        "() => document.querySelectorAll('#_pages_content form [aria-invalid]').length === 3",
        what="reason, approver and last day are missing",
    )
    last = (datetime.now(CITY) + timedelta(days=7)).date()
    _fill(visit, 0, reason="Allowances", approver="Wang", ends_on=last.isoformat())
    _save(visit)
    _saved(visit, "Opened")
    banner = '#_pages_content [data-part="opened-online"] .opened-banner'
    said = visit.page.locator(banner).inner_text()
    assert "approved by Wang" in said and "Allowances" in said
    visit.open("/duty?area=990102")
    assert "批准人 Wang" in visit.page.locator(banner).inner_text()
    assert visit.page.locator('[data-part="opened-online"] tbody tr').count() > 0
    visit.open("/duty")
    assert visit.page.locator('#_pages_content [data-part="opened-online"]').count() == 0
    visit.open("/statistics?area=990102")
    visit.page.locator('#_pages_content [data-state="open"] form button').click()
    _saved(visit, "已关闭")
    assert visit.page.locator(banner).count() == 0
    acts = query(editable_product.database_url, "select action from audit_log where case_id is null"
                 " and action like '%statistic' order by audit_id")  # fmt: skip
    assert [row[0] for row in acts] == ["open_statistic", "end_statistic"]

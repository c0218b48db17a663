"""The sentences of docs/kpis.md that stand around the catalogue."""

from __future__ import annotations

from typing import Final

INTRODUCTION: Final = """\
# KPI catalogue 指标目录

<!-- Written by `python -m dashboard.kpis.document` from the catalogue. Do not edit. -->

Every KPI is one object in `dashboard/kpis`; screens, lists and definitions read the same object,
and every formula below is written from the terms it is computed from. Keys are stored and
published and never renamed. K01 to K40 are the field's usual set; the others are needed beside it.

## Rules for all of them
- **Evaluation** is exact (fractions) until the last step. Rates, ratios and scores are rounded
  half up, once, to two decimals, hours and minutes to one; 100.00 is shown only where numerator
  and denominator are equal, 0.00 only for zero.
- **0/0 is "—"**, never 0 % and never 100 %. What was not measured is "—" as well; zero is
  a value. A score with a part that has no value is "—".
- **Differences of rates** are percentage points 个百分点 of the unrounded rates, never percent.
- **Void cases** (作废, 不予受理, 重复合并) are outside every count that does not name them.
- **A day** is a day of the city (`city_time_zone`); an interval holds its first moment
  and not its last. A deadline has passed after its own millisecond, not at it.
- **Flows** are summed over the window. **Stocks** are those at its end: now, or the last
  midnight of a past window. **Duty** counts are those of now. **Field** counts (patrols, visits,
  whistle calls) are of the window. **Measured** numbers are quantiles and ages.
- **Two bases, never mixed**: 考核口径 asks for the cases due in the period (closed in it, or
  overdue and open at its end); 受理口径 asks for the cases accepted in it.
- **Judgement**: green and yellow by the bounds below, red beyond them, on the unrounded value. No
  judgement without a value; for a sample smaller than `minimum_sample`; side by side with other
  areas, over fewer cases than `minimum_denominator`; at a level the bounds are not meant for;
  and, where bounds are multiples of a reference value, without that value.
- **Thresholds** below are the product's defaults, version 0, from 2026-11-22 and for all time
  before it. A city's own versions (`kpi_thresholds`) have a date of effect; a window is
  judged by what is in force on its last day.
- **Ranking**: equal values share a rank and the next is left out (1, 2, 2, 4); nothing is ranked
  over fewer cases than `minimum_denominator`; what has no value comes last, without a rank.
- **A sample** is shown with its size n and Wilson's 95 % interval.
- **The deadline** is the one a city sets for closing (`cases.deadline_at`), pauses and approved
  extensions included. Where a source brings none, it is the category's limit on the working
  calendar ([import.md](import.md)). Handling has a deadline of its own where one is set
  (`cases.deadline_handle_at`), else the one for closing stands for it.

## A city's own rules 本市口径
Settings change what a KPI is; its meaning then says so, and its formula follows.

| setting | default | other choice |
|---|---|---|
| `undated_on_time` | cases without a deadline are neither on time nor late | \
on time: in 按期结案率 closed and open ones on both sides, in 结案率 closed ones on both sides, \
in 返工率 closed ones among those due |
| `suspended_in_due` | 缓办: suspended cases are not due | those past the deadline they had are |
| `satisfaction_weights` | 1, 1, 0.9, 0, 0 | any five weights |
| `three_rates_weights` | 0.1, 0.5, 0.4 | any three; their sum is the highest score |

## How far the rules are verified
The texts of GB/T 30428 (all parts), GB/T 34300 and CJ/T 545 were not at hand. Formulas of
the assessment basis are supported by published notices whose figures they reproduce to
the digit (Nantong 2016, Tianmen 2016, Xuchang 2022: the examples below, compared by
`tests/spec/test_golden_vectors.py`). The weights of the satisfaction rate come from a
tool of one Beijing district; official weights are unconfirmed. Each KPI and each pair of bounds
below says which it is:

- *reproduced*: published figures come out to the digit;
- *unverified*: seen in field systems or in the press, not compared with a standard's text;
- *recommended*: this product's own choice; a city's own rules come first.
"""

GRADES_TEXT: Final = """\
## Grades 等级
Of the composite score, by the unrounded points. Five colours, another scale than the lights."""

CHANGES_TEXT: Final = """\
## Changes 环比与同比
Percent of counts, times and ratios; percentage points of rates; points of scores. A count below 10
has no percentage."""

MEASURES_TEXT: Final = """\
## Measures 基础量

What the rollups keep for every area and period (`data_access/measures.py`). A stock is stored
as two flows, `…_in` and `…_out`; its value is the running sum of in minus out. Duty counts come
from the duty job (`dashboard/kpis/duty_states.py`)."""

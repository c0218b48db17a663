"""What a visitor sees instead of a page 缺页: unknown area, unknown address, no data yet."""

from __future__ import annotations

import json

from dash import html

from dashboard.words import word, words_for


def waiting_page(message: str, lang: str) -> html.Div:
    """Nothing to show yet 暂无数据: says why and tries again by itself."""
    return missing_page(message, lang, title=word("missing.waiting", lang), retry=True)


def missing_page(
    message: str, lang: str, *, title: str | None = None, retry: bool = False
) -> html.Div:
    """A sentence and the way back; ``retry`` lets the page try again by itself."""
    title = title or word("missing.title", lang)
    return html.Div(
        html.Main(
            [
                html.P(word("app.title", lang), className="missing-brand"),
                html.H1(title),
                html.P(message),
                html.A(
                    word("missing.back", lang),
                    href=f"/?lang={lang}",
                    className="button",
                    **{"data-nav": ""},
                ),
            ],
            id="main",
            className="missing",
        ),
        key=f"missing|{message}",
        className="page page-missing",
        **{
            "data-page": "missing",
            "data-lang": lang,
            "data-retry": "1" if retry else "",
            "data-title": f"{title} · {word('app.title', lang)}",
            "data-words": json.dumps(words_for(lang), ensure_ascii=False, separators=(",", ":")),
        },
    )


def missing_area(code: str, lang: str) -> html.Div:
    """No area has this code 未知区域."""
    return missing_page(word("missing.area", lang, code=code), lang)

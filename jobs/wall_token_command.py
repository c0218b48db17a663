"""``./yiwang wall-token``: device tokens 设备令牌 of wall screens: create, list, revoke."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from dashboard.readings.wall_tokens import Clerk, issue_token, revoke_token, token_problems
from dashboard.runtime.ports import shown_address
from dashboard.settings import Settings
from dashboard.words import word
from data_access.engine import begin_read
from data_access.screen_tokens import ScreenToken, read_tokens
from jobs.store_command import CommandError, run_on_store

_ORIGIN = "./yiwang wall-token"


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code 0 when done, 1 on errors, 2 on wrong arguments or settings."""
    return run_on_store(_parser().parse_args(argv))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="yiwang wall-token", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    one = commands.add_parser("create", help="a token for one screen; it is shown this once")
    one.set_defaults(command=_create)
    one.add_argument("name", metavar="NAME", help="what the screen is called")
    one.add_argument("--profile", default="", help="the wall it opens (default: the plain one)")
    one.add_argument("--by", help="who creates it (default: the user of this terminal)")
    one = commands.add_parser("list", help="all tokens, newest first")
    one.set_defaults(command=_list)
    one = commands.add_parser("revoke", help="switch a screen off")
    one.set_defaults(command=_revoke)
    one.add_argument("token_id", type=int, metavar="ID")
    one.add_argument("--by", help="who revokes it")
    return parser


def _clerk(options: argparse.Namespace) -> Clerk:
    name = options.by or getpass.getuser()
    return Clerk(name=name[:60], origin=_ORIGIN, now=datetime.now(UTC))


def _create(engine: Engine, settings: Settings, options: argparse.Namespace) -> None:
    clerk = _clerk(options)
    wrong = token_problems(options.name, options.profile, clerk.name)
    if wrong:
        raise CommandError("; ".join(f"{name}: {word(key, 'en')}" for name, key in wrong.items()))
    issued = issue_token(engine, options.name.strip(), options.profile, clerk)
    print(
        f"token {issued.token_id} for {options.name.strip()}; shown this once. Open on the screen:"
    )
    print(f"  {shown_address(settings)}wall/enter/{quote(issued.token)}")


def _list(engine: Engine, settings: Settings, _options: argparse.Namespace) -> None:
    with begin_read(engine) as connection:
        tokens = read_tokens(connection)
    if not tokens:
        print("no tokens yet: ./yiwang wall-token create NAME", file=sys.stderr)
    zone = ZoneInfo(settings.city_time_zone)
    for one in tokens:
        print("\t".join(_line(one, zone)))


def _line(one: ScreenToken, zone: ZoneInfo) -> list[str]:
    def told(moment: datetime | None) -> str:
        return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") if moment else "-"

    state = f"revoked {told(one.revoked_at)} by {one.revoked_by}" if one.revoked_at else "valid"
    made = f"created {told(one.created_at)} by {one.created_by}"
    seen = f"last seen {told(one.last_seen_at)}"
    return [str(one.token_id), one.name, one.profile or "-", made, seen, state]


def _revoke(engine: Engine, _settings: Settings, options: argparse.Namespace) -> None:
    if not revoke_token(engine, options.token_id, _clerk(options)):
        raise CommandError(f"there is no valid token {options.token_id}: ./yiwang wall-token list")
    print(f"token {options.token_id} is revoked; its screen goes dark within ten seconds")


if __name__ == "__main__":
    sys.exit(main())

"""Sending a case back for a dissatisfied citizen 不满意退回重办: when it may be done.

回访 not satisfied or not solved leads to rework (domain rule 3). The system that asks the citizen
mostly sends the case back itself; where it has not, somebody here can, with a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dashboard.lifecycle.states import TRANSITIONS, State
from dashboard.lifecycle.supervision import Refusal

# Handled and not yet accepted by the citizen, or closed too early: 待核查, 核查中, 回访中, 已结案.
SENDABLE: Final = frozenset(
    state for state, following in TRANSITIONS.items() if State.REWORK in following
)


@dataclass(frozen=True, kw_only=True)
class LastCall:
    """The newest valid call-back 回访 of a case, and when its present cycle began; epoch ms.

    ``is_bad``: dissatisfied, or said not to be solved; ``sent_back_ms``: None in the first cycle.
    """

    called_ms: int
    is_bad: bool
    sent_back_ms: int | None = None

    @property
    def is_waiting(self) -> bool:
        """未退回重办: nothing has come of it yet."""
        return self.is_bad and (self.sent_back_ms is None or self.sent_back_ms < self.called_ms)


def send_back_refusal(state: str, call: LastCall | None) -> Refusal | None:
    """Whether a case in this state can be sent back for its newest call-back, None for yes.

    A state that no list knows, of another program, cannot be sent back.
    """
    if call is None or not call.is_waiting:
        return Refusal.NO_COMPLAINT
    return None if state in SENDABLE else Refusal.IN_HAND

"""How message types and the states of connections are called on the screens."""

from textual.content import Content

from smstui.domain.states import MessageType
from smstui.i18n import N_, _
from smstui.services.connections import ConnectionStatus
from smstui.smpp.values import BindState

TYPE_WORDS = {
    MessageType.PRO: N_("SMS Pro"),
    MessageType.UNICODE: N_("SMS Unicode"),
    MessageType.REPONSE: N_("SMS Réponse"),
    MessageType.VOIX: N_("SMS Voix"),
}
"""The guide's names of the types; message ids."""

_STATES = {
    BindState.BOUND: ("●", N_("bound"), "$text-success"),
    BindState.CONNECTING: ("◐", N_("connecting"), "$text-primary"),
    BindState.WAITING: ("✕", N_("unavailable"), "$text-error"),
    BindState.DRAINING: ("◐", N_("closing"), "$text-primary"),
    BindState.CLOSED: ("○", N_("closed"), "$text-muted"),
}
_NOBODY = ("○", N_("not in use"), "$text-muted")
_DISABLED = ("–", N_("disabled"), "$text-muted")


def state_content(status: ConnectionStatus) -> Content:
    """The sign and the word of a connection's state."""
    return bind_content(status.state, enabled=status.enabled)


def bind_content(state: BindState | str, *, enabled: bool) -> Content:
    """The sign and the word of the state of a bind, or NO_DISPATCHER, of a connection that is `enabled` or not."""
    if not enabled:
        sign, word, colour = _DISABLED
    elif isinstance(state, BindState):
        sign, word, colour = _STATES[state]
    else:
        sign, word, colour = _NOBODY
    return Content.assemble((sign, colour), " ", _(word))

"""command_status in words (SMPP 3.4, section 5.1.3; the ranges of vendors in table 5-2)."""

from typing import Final

from smstui.i18n import N_

INVALID_DESTINATION: Final = 0x0B

_STATUSES = {
    0x00: ("ESME_ROK", N_("no error")),
    0x01: ("ESME_RINVMSGLEN", N_("invalid message length")),
    0x02: ("ESME_RINVCMDLEN", N_("invalid command length")),
    0x03: ("ESME_RINVCMDID", N_("invalid command ID")),
    0x04: ("ESME_RINVBNDSTS", N_("incorrect bind status for this command")),
    0x05: ("ESME_RALYBND", N_("already bound")),
    0x06: ("ESME_RINVPRTFLG", N_("invalid priority flag")),
    0x07: ("ESME_RINVREGDLVFLG", N_("invalid registered delivery flag")),
    0x08: ("ESME_RSYSERR", N_("system error")),
    0x0A: ("ESME_RINVSRCADR", N_("invalid source address")),
    0x0B: ("ESME_RINVDSTADR", N_("invalid destination address")),
    0x0C: ("ESME_RINVMSGID", N_("invalid message ID")),
    0x0D: ("ESME_RBINDFAIL", N_("bind failed")),
    0x0E: ("ESME_RINVPASWD", N_("invalid password")),
    0x0F: ("ESME_RINVSYSID", N_("invalid system ID")),
    0x11: ("ESME_RCANCELFAIL", N_("cancel_sm failed")),
    0x13: ("ESME_RREPLACEFAIL", N_("replace_sm failed")),
    0x14: ("ESME_RMSGQFUL", N_("message queue full")),
    0x15: ("ESME_RINVSERTYP", N_("invalid service type")),
    0x33: ("ESME_RINVNUMDESTS", N_("invalid number of destinations")),
    0x34: ("ESME_RINVDLNAME", N_("invalid distribution list name")),
    0x40: ("ESME_RINVDESTFLAG", N_("invalid destination flag")),
    0x42: ("ESME_RINVSUBREP", N_("invalid submit with replace")),
    0x43: ("ESME_RINVESMCLASS", N_("invalid esm_class")),
    0x44: ("ESME_RCNTSUBDL", N_("cannot submit to the distribution list")),
    0x45: ("ESME_RSUBMITFAIL", N_("submit failed")),
    0x48: ("ESME_RINVSRCTON", N_("invalid source address type of number")),
    0x49: ("ESME_RINVSRCNPI", N_("invalid source address numbering plan")),
    0x50: ("ESME_RINVDSTTON", N_("invalid destination address type of number")),
    0x51: ("ESME_RINVDSTNPI", N_("invalid destination address numbering plan")),
    0x53: ("ESME_RINVSYSTYP", N_("invalid system type")),
    0x54: ("ESME_RINVREPFLAG", N_("invalid replace_if_present flag")),
    0x55: ("ESME_RINVNUMMSGS", N_("invalid number of messages")),
    0x58: ("ESME_RTHROTTLED", N_("throttled: more messages than allowed")),
    0x61: ("ESME_RINVSCHED", N_("invalid scheduled delivery time")),
    0x62: ("ESME_RINVEXPIRY", N_("invalid validity period")),
    0x63: ("ESME_RINVDFTMSGID", N_("predefined message invalid or not found")),
    0x64: ("ESME_RX_T_APPN", N_("temporary error of the receiver")),
    0x65: ("ESME_RX_P_APPN", N_("permanent error of the receiver")),
    0x66: ("ESME_RX_R_APPN", N_("rejected by the receiver")),
    0x67: ("ESME_RQUERYFAIL", N_("query_sm failed")),
    0xC0: ("ESME_RINVOPTPARSTREAM", N_("error in the optional parameters")),
    0xC1: ("ESME_ROPTPARNOTALLWD", N_("optional parameter not allowed")),
    0xC2: ("ESME_RINVPARLEN", N_("invalid parameter length")),
    0xC3: ("ESME_RMISSINGOPTPARAM", N_("expected optional parameter missing")),
    0xC4: ("ESME_RINVOPTPARAMVAL", N_("invalid optional parameter value")),
    0xFE: ("ESME_RDELIVERYFAILURE", N_("delivery failure")),
    0xFF: ("ESME_RUNKNOWNERR", N_("unknown error")),
}
_VENDOR = range(0x400, 0x500)
_OF_VENDOR = N_("error of this SMSC’s own")
_UNKNOWN = N_("error unknown to SMPP 3.4")


def status_name(status: int) -> str:
    """The name that SMPP 3.4 gives `status`: "ESME_RINVPASWD"; "" when it gives none."""
    return _STATUSES[status][0] if status in _STATUSES else ""


def status_meaning(status: int) -> str:
    """What `status` means, as a message id: "invalid password". Never fails."""
    if status in _STATUSES:
        return _STATUSES[status][1]
    return _OF_VENDOR if status in _VENDOR else _UNKNOWN


def status_words(status: int) -> str:
    """`status` in the words of the specification: "0x0000000E ESME_RINVPASWD: invalid password". Never fails."""
    code = f"0x{status:08X} {status_name(status)}".rstrip()
    return f"{code}: {status_meaning(status)}"

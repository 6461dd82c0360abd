"""The bundled SMSC: an SMPP 3.4 server with phones behind it, and with every fault on demand."""

from smstui.smpp.simulator.handsets import HandsetMessage, Handsets
from smstui.smpp.simulator.hazards import DateForm, Hazards, IdStyle, ReceiptField, ReceiptForm
from smstui.smpp.simulator.server import Simulator
from smstui.smpp.simulator.settings import (
    Account,
    CannotListen,
    LogNotWritable,
    NobodyBound,
    PortTaken,
    SimulatorSettings,
)
from smstui.smpp.simulator.smsc import Stats

__all__ = [
    "Account",
    "CannotListen",
    "DateForm",
    "HandsetMessage",
    "Handsets",
    "Hazards",
    "IdStyle",
    "LogNotWritable",
    "NobodyBound",
    "PortTaken",
    "ReceiptField",
    "ReceiptForm",
    "Simulator",
    "SimulatorSettings",
    "Stats",
]

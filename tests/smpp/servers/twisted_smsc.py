"""An SMSC made of smpp.twisted3's own server: `python twisted_smsc.py PORT`. Answers as smpp34_smsc.py does."""

import itertools
import sys

from smpp.pdu.operations import DeliverSM, SubmitSM
from smpp.pdu.pdu_types import (
    CommandStatus,
    DataCoding,
    DataCodingDefault,
    DataCodingScheme,
    EsmClass,
    EsmClassMode,
    EsmClassType,
)
from smpp.twisted.config import SMPPServerConfig
from smpp.twisted.protocol import DataHandlerResponse, SMPPServerProtocol
from smpp.twisted.server import IAuthenticatedSMPP, SMPPServerFactory
from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.portal import Portal
from twisted.internet import reactor

NUMBERS = itertools.count(1)


class Realm:
    def requestAvatar(self, avatar_id: object, mind: object, *interfaces: object) -> object:  # noqa: N802
        return IAuthenticatedSMPP, avatar_id, lambda: None


def handle(system_id: str, smpp: SMPPServerProtocol, submit: SubmitSM) -> DataHandlerResponse:
    smsc_id = f"{next(NUMBERS):08X}"
    reactor.callLater(0.01, deliver, smpp, submit, smsc_id)
    return DataHandlerResponse(status=CommandStatus.ESME_ROK, message_id=smsc_id)


def deliver(smpp: SMPPServerProtocol, submit: SubmitSM, smsc_id: str) -> None:
    receipt = f"id:{smsc_id} sub:001 dlvrd:001 submit date:2611221200 done date:2611221201 stat:DELIVRD err:000 text:"
    smpp.sendDataRequest(
        DeliverSM(
            source_addr=submit.params["destination_addr"],
            destination_addr=submit.params["source_addr"],
            short_message=receipt.encode(),
            esm_class=EsmClass(EsmClassMode.DEFAULT, EsmClassType.SMSC_DELIVERY_RECEIPT),
        )
    )
    smpp.sendDataRequest(
        DeliverSM(
            source_addr=submit.params["destination_addr"],
            destination_addr=b"36034",
            short_message="Merci ☺".encode("utf-16-be"),
            data_coding=DataCoding(DataCodingScheme.DEFAULT, DataCodingDefault.UCS2),
        )
    )


def main(port: int) -> None:
    portal = Portal(Realm())
    passwords = InMemoryUsernamePasswordDatabaseDontUse()
    passwords.addUser("smstui", "secret")
    portal.registerChecker(passwords)
    config = SMPPServerConfig(msgHandler=handle, systems={"smstui": {"max_bindings": 1}})
    reactor.listenTCP(port, SMPPServerFactory(config, portal), interface="127.0.0.1")
    sys.stdout.write("listening\n")
    sys.stdout.flush()
    reactor.run()


if __name__ == "__main__":
    main(int(sys.argv[1]))

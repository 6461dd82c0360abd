"""aiosmpplib's private seams are those that `smstui.smpp.esme` was written for."""

import hashlib
import importlib.metadata
import inspect
import logging

import pytest
from aiosmpplib import ESME, AbstractRetryTimer, SubmitSm

from smstui.smpp.esme import Esme

SEAMS = ["connect", "_receive_data", "_dequeue_messages", "_connection_keeper", "_end_task", "_disconnect"]


def test_the_version_is_the_one_read() -> None:
    assert importlib.metadata.version("aiosmpplib") == "0.7.4"


@pytest.mark.parametrize("name", SEAMS)
def test_each_seam_is_there_and_ours(name: str) -> None:
    theirs, ours = getattr(ESME, name), getattr(Esme, name)
    assert ours is not theirs
    assert inspect.iscoroutinefunction(theirs)
    assert list(inspect.signature(theirs).parameters) == list(inspect.signature(ours).parameters)


def test_the_life_that_is_kept_has_not_changed() -> None:
    digest = hashlib.sha256(inspect.getsource(ESME.start).encode()).hexdigest()
    assert digest == "45706556bc86e203f6ea00757e1212fb402e5ec8d0ce3a4d3047b8b038dfff7d"
    assert Esme.start is ESME.start


def test_the_retry_timer_is_asked_to_wait() -> None:
    assert {name for name in vars(AbstractRetryTimer) if not name.startswith("_")} == {"wait", "reset", "next_delay"}


def test_the_submit_sm_builder_takes_octets() -> None:
    assert {"set_encoded_message", "set_encoding_info", "pdu"} <= set(vars(SubmitSm))


def test_the_library_prints_nothing() -> None:
    source = inspect.getsource(Esme.__init__)
    assert "NullHandler" in source
    assert any(isinstance(handler, logging.NullHandler) for handler in logging.getLogger("smstui.smpp").handlers)

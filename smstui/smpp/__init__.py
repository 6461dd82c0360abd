"""SMPP 3.4 on the wire: the client connection and the bundled simulator."""

import logging

# Nothing may be printed over a full-screen application; who wants the log adds a handler.
logging.getLogger(__name__).addHandler(logging.NullHandler())

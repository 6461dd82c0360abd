"""Addresses as SMSCs write them, brought to the form in which numbers are stored."""

from smstui.domain.phone import InvalidNumber, parse_number

_SHORTEST_INTERNATIONAL = 9
"""Digits of a full number with its country code; shorter ones are short codes."""


def e164(address: str) -> str:
    """The number that an SMSC wrote as 336…, +336…, 00336… or 06… in E.164; a short code or a name stays as it is."""
    address = address.strip()
    digits = address.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return address
    if digits.startswith("00"):
        return "+" + digits[2:]
    if digits.startswith("0"):
        try:
            return parse_number(digits)
        except InvalidNumber:
            return address
    return "+" + digits if len(digits) >= _SHORTEST_INTERNATIONAL else digits


def is_alphanumeric(address: str) -> bool:
    """Whether a sender is a name, to which a phone can't reply."""
    return not address.removeprefix("+").isdigit()

"""Mobile numbers, from every form that people and spreadsheets give them to E.164 (ITU-T E.164)."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import ClassVar

from smstui.domain.errors import Refusal
from smstui.domain.visible import excerpt
from smstui.i18n import N_

FRANCE = "FR"
FEWEST_DIGITS = 9
MOST_DIGITS = 15
"""E.164, section 6: country code included."""
LONGEST_SHORT_NUMBER = 6


@dataclass(eq=False)
class InvalidNumber(Refusal):
    """No mobile number: the general case, and the base of the more precise ones."""

    text: str
    """As written, made printable and shortened."""
    sentence: ClassVar[str] = N_("“{text}” is not a valid number: check its digits.")


@dataclass(eq=False)
class NoDigits(InvalidNumber):
    """Nothing of a number in it: a name, a header."""

    sentence: ClassVar[str] = N_("“{text}” is not a number.")


@dataclass(eq=False)
class ForeignCharacters(InvalidNumber):
    """Letters or signs among the digits."""

    sentence: ClassVar[str] = N_("“{text}” holds more than a number: keep only its digits.")


@dataclass(eq=False)
class SeveralNumbers(InvalidNumber):
    """More digits than a number can have."""

    sentence: ClassVar[str] = N_("“{text}” has too many digits for one number: separate the numbers with a comma.")


@dataclass(eq=False)
class ShortNumber(InvalidNumber):
    """A short code or an emergency number."""

    sentence: ClassVar[str] = N_("“{text}” is a short number: only a full mobile number can receive SMS.")


@dataclass(eq=False)
class NumberTooShort(InvalidNumber):
    """Digits are missing."""

    sentence: ClassVar[str] = N_("“{text}” is not a valid number: it is too short, digits are missing.")


@dataclass(eq=False)
class NumberTooLong(InvalidNumber):
    """A digit too many."""

    sentence: ClassVar[str] = N_("“{text}” is not a valid number: it is too long, it has digits too many.")


@dataclass(eq=False)
class UnknownCountryCode(InvalidNumber):
    """No country has this code."""

    sentence: ClassVar[str] = N_("“{text}” is not a valid number: no country has this code.")


@dataclass(eq=False)
class RoundedNumber(InvalidNumber):
    """A spreadsheet has rounded it: its last digits are lost."""

    sentence: ClassVar[str] = N_(
        "“{text}” was rounded by a spreadsheet: give the column the format Text, and export again."
    )


@dataclass(eq=False)
class Landline(InvalidNumber):
    """A fixed line, or a line of an internet box."""

    sentence: ClassVar[str] = N_("“{text}” is a landline: it can't receive SMS.")


@dataclass(eq=False)
class SpecialRateNumber(InvalidNumber):
    """A premium, shared-cost or toll-free number."""

    sentence: ClassVar[str] = N_("“{text}” is a special-rate number: it can't receive SMS.")


@dataclass(eq=False)
class NotMobile(InvalidNumber):
    """A valid number of another kind: pager, personal number, company number."""

    sentence: ClassVar[str] = N_("“{text}” is not a mobile number.")


_SEPARATORS = str.maketrans("", "", " \t\r\n.-/()\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}")
_WRITTEN = re.compile(r"\+?[0-9]+")
_DECIMAL = re.compile(
    r"(?P<mantissa>[0-9]{1,12}(?:[.,][0-9]{1,15})?)[eE]\+?(?P<exponent>[0-9]{1,2})|(?P<plain>\+?[0-9]{3,})[.,]0+"
)
_ROUNDED_AWAY = 2
"""How many zeros at the end of a number a float may leave out; more of them were digits, rounded for display."""
_FRENCH_PREFIXES = r"(?:(?:\+|00)?33)?0?"
_OVERSEAS = re.compile(
    _FRENCH_PREFIXES
    + r"""(?P<number>(?:
        (?P<_590>69[01]|7090|590)
      | (?P<_594>694|7093[0-3]|594)
      | (?P<_596>69[67]|7091|596)
      | (?P<_262>69[23]|639|7092|7093[5-7]|26[239])
      | (?P<_508>708[45])
    )[0-9]+)""",
    re.VERBOSE,
)
_OVERSEAS_DIGITS = 9


def parse_number(text: str, region: str = FRANCE) -> str:
    """The mobile number in `text`, in E.164 with its "+"; without country code, it is one of `region` (ISO 3166).

    Accepts separators, 00 and +33(0) prefixes, and what spreadsheets make of numbers: no leading 0, a float. French
    overseas mobiles dialled nationally get their own country code. Raises InvalidNumber, or one of its subclasses that
    says what is wrong.
    """
    if region != FRANCE:
        return _parse_by_library(_written(text), region, text)
    may_be_float = "," in text or text.count(".") == 1
    if not may_be_float and (match := _french_mobile().fullmatch(text.translate(_SEPARATORS))):
        return f"+33{match[1]}"
    written = _written(text)
    if match := _french_mobile().fullmatch(written):
        return f"+33{match[1]}"
    return _parse_by_library(_with_overseas_code(written), region, text)


@cache
def _french_mobile() -> re.Pattern[str]:
    """The mobiles of metropolitan France by the library's own pattern, which spares most numbers its slow parser."""
    from phonenumbers import PhoneMetadata

    france = PhoneMetadata.metadata_for_region(FRANCE)
    if france is None or france.mobile is None:
        raise LookupError("phonenumbers has no metadata for France")
    return re.compile(f"{_FRENCH_PREFIXES}({france.mobile.national_number_pattern})", re.ASCII)


def _parse_by_library(written: str, region: str, text: str) -> str:
    """`written`, digits and maybe a "+", in E.164; raises what says why `text` can't receive SMS."""
    from phonenumbers import (
        NumberParseException,
        PhoneNumberFormat,
        ValidationResult,
        format_number,
        is_possible_number_with_reason,
        is_valid_number,
        number_type,
        parse,
    )

    shown = excerpt(text)
    try:
        number = parse(written, region)
    except NumberParseException as error:
        if error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
            raise UnknownCountryCode(shown) from None
        raise InvalidNumber(shown) from None
    if not is_valid_number(number):
        match is_possible_number_with_reason(number):
            case ValidationResult.TOO_SHORT:
                raise NumberTooShort(shown)
            case ValidationResult.TOO_LONG:
                raise NumberTooLong(shown)
            case _:
                raise InvalidNumber(shown)
    _refuse_kind(number_type(number), shown)
    return str(format_number(number, PhoneNumberFormat.E164))


def _refuse_kind(kind: int, shown: str) -> None:
    """Raise what says that a number of this kind (a PhoneNumberType) can't receive SMS, unless it can."""
    from phonenumbers import PhoneNumberType

    match kind:
        case PhoneNumberType.MOBILE | PhoneNumberType.FIXED_LINE_OR_MOBILE:
            return
        case PhoneNumberType.FIXED_LINE | PhoneNumberType.VOIP:
            raise Landline(shown)
        case PhoneNumberType.PREMIUM_RATE | PhoneNumberType.SHARED_COST | PhoneNumberType.TOLL_FREE:
            raise SpecialRateNumber(shown)
        case _:
            raise NotMobile(shown)


def _written(text: str) -> str:
    """The digits of `text`, with the "+" before them if there is one; raises when they can't be one number."""
    plain = _plain(text)
    if decimal := _DECIMAL.fullmatch(plain):
        plain = _integer(decimal, text)
    digits = "".join(filter(str.isdigit, plain))
    if not digits:
        raise NoDigits(excerpt(text))
    if len(digits.removeprefix("00")) > MOST_DIGITS:
        raise SeveralNumbers(excerpt(text))
    written = plain.translate(_SEPARATORS)
    if not _WRITTEN.fullmatch(written):
        raise ForeignCharacters(excerpt(text))
    if len(digits) <= LONGEST_SHORT_NUMBER and not written.startswith("+"):
        raise ShortNumber(excerpt(text))
    if len(digits) < FEWEST_DIGITS:
        raise NumberTooShort(excerpt(text))
    return written


def _plain(text: str) -> str:
    """`text` with ASCII digits, signs and spaces, without invisible characters nor the quotes around it."""
    if not text.isascii():
        text = "".join(map(_plain_character, unicodedata.normalize("NFKC", text)))
    return text.strip().strip("\"'").strip()


def _plain_character(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    match unicodedata.category(character):
        case "Cf":
            return ""
        case "Pd":
            return "-"
        case "Zs" | "Zl" | "Zp":
            return " "
        case _:
            return character


def _integer(decimal: re.Match[str], text: str) -> str:
    """The digits of an integral float. Raises RoundedNumber when its last digits are lost."""
    if decimal["plain"]:
        return decimal["plain"]
    mantissa, exponent = decimal["mantissa"].replace(",", "."), int(decimal["exponent"])
    decimals = len(mantissa.partition(".")[2])
    if exponent - decimals > _ROUNDED_AWAY:
        raise RoundedNumber(excerpt(text))
    value = Decimal(mantissa).scaleb(exponent)
    if value != value.to_integral_value():
        raise InvalidNumber(excerpt(text))
    return str(int(value))


def _with_overseas_code(written: str) -> str:
    """`written` in international form when it is an overseas number dialled as one of metropolitan France."""
    match = _OVERSEAS.fullmatch(written)
    if match is None or len(match["number"]) != _OVERSEAS_DIGITS:
        return written
    code = next(name for name, value in match.groupdict().items() if name.startswith("_") and value)
    return f"+{code[1:]}{match['number']}"

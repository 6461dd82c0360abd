"""What a person writes about a contact, between the texts of a form and the details of the book."""

from collections.abc import Mapping
from datetime import date

from smstui.domain.contact import ContactDetails, ContactField, clean_text, parse_birth_date, parse_email
from smstui.domain.errors import Refusal
from smstui.domain.phone import parse_number


def text_of(details: ContactDetails | None, field: ContactField) -> str:
    """A field as it is written in a form; "" when it is not known."""
    if details is None:
        return ""
    value = getattr(details, field)
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value or "")


def refusal_of(field: ContactField | None, text: str, today: date) -> Refusal | None:
    """The rule that `text` breaks as the value of `field`, None for a free field."""
    try:
        match field:
            case ContactField.MOBILE:
                parse_number(text)
            case ContactField.EMAIL:
                parse_email(text)
            case ContactField.BIRTH_DATE:
                parse_birth_date(text, today)
            case _:
                clean_text(text)
    except Refusal as refusal:
        return refusal
    return None


def details_of(texts: Mapping[ContactField, str], extra: Mapping[str, str], today: date) -> ContactDetails:
    """The details that were written. Raises the refusals of the fields."""
    values = {name: clean_text(text) for name, text in extra.items()}
    return ContactDetails(
        mobile=parse_number(texts[ContactField.MOBILE]),
        last_name=clean_text(texts[ContactField.LAST_NAME]),
        first_name=clean_text(texts[ContactField.FIRST_NAME]),
        email=parse_email(texts[ContactField.EMAIL]),
        title=clean_text(texts[ContactField.TITLE]),
        birth_date=parse_birth_date(texts[ContactField.BIRTH_DATE], today),
        company=clean_text(texts[ContactField.COMPANY]),
        address=clean_text(texts[ContactField.ADDRESS]),
        extra=tuple(sorted((name, value) for name, value in values.items() if value)),
    )

"""Where people are, with the preposition that the language wants: « à La Réunion », « en Martinique », "in the US"."""

from typing import Final

from smstui.domain.country import name_of
from smstui.i18n import current_language

_AU: Final = (
    "BD BJ BR BI BW BT KH CM CA CV CL CG CD CR DK SV GA GH GT GL GY HN JP KE KG XK KW LA LS LB LR LI LU MW ML MA MX "
    "ME MZ MM NP NI NE NG PA PK PY PE PT QA GB RW EH SN SD SS LK SR TJ TD TG TL TM VE VN BZ ZW"
)
"""Masculine countries, by their codes."""
_AUX: Final = "AE US PH NL BS MV KM SC BM FJ PW BQ"
"""Plural ones."""
_A: Final = (
    "RE YT PM WF BL MF MC MT CY CU MU MG SG TW DJ OM BH BN PR HT CW AW AI AG GG GI GU JE HK MO KN LC VC SH SM SX ST TK "
    "TO TV NR NU MS KI DG WS VU"
)
"""Towns and islands without an article, or with one of their own."""
_A_LA: Final = "BB DM GD TT"
_THE: Final = "AE US GB NL PH BS MV KM SC CF CD CG DO PS FK FO KY CK MH SB VG VI BQ MP TC"
"""Countries that English calls with an article."""


def in_country(country: str) -> str:
    """The country of that ISO 3166 code as a place, in the current language."""
    language = current_language()
    name = name_of(country, language)
    return _french(country, name) if language == "fr" else f"in {'the ' if country in _THE else ''}{name}"


def _french(country: str, name: str) -> str:
    if name.startswith("Îles "):
        return f"aux î{name[1:]}"
    if name.startswith("Île "):
        return f"à l’î{name[1:]}"
    for countries, preposition in ((_AU, "au"), (_AUX, "aux"), (_A, "à"), (_A_LA, "à la")):
        if country in countries:
            return f"{preposition} {name}"
    return f"en {name}"

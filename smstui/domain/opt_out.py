"""Whether an inbound message asks to hear no more of us."""

import re
import unicodedata

_POLITE = r"bonjour|bonsoir|salut|hello|merci|ok|oui|svp|stp|sms|pub|pubs"
_OPT_OUT = (
    r"s[\W_]*t[\W_]*o+[\W_]*p+(?:sms|pub|pubs|all|er|ez)?"
    r"|a[\W_]*r(?:[\W_]*r)?[\W_]*e[\W_]*t(?:er|ez|e|es)?"
    r"|unsubscribe|unsub|opt[\W_]*out"
    r"|desabonner?|desabonnement|desabonnez|desabo"
    r"|desinscrire|desinscription|desinscrivez|desinscris"
)
_REQUEST = re.compile(rf"[\W_]*(?:(?:{_POLITE})[\W_]+)*(?:{_OPT_OUT})(?![^\W\d_])(?P<rest>.*)", re.DOTALL)
_ABOUT_MESSAGES = re.compile(
    rf"\b(?:{_OPT_OUT}|sms|texto?s?|pubs?|publicites?|messages?|msgs?|spams?|envois?|envoye[rz]|sending|texting"
    r"|s'?il (?:vous|te) plait)\b"
)
_PAUSE = re.compile(r"\s*[^\w\s'’-]|[^\S\n]*\n|\s+-")
_WORD = re.compile(r"[^\W\d_]+")
_DOUBT = 2
"""Words after which a text still is too short to be a sentence."""


def is_opt_out(text: str) -> bool:
    """Whether `text` starts with STOP, ARRET, UNSUBSCRIBE or the like, and doesn't go on as a sentence.

    Case, accents, spaces, punctuation, a greeting before and a short code after don't matter ("S.T.O.P", "« Arrêt ! »",
    "Bonjour, stop36034 svp"). After the word: nothing, a pause (a punctuation mark, a new line), two words at most, or
    a sentence on messages ("stop sending me texts"). A lost opt-out is worse than one too many: in doubt, it is one.
    """
    request = _REQUEST.fullmatch(_folded(text))
    if request is None:
        return False
    rest = request["rest"]
    return (
        len(_WORD.findall(rest)) <= _DOUBT or _PAUSE.match(rest) is not None or _ABOUT_MESSAGES.search(rest) is not None
    )


def _folded(text: str) -> str:
    """`text` in lower case, without accents nor invisible characters."""
    decomposed = unicodedata.normalize("NFKD", text)
    kept = "".join(character for character in decomposed if unicodedata.category(character) not in {"Mn", "Cf"})
    return kept.casefold().replace("\r", "\n").replace("’", "'")

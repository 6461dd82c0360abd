"""Inbound messages that ask to hear no more of us."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smstui.domain.opt_out import is_opt_out

WORDS = (
    "STOP",
    "Arret",
    "ARRÊT",
    "unsubscribe",
    "S.T.O.P",
    "S T O P",
    "stopp",
    "désabonnement",
    "A.R.R.E.T",
    "ＳＴＯＰ",
)
NOISE = st.text(st.sampled_from(" .,;:!?\n\r\t\"'«»()-*_\u00a0\u200b\ufeff"), max_size=6)


@pytest.mark.parametrize(
    "text",
    [
        "STOP",
        "stop",
        "Stop!",
        " « Stop » ",
        "STOP 36034",
        "STOP36034",
        "stop au 36034",
        "STOP SMS",
        "STOPSMS",
        "Stop pub",
        "stop svp",
        "stop s'il vous plaît",
        "Stop merci",
        "Stop ça suffit",
        "STOP STOP STOP STOP",
        "ARRET",
        "ARRÊT",
        "ARRE\u0302T",
        "Arrêtez",
        "arreter",
        "UNSUBSCRIBE",
        "Opt-out",
        "S.T.O.P.",
        "s t o p",
        "Bonjour, STOP",
        "stop sending me texts please",
        "Stop s’il te plaît je suis au travail",
        "sms stop",
        "Stop. Je ne veux plus recevoir vos messages",
        "STOP\n\nEnvoyé de mon iPhone",
        "STOP - plus de SMS de votre part",
        "Stop arrêtez de m'envoyer des SMS",
        "stop \U0001f620\U0001f620",
        "\u202aSTOP\u202c",
        "STO\u00adP",
    ],
)
def test_opt_outs(text: str) -> None:
    assert is_opt_out(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "Stop by our shop tomorrow",
        "Stopover in Paris tomorrow",
        "OUI",
        "Ouvert non stop ?",
        "Bonjour, êtes-vous ouverts ?",
        "36034",
        "Arrêt de bus Victor Hugo demain",
        "Je serai à l'arrêt",
        "Stoppage de la production",
        "autostop",
        "ar" + " " * 39_000 + "x",
        "\ud83d",
    ],
)
def test_other_messages(text: str) -> None:
    assert not is_opt_out(text)


@given(NOISE, st.sampled_from(WORDS), NOISE, st.sampled_from(["", "36034", "SMS", "pub", "svp", "merci"]), NOISE)
def test_no_opt_out_is_lost_in_noise(before: str, word: str, between: str, after: str, end: str) -> None:
    for cased in (word, word.lower(), word.upper(), word.title()):
        assert is_opt_out(f"{before}{cased} {between}{after}{end}")


@given(st.text())
def test_any_text_is_judged(text: str) -> None:
    assert is_opt_out(text) in {True, False}

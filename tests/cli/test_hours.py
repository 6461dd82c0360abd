"""`smstui hours`."""

from tests.cli.conftest import Cli


def test_hours_are_set_one_by_one(cli: Cli) -> None:
    assert cli("hours", "set", "--not-always", "--opens", "9", "--closes", "21h30", "--json").document == {
        "opens": "09:00",
        "closes": "21:30",
        "always": False,
    }
    assert cli("hours", "set", "--closes", "19:00").code == 0
    assert cli("hours", "show", "--json").document == {"opens": "09:00", "closes": "19:00", "always": False}
    assert "09:00 to 19:00" in cli("hours", "show").out
    assert cli("hours", "set", "--always").out == "always\n"
    assert cli("hours", "show", "--json").document == {"opens": "09:00", "closes": "19:00", "always": True}


def test_the_charter_is_kept(cli: Cli) -> None:
    assert cli("hours", "set", "--opens", "07:59").refuses("08:00")
    assert cli("hours", "set", "--closes", "21:31").refuses("21:30")
    assert cli("hours", "set", "--opens", "20:00", "--closes", "19:00").refuses("after they begin")
    assert cli("hours", "set", "--opens", "noon").refuses("noon", "not a time")
    assert cli("hours", "show", "--json").document["opens"] == "08:00"


def test_nothing_to_set_is_wrong_usage(cli: Cli) -> None:
    assert cli("hours", "set").code == 2


def test_only_administrators_change_the_most_recipients(cli: Cli, shop: Cli) -> None:
    assert shop("campaign", "limit", "10").refuses("administrator")
    assert shop("campaign", "limit", "--json").document == {"recipients": 200_000}


def test_the_most_recipients_of_a_campaign(cli: Cli) -> None:
    assert "200,000" in cli("campaign", "limit").out
    assert cli("campaign", "limit", "1500", "--json").document == {"recipients": 1500}
    assert cli("campaign", "limit", "0").refuses("from 1 to 2,000,000")
    assert cli("campaign", "limit", "2000001").refuses("from 1 to 2,000,000")
    assert cli("campaign", "limit", "--json").document == {"recipients": 1500}

"""The chart of the balance: what its columns, its axis and its ends say."""

from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from smstui.widgets.balance_chart import BalanceChart, columns, heights


class Chart(App[None]):
    def compose(self) -> ComposeResult:
        yield BalanceChart()


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=300), st.integers(1, 200))
def test_columns_end_with_the_last_value(values: list[int], width: int) -> None:
    shown = columns(values, width)
    assert len(shown) == width
    assert shown[-1] == values[-1]
    assert set(shown) <= set(values)


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=300), st.integers(1, 12))
def test_heights_keep_the_order(values: list[int], rows: int) -> None:
    tall = heights(values, rows)
    assert all(0 < each <= rows * 8 for each in tall)
    for before, after in zip(sorted(values), sorted(values)[1:], strict=False):
        assert tall[values.index(before)] <= tall[values.index(after)]
    if min(values) < max(values):
        assert (min(tall), max(tall)) == (1, rows * 8)


async def test_the_axis_names_the_highest_the_lowest_and_the_ends() -> None:
    app = Chart()
    async with app.run_test(size=(40, 10)) as pilot:
        chart = app.query_one(BalanceChart)
        chart.show([0, 500, 1000, 250], lambda value: f"{value} c", ("01/01/2026", "31/01/2026"))
        await pilot.pause()
        lines = chart.render().plain.split("\n")
        assert len(lines) == 6
        assert lines[0].startswith("1000 c ┤")
        assert lines[4].startswith("   0 c ┤▁")
        assert lines[5].split() == ["01/01/2026", "31/01/2026"]
        assert {len(line) for line in lines} == {40}
        assert "█" in lines[0]
        chart.show([7], str, ("a", "b"))
        await pilot.pause()
        assert chart.render().plain.split("\n")[0].startswith("7 ┤")


async def test_nothing_known_is_nothing_drawn() -> None:
    app = Chart()
    async with app.run_test(size=(40, 10)):
        assert app.query_one(BalanceChart).render().plain == ""

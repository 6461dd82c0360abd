"""Styles that are parsed once: Textual parses all of them anew for each kind of widget or screen that appears."""

from typing import ClassVar

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation


class OnceParsed(Stylesheet):
    """A stylesheet that remembers, for the process, what was parsed with the same variables."""

    _parsed: ClassVar[dict[tuple[object, ...], list[RuleSet]]] = {}

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._values = frozenset(self._variables.items())

    def set_variables(self, variables: dict[str, str]) -> None:
        """Use the values of `variables` from the next parse on."""
        super().set_variables(variables)
        self._values = frozenset(variables.items())

    def reparse(self) -> None:
        """Apply new sources and new variables. Raises StylesheetParseError, and changes nothing, if one is invalid."""
        self.parse()

    def _parse_rules(
        self,
        css: str,
        read_from: CSSLocation,
        is_default_rules: bool = False,
        tie_breaker: int = 0,
        scope: str = "",
    ) -> list[RuleSet]:
        key = (css, read_from, is_default_rules, tie_breaker, scope, self._values)
        if (rules := self._parsed.get(key)) is None:
            rules = super()._parse_rules(css, read_from, is_default_rules, tie_breaker, scope)
            self._parsed[key] = rules
        return rules

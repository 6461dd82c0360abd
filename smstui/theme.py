"""The two looks of our own: calm, one accent colour. Beside them, the terminal's own colours."""

from textual.theme import Theme

DARK = Theme(
    name="smstui",
    primary="#5FB3A1",
    secondary="#7A8B99",
    accent="#5FB3A1",
    foreground="#D5DADF",
    background="#15191D",
    surface="#1B2126",
    panel="#252D33",
    success="#7FC08A",
    warning="#D9B36C",
    error="#E07A72",
    dark=True,
    variables={
        "text-muted": "#8B969E",
        "scrollbar": "#3B464E",
        "scrollbar-hover": "#4A5761",
        "scrollbar-active": "#5FB3A1",
        "scrollbar-background": "#1B2126",
        "scrollbar-background-hover": "#1B2126",
        "scrollbar-background-active": "#1B2126",
        "text-disabled": "#67727A",
        "footer-background": "#252D33",
        "footer-key-foreground": "#5FB3A1",
        "footer-description-background": "#252D33",
        "block-cursor-foreground": "#15191D",
        "input-selection-background": "#5FB3A1 35%",
        "button-focus-text-style": "bold",
    },
)

LIGHT = Theme(
    name="smstui-light",
    primary="#1F7A68",
    secondary="#5B6B78",
    accent="#1F7A68",
    foreground="#20262B",
    background="#F6F7F5",
    surface="#ECEFEC",
    panel="#DFE4E0",
    success="#2C7A3F",
    warning="#8A6414",
    error="#B23A31",
    dark=False,
    variables={
        "text-muted": "#5C666D",
        "scrollbar": "#B9C2BC",
        "scrollbar-hover": "#A3AEA7",
        "scrollbar-active": "#1F7A68",
        "scrollbar-background": "#ECEFEC",
        "scrollbar-background-hover": "#ECEFEC",
        "scrollbar-background-active": "#ECEFEC",
        "text-disabled": "#838C92",
        "footer-background": "#DFE4E0",
        "footer-key-foreground": "#1F7A68",
        "footer-description-background": "#DFE4E0",
        "block-cursor-foreground": "#F6F7F5",
        "input-selection-background": "#1F7A68 30%",
        "button-focus-text-style": "bold",
    },
)

CHOICES = (DARK.name, LIGHT.name, "ansi-dark", "ansi-light")
"""The names that the palette offers."""

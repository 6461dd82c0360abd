"""Invoices, credit notes and proformas as files, saved where the person says."""

from pathlib import Path

from smstui.domain.errors import Refusal
from smstui.screens.page import Page
from smstui.screens.saving import hand_out


async def hand_out_paper(page: Page, number: str) -> None:
    """Give the person the PDF of that number, or of the proforma of that order. From a worker."""

    async def write(path: Path) -> None:
        await page.backend.invoices.save(page.actor, number, path, overwrite=False)

    try:
        await hand_out(page.host, write, f"{number}.pdf", None)
    except Refusal as refusal:  # where no path is asked for
        page.say(refusal)

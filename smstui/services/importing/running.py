"""An import from its first octet to its commit, in the process of its own."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict

from sqlalchemy import Connection, insert, select

from smstui.i18n import _
from smstui.services.audit import AuditAction, record
from smstui.services.groups import check_own_groups, group_named
from smstui.services.importing.files import read_sheet
from smstui.services.importing.merging import Counted, merge
from smstui.services.importing.planning import NotCertified, check_mapping, target_label
from smstui.services.importing.rejects import pack
from smstui.services.importing.requests import ImportRequest
from smstui.services.importing.sheet import Sheet, SheetRow
from smstui.services.importing.sifting import Sieve, Sifted
from smstui.services.importing.values import ImportCounts, ImportProgress, ImportStage, RejectKind
from smstui.services.opt_outs import opted_out
from smstui.storage.store import Store
from smstui.storage.stores import store_at
from smstui.storage.tables import contact_group, contact_import

Told = Callable[[ImportProgress], None]


def run_import(request: ImportRequest, told: Told) -> int:
    """Read, check and write; the id of the import. All is written in one transaction, or nothing.

    Raises the refusals of `read_sheet` and `check_mapping`, NotCertified, UnknownGroup, DynamicGroup, and those of the
    database.
    """
    if not request.plan.certified_text:
        raise NotCertified
    told(ImportProgress(ImportStage.READING, 0, 0))
    sheet = read_sheet(request.file.octets, request.plan.options)
    check_mapping(request.plan.mapping, sheet.width)
    store = store_at(request.database_url)
    try:
        sifted = _sift(store, request, sheet.rows[1:] if request.plan.skip_header else sheet.rows, told)
        packed = pack(_header(request, sheet), sifted.rejects)
        return store.write(lambda tx: _write(tx, request, sifted, packed, told), None)
    finally:
        store.close()


def _header(request: ImportRequest, sheet: Sheet) -> list[str]:
    """The names of the columns: those of the file, or of what they were imported as."""
    if request.plan.skip_header:
        return list(sheet.rows[0].cells)
    targets = [*request.plan.mapping, *[None] * (sheet.width - len(request.plan.mapping))]
    return [
        target_label(target) if target else _("Column {number}").format(number=number)
        for number, target in enumerate(targets, start=1)
    ]


def _sift(store: Store, request: ImportRequest, rows: Sequence[SheetRow], told: Told) -> Sifted:
    stop_list = store.read(lambda tx: opted_out(tx, request.actor.account_id))
    sieve = Sieve(request.plan.mapping, stop_list, request.at.date())
    return sieve.sift(rows, lambda done: told(ImportProgress(ImportStage.CHECKING, done, len(rows))))


def _write(tx: Connection, request: ImportRequest, sifted: Sifted, packed: bytes | None, told: Told) -> int:
    """The contacts, their groups, the proof and the audit entry."""
    groups = [*request.plan.group_ids]
    groups += [group_named(tx, request.actor, name, request.at) for name in request.plan.new_groups]
    check_own_groups(tx, request.actor, groups)

    def written(done: int) -> None:
        told(ImportProgress(ImportStage.WRITING, done, len(sifted.contacts)))

    counted = merge(tx, request.actor, sifted.contacts, groups, request.at, written)
    names = select(contact_group.c.name).where(contact_group.c.id.in_(groups)).order_by(contact_group.c.name_key)
    counts = _counts(sifted, counted)
    new = insert(contact_import).values(
        account_id=request.actor.account_id,
        token=request.token,
        file_name=request.file.name,
        sha256=request.file.sha256,
        size=len(request.file.octets),
        certified_by=request.actor.login,
        certified_at=request.at,
        certified_text=request.plan.certified_text,
        groups=json.dumps(list(tx.execute(names).scalars()), ensure_ascii=False),
        finished_at=request.at,
        header_skipped=request.plan.skip_header,
        rejects=packed,
        **counts,
    )
    record(tx, request.actor, request.at, AuditAction.CONTACTS_IMPORTED, f"{request.file.name}: {counts['rows']}")
    return int(tx.execute(new.returning(contact_import.c.id)).scalar_one())


def _counts(sifted: Sifted, counted: Counted) -> dict[str, int]:
    created, updated, unchanged = counted
    kinds = Counter(each.kind for each in sifted.rejects)
    incomplete = {each.line for each in sifted.rejects if each.kind is RejectKind.INCOMPLETE}
    return asdict(
        ImportCounts(
            rows=sifted.rows,
            created=created,
            updated=updated,
            unchanged=unchanged,
            duplicates=kinds[RejectKind.DUPLICATE],
            opted_out=kinds[RejectKind.OPTED_OUT],
            refused=kinds[RejectKind.REFUSED],
            incomplete=len(incomplete),
        )
    )

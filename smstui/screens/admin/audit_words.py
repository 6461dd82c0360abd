"""What the actions of the audit trail are called."""

from typing import Final

from smstui.i18n import N_, _
from smstui.services.audit import AuditAction

ACTION_WORDS: Final = {
    AuditAction.CONTACTS_IMPORTED: N_("contacts imported"),
    AuditAction.CONTACTS_EXPORTED: N_("contacts exported"),
    AuditAction.CONTACTS_DELETED: N_("contacts deleted"),
    AuditAction.MESSAGES_EXPORTED: N_("messages exported"),
    AuditAction.PERSON_EXPORTED: N_("a person's data exported"),
    AuditAction.PERSON_ERASED: N_("a person's data erased"),
    AuditAction.OPT_OUT_ADDED: N_("added to the STOP list"),
    AuditAction.OPT_OUT_REMOVED: N_("taken off the STOP list"),
    AuditAction.ORDER_CONFIRMED: N_("transfer confirmed"),
    AuditAction.PAYMENT_AFTER_CLOSE: N_("paid after it was closed"),
    AuditAction.REFUND_SHORT: N_("credits missing at a refund"),
    AuditAction.BANK_STATEMENT_APPLIED: N_("paid by a bank statement"),
    AuditAction.CHECKOUT_MISMATCH: N_("another amount at Stripe"),
    AuditAction.CREDITS_ADJUSTED: N_("credits given or taken"),
    AuditAction.ACCOUNT_BLOCKED: N_("account blocked"),
    AuditAction.ACCOUNT_UNBLOCKED: N_("account unblocked"),
    AuditAction.RIGHTS_CHANGED: N_("rights changed"),
    AuditAction.TARIFF_CHANGED: N_("prices of SMS changed"),
    AuditAction.SETTINGS_CHANGED: N_("settings changed"),
    AuditAction.EMAIL_CHANGED: N_("e-mail address changed"),
    AuditAction.PASSWORD_CHANGED: N_("password changed"),
    AuditAction.PREFERENCES_CHANGED: N_("preferences changed"),
    AuditAction.BILLING_CHANGED: N_("invoice address changed"),
    AuditAction.INVOICE_MAILED: N_("invoice sent by e-mail"),
    AuditAction.SESSION_ENDED: N_("session ended"),
}
"""Message ids."""


def action_words(action: AuditAction) -> str:
    """In the current language."""
    return _(ACTION_WORDS[action]) if action in ACTION_WORDS else action.value.replace("_", " ")

"""Recipients: one contact for each e-mail address."""

from collections.abc import Mapping, Sequence
from typing import Any

from headwater.accounts.model import is_email
from headwater.applications.model import Application, Contact
from headwater.applications.template_body import Faults
from headwater.db.database import Tx
from headwater.db.sql import in_ids
from headwater.expr.folding import fold
from headwater.kernel.errors import NotFoundError
from headwater.kernel.json import dumps

_SELECT = "select id, email, firstname, lastname, phone, created_at, updated_at from contact "


def read_contact(body: Mapping[str, Any], faults: Faults) -> dict[str, str]:
    """The contact members of a body, nested or flat; a bad address is the fault `invalid_email`."""
    nested = body.get("contact")
    source = nested if isinstance(nested, dict) else body
    place = "contact." if isinstance(nested, dict) else ""
    found = {name: faults.text(source, name, place) for name in ("email", "firstname", "lastname", "phone")}
    if found["email"] and not is_email(found["email"]):
        faults.add("contact.email", "invalid_email", f"'{found['email'][:60]}' is not an e-mail address.")
    return found


def keep_contact(tx: Tx, given: Mapping[str, str], now: int) -> Contact:
    """The contact with this address, made when unknown; a known one gets only its blanks filled."""
    tx.run(
        "insert into contact (id, email, email_k, firstname, lastname, phone, created_at, updated_at)"
        " values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (email_k) do nothing",
        (
            tx.next_id(),
            given["email"],
            fold(given["email"]),
            given["firstname"],
            given["lastname"],
            given["phone"],
            now,
            now,
        ),
    )
    tx.run(
        "update contact set firstname = case when firstname = '' then ? else firstname end,"
        " lastname = case when lastname = '' then ? else lastname end,"
        " phone = case when phone = '' then ? else phone end where email_k = ?",
        (given["firstname"], given["lastname"], given["phone"], fold(given["email"])),
    )
    row = tx.one(_SELECT + "where email_k = ?", (fold(given["email"]),))
    assert row is not None  # inserted above in the same transaction
    return Contact(*row)


def find_contact(tx: Tx, contact_id: int) -> Contact | None:
    """One contact, or None."""
    row = tx.one(_SELECT + "where id = ?", (contact_id,))
    return None if row is None else Contact(*row)


def contact_of(tx: Tx, application: Application) -> Contact:
    """The recipient. Raises NotFoundError `contact_not_found` when the row is gone."""
    return contacts_of(tx, [application])[application.contact_id]


def contacts_of(tx: Tx, applications: Sequence[Application]) -> dict[int, Contact]:
    """The recipients by id. Raises NotFoundError `contact_not_found` when the row of one is gone."""
    wanted = sorted({each.contact_id for each in applications})
    rows = tx.all(f"{_SELECT} where id {in_ids(tx.dialect)}", (dumps(wanted),))
    found = {row[0]: Contact(*row) for row in rows}
    missing = [contact_id for contact_id in wanted if contact_id not in found]
    if missing:
        raise NotFoundError("contact_not_found", f"There is no contact {missing[0]}.")
    return found


def change_contact(tx: Tx, contact: Contact, given: Mapping[str, str], now: int) -> None:
    """Overwrite the members that were given."""
    values = {name: given[name] or getattr(contact, name) for name in ("firstname", "lastname", "phone")}
    tx.run(
        "update contact set firstname = ?, lastname = ?, phone = ?, updated_at = ? where id = ?",
        (values["firstname"], values["lastname"], values["phone"], now, contact.id),
    )

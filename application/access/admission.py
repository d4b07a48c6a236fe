"""Who may become a user, and which of them is an admin."""

from dataclasses import dataclass

from application.access.secret_hash import is_hash_of, secret_hash
from application.ports.clock import Now
from application.ports.storage import ReadTransaction
from domain.errors import Forbidden
from domain.user import Invitation, Registration

UNINVITED = "Nobody may register here without an invitation; ask an admin for one"
CLOSED = "Nobody may register here (PARLEY_REGISTRATION=closed)"
NOBODY_YET = (
    "Nobody is registered here yet: the first user, who is an admin, registers from the server's own machine, or with "
    "the setup code that the server printed when it started (./run setup-code)"
)


@dataclass(frozen=True, slots=True)
class Admitted:
    is_admin: bool
    invitation: Invitation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """`setup_hash` is of the code that makes the first user, wherever they are; it is good for nobody after them.
    `has_operator` says that there is an admin already, who is no user: the operator's own key.
    """

    now: Now
    registration: Registration
    setup_hash: str
    has_operator: bool


async def admit(tx: ReadTransaction, admission: Admission, code: str | None, *, users: int, is_local: bool) -> Admitted:
    """Of somebody who comes when there are so many `users`. Raise Forbidden."""
    if users == 0 and code is not None and is_hash_of(code, admission.setup_hash):
        return Admitted(is_admin=True)
    first = users == 0 and is_local
    if code is not None:
        invitation = await _invited(tx, admission, code)
        return Admitted(first or invitation.makes_admin, invitation)
    if first:
        return Admitted(is_admin=True)
    if users == 0 and not admission.has_operator:
        raise Forbidden(NOBODY_YET)
    if admission.registration is not Registration.OPEN:
        raise Forbidden(UNINVITED if admission.registration is Registration.INVITED else CLOSED)
    return Admitted(is_admin=False)


async def _invited(tx: ReadTransaction, admission: Admission, code: str) -> Invitation:
    if admission.registration is Registration.CLOSED:
        raise Forbidden(CLOSED)
    found = await tx.invitations.find(secret_hash(code))
    if found is None or not found.is_good(admission.now()):
        raise Forbidden("That invitation is not valid here, or not any more")
    return found

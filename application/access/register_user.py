"""Register a user."""

from dataclasses import dataclass

from application.access.login_throttle import LoginThrottle
from application.access.secret_hash import secret_hash
from application.ports.clock import Now
from application.ports.passwords import Passwords
from application.ports.storage import BeginRead, BeginTransaction, ReadTransaction
from domain.errors import Forbidden
from domain.user import Invitation, Registration, User, checked_name, checked_password

UNINVITED = "Nobody may register here without an invitation; ask an admin for one"
CLOSED = "Nobody may register here (PARLEY_REGISTRATION=closed)"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterUser:
    begin: BeginTransaction
    read: BeginRead
    passwords: Passwords
    throttle: LoginThrottle
    now: Now
    registration: Registration

    async def __call__(self, name: str, password: str, *, invitation: str | None, address: str, is_local: bool) -> User:
        """The first user may always register from the server's own machine (`is_local`), and is an admin.

        Raise InvalidInput, Forbidden, NameTaken, TooManyAttempts.
        """
        plain = checked_name(name)
        checked_password(password, name=plain)
        async with self.read() as tx:
            first = not await tx.users.page(after=None, limit=1)
            invited = await self._invited(tx, invitation)
        self._check(invited, may_be_first=first and is_local)
        if not invited:
            self.throttle.attempt("", address)
        password_hash = await self.passwords.hash(password)
        async with self.begin() as tx:
            first = await tx.users.hold() == 0 and is_local
            invited = await self._invited(tx, invitation)
            self._check(invited, may_be_first=first)
            is_admin = first or (invited is not None and invited.makes_admin)
            user = await tx.users.add(plain, password_hash, is_admin=is_admin, at=self.now())
            if invited:
                await tx.invitations.use(invited.id, by=user.id)
            await tx.commit()
        return user

    async def _invited(self, tx: ReadTransaction, code: str | None) -> Invitation | None:
        if code is None:
            return None
        if self.registration is Registration.CLOSED:
            raise Forbidden(CLOSED)
        found = await tx.invitations.find(secret_hash(code))
        if found is None or not found.is_good(self.now()):
            raise Forbidden("That invitation is not valid here, or not any more")
        return found

    def _check(self, invited: Invitation | None, *, may_be_first: bool) -> None:
        if invited is None and not may_be_first and self.registration is not Registration.OPEN:
            raise Forbidden(UNINVITED if self.registration is Registration.INVITED else CLOSED)

"""What can be wrong about people, their keys and what they ask for."""

from domain.errors import Conflict, Forbidden, Invalid, NotFound


class UserNotFound(NotFound):
    def __init__(self, who: object) -> None:
        super().__init__(f"There is no person '{who}'.")


class SessionNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("This sign-in is not yours, or it has ended already.")


class TokenNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such token, or it is not yours.")


class EmailTaken(Conflict):
    def __init__(self, email: str) -> None:
        super().__init__(f"There is already a person with the address {email}.")
        self.field = "email"


class LastAdmin(Conflict):
    def __init__(self, email: str) -> None:
        super().__init__(
            f"{email} is the only admin who can sign in. Make somebody else an admin first."
        )


class UserDisabled(Conflict):
    def __init__(self, email: str) -> None:
        super().__init__(f"{email} is disabled. Enable the person first.")


class NameTooLong(Invalid):
    def __init__(self, limit: int) -> None:
        super().__init__(f"A name has at most {limit} characters.", field="name")


class TokenNameMissing(Invalid):
    def __init__(self, limit: int) -> None:
        super().__init__(f"Say what the token is for, in 1 to {limit} characters.", field="name")


class TokenLifetimeInvalid(Invalid):
    def __init__(self, longest_days: int) -> None:
        super().__init__(f"A token is valid for 1 to {longest_days} days.", field="valid_days")


class EmailInvalid(Invalid):
    def __init__(self, email: str) -> None:
        super().__init__(f"'{email}' is not an e-mail address.", field="email")


class RoleUnknown(Invalid):
    def __init__(self, role: str, known: str) -> None:
        super().__init__(f"There is no role '{role}'. The roles are: {known}.", field="role")


class LanguageUnknown(Invalid):
    def __init__(self, language: str) -> None:
        super().__init__(f"'{language}' is not a language code like 'en'.", field="language")


class PasswordUnfit(Invalid):
    def __init__(self, reason: str) -> None:
        super().__init__(reason, field="password")


class PasswordWrong(Invalid):
    def __init__(self) -> None:
        super().__init__("The current password is not right.", field="current_password")


class PasswordRepeatWrong(Invalid):
    def __init__(self) -> None:
        super().__init__("The two passwords differ.", field="password_again")


class SignInRefused(Invalid):
    """One sentence for an unknown address, a wrong password, no password and a disabled person:
    the answer must not tell which of them it was.
    """

    def __init__(self) -> None:
        super().__init__("The address and the password do not belong together.", field="password")


class LinkSpent(Invalid):
    """Unknown, used, expired or of a disabled person: again one sentence for all."""

    def __init__(self) -> None:
        super().__init__(
            "This link has been used already or has expired. Ask an admin for a new one, "
            "or sign in with your password."
        )


class IdempotencyKeyReused(Conflict):
    def __init__(self, key: str) -> None:
        super().__init__(
            f"The idempotency key '{key}' was used for a different request. "
            "Use a new key for a new request."
        )


class IdempotencyKeyInvalid(Invalid):
    def __init__(self, limit: int) -> None:
        super().__init__(
            f"An idempotency key is 1 to {limit} visible ASCII characters.",
            field="Idempotency-Key",
        )


class NotYours(Forbidden):
    def __init__(self) -> None:
        super().__init__("You cannot change your own role or disable yourself; ask another admin.")

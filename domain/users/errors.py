"""What can be wrong about people, their keys and what they ask for."""

from domain.errors import Conflict, Forbidden, Invalid, NotFound


class UserNotFound(NotFound):
    def __init__(self, who: object) -> None:
        super().__init__("There is no person '%(who)s'.", who=who)


class SessionNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("This sign-in is not yours, or it has ended already.")


class TokenNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such token, or it is not yours.")


class EmailTaken(Conflict):
    def __init__(self, email: str) -> None:
        super().__init__("There is already a person with the address %(email)s.", email=email)
        self.field = "email"


class LastAdmin(Conflict):
    def __init__(self, email: str) -> None:
        super().__init__(
            "%(email)s is the only admin who can sign in. Make somebody else an admin first.",
            email=email,
        )


class UserDisabled(Conflict):
    def __init__(self, email: str) -> None:
        super().__init__("%(email)s is disabled. Enable the person first.", email=email)


class NameTooLong(Invalid):
    def __init__(self, limit: int) -> None:
        super().__init__("A name has at most %(limit)s characters.", field="name", limit=limit)


class TokenNameMissing(Invalid):
    def __init__(self, limit: int) -> None:
        super().__init__(
            "Say what the token is for, in 1 to %(limit)s characters.", field="name", limit=limit
        )


class TokenLifetimeInvalid(Invalid):
    def __init__(self, longest_days: int) -> None:
        super().__init__(
            "A token is valid for 1 to %(longest_days)s days.",
            field="valid_days",
            longest_days=longest_days,
        )


class EmailInvalid(Invalid):
    def __init__(self, email: str) -> None:
        super().__init__("'%(email)s' is not an e-mail address.", field="email", email=email)


class RoleUnknown(Invalid):
    def __init__(self, role: str, known: str) -> None:
        super().__init__(
            "There is no role '%(role)s'. The roles are: %(known)s.",
            field="role",
            role=role,
            known=known,
        )


class LanguageUnknown(Invalid):
    def __init__(self, language: str) -> None:
        super().__init__(
            "'%(language)s' is not a language code like 'en'.", field="language", language=language
        )


class PasswordUnfit(Invalid):
    """What is wrong with it is one of these."""


class PasswordLengthWrong(PasswordUnfit):
    def __init__(self, shortest: int, longest: int) -> None:
        super().__init__(
            "A password has %(shortest)s to %(longest)s characters.",
            field="password",
            shortest=shortest,
            longest=longest,
        )


class PasswordMonotonous(PasswordUnfit):
    def __init__(self, fewest: int) -> None:
        super().__init__(
            "Use at least %(fewest)s different characters.", field="password", fewest=fewest
        )


class PasswordIsAddress(PasswordUnfit):
    def __init__(self) -> None:
        super().__init__("Your address is not a password.", field="password")


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
            "The idempotency key '%(key)s' was used for a different request. "
            "Use a new key for a new request.",
            key=key,
        )


class IdempotencyKeyInvalid(Invalid):
    def __init__(self, limit: int) -> None:
        super().__init__(
            "An idempotency key is 1 to %(limit)s visible ASCII characters.",
            field="Idempotency-Key",
            limit=limit,
        )


class NotYours(Forbidden):
    def __init__(self) -> None:
        super().__init__("You cannot change your own role or disable yourself; ask another admin.")

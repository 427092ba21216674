from domain.errors import DomainError, Invalid, Word
from domain.users.errors import EmailTaken


def test_an_error_is_its_english_sentence_and_keeps_template_and_values() -> None:
    error = Invalid("'%(name)s' is %(what)s.", field="name", name="a%b", what=Word("empty"))
    assert str(error) == "'a%b' is empty."
    assert error.message == "'%(name)s' is %(what)s."
    assert error.values == {"name": "a%b", "what": "empty"}
    assert error.field == "name"


def test_percent_signs_are_doubled_only_beside_values() -> None:
    assert str(DomainError("It is 100% full.")) == "It is 100% full."
    assert str(DomainError("%(what)s is 100%% full.", what="It")) == "It is 100% full."


def test_a_form_can_put_a_conflict_beside_its_field() -> None:
    error = EmailTaken("sari@example.org")
    assert (error.field, error.values) == ("email", {"email": "sari@example.org"})

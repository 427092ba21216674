import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from domain import logs


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_an_event_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    structlog.get_logger("ggez.jobs").info("job.claimed", attempt=2)
    (line,) = lines(capsys)
    assert line["event"] == "job.claimed"
    assert line["attempt"] == 2
    assert line["level"] == "info"
    assert line["logger"] == "ggez.jobs"
    assert str(line["timestamp"]).endswith("Z")


def test_a_person_reads_text(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(style="pretty")
    structlog.get_logger().info("job.claimed", attempt=2)
    text = capsys.readouterr().err
    assert "job.claimed" in text
    assert "attempt=2" in text


@pytest.mark.parametrize("name", ["uvicorn.error", "celery.worker", "sqlalchemy.engine", "alembic"])
def test_libraries_come_out_of_the_same_pipe(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    logging.getLogger(name).warning("It took %s s.", 3)
    (line,) = lines(capsys)
    assert (line["logger"], line["event"]) == (name, "It took 3 s.")


def test_the_handlers_a_library_brought_along_are_gone(capsys: pytest.CaptureFixture[str]) -> None:
    library = logging.getLogger("uvicorn")
    library.addHandler(logging.StreamHandler())
    library.propagate = False
    logs.configure()
    library.warning("once")
    assert len(lines(capsys)) == 1


def test_bound_identifiers_stand_on_every_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    with structlog.contextvars.bound_contextvars(request_id="r1"):
        structlog.get_logger().info("ours")
        logging.getLogger("sqlalchemy").warning("theirs")
    structlog.get_logger().info("after")
    assert [line.get("request_id") for line in lines(capsys)] == ["r1", "r1", None]


@pytest.mark.parametrize(
    "name",
    ["password", "new_password", "Authorization", "cookie", "set-cookie", "api_token", "csrf_token",
     "client_secret", "api_key", "sign_in_link"],
)  # fmt: skip
def test_a_value_with_a_secret_name_is_hidden(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure()
    structlog.get_logger().info("seen", **{name: "hunter2"}, form={"inner": [{name: "hunter2"}]})
    out = capsys.readouterr().err
    assert "hunter2" not in out
    assert logs.HIDDEN in out


def test_the_password_in_an_address_is_hidden_even_inside_a_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure()
    try:
        int("postgresql://ggez:hunter2@db:5432/ggez")
    except ValueError:
        logging.getLogger("sqlalchemy").exception("redis://:hunter2@cache/0 is away")
    out = capsys.readouterr().err
    assert "hunter2" not in out
    assert "postgresql://ggez:[hidden]@db:5432/ggez" in out


def test_a_bearer_token_in_a_message_is_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    logging.getLogger("x").warning("header was: Bearer ggez_abc-123.x")
    assert "abc-123" not in capsys.readouterr().err


def test_numbers_that_only_sound_secret_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    structlog.get_logger().info("claimed", fencing_token=7, max_new_tokens=20)
    (line,) = lines(capsys)
    assert (line["fencing_token"], line["max_new_tokens"]) == (7, 20)


def test_the_level_is_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(level="warning")
    structlog.get_logger().info("quiet")
    logging.getLogger("celery").info("quiet")
    structlog.get_logger().warning("heard")
    assert [line["event"] for line in lines(capsys)] == ["heard"]

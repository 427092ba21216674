"""`ggez token`: keys for programs. A token is printed once and stored as a digest only."""

import uuid
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from cli import database
from cli.options import data_option, json_option
from cli.terminal import output
from domain.users import queries, tokens
from domain.users import service as users
from domain.users.errors import UserNotFound
from domain.users.models import ApiToken, User


@click.group(epilog="Example: ggez token create --user ana@example.org --name notebook")
def token() -> None:
    """Make, list and revoke API tokens. A token may do what its person may do."""


@token.command(epilog="Example: ggez token create --user ana@example.org --name notebook")
@click.option("--user", "email", required=True, help="The e-mail address of its person.")
@click.option("--name", required=True, help="What it is for, such as 'notebook'.")
@click.option(
    "--expires-days",
    type=int,
    default=90,
    show_default=True,
    help=f"For how many days it is valid, at most {tokens.LONGEST_DAYS}.",
)
@click.option("--never-expires", is_flag=True, help="It is valid until it is revoked.")
@data_option
@json_option
def create(
    *, email: str, name: str, expires_days: int, never_expires: bool, data: Path, as_json: bool
) -> None:
    """Make a token and print it. It cannot be shown again."""
    valid_days = None if never_expires else expires_days
    with database.reach(data) as settings, database.unit_of_work(settings) as session:
        owner = _get_user(session, email)
        made = tokens.create_token(session, owner, name=name, valid_days=valid_days)
        facts = _describe(made.row) | {"token": made.secret}
    if as_json:
        output.print_json(facts)
        return
    until = facts["expires_at"]
    valid = f"until {until:%Y-%m-%d %H:%M} UTC" if until else "until it is revoked"
    click.echo(f"Token '{facts['name']}' of {facts['user']} is valid {valid}.")
    click.echo("Keep it now; it is not shown again:")
    click.echo(facts["token"])


@token.command("list", epilog="Example: ggez token list --user ana@example.org")
@click.option("--user", "email", help="Only those of this e-mail address.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most.")
@click.option("--before", type=click.UUID, help="Go on after this id, the last one of a list.")
@data_option
@json_option
def list_(
    *, email: str | None, limit: int, before: uuid.UUID | None, data: Path, as_json: bool
) -> None:
    """List tokens by their first characters, the newest first."""
    with database.reach(data) as settings, database.unit_of_work(settings) as session:
        user_id = _get_user(session, email).id if email is not None else None
        rows = queries.list_tokens(session, user_id=user_id, limit=limit, before=before)
        found = [_describe(row) for row in rows]
    if as_json:
        output.print_items(found)
        return
    columns = ("hint", "name", "user", "expires_at", "last_used_at", "revoked_at", "id")
    header = ("TOKEN", "NAME", "USER", "EXPIRES", "LAST USED", "REVOKED", "ID")
    output.print_table(header, [[row[column] for column in columns] for row in found])


@token.command(epilog="Example: ggez token revoke 0199a2b4-6f7c-7d31-8a55-3f0c5b9d1e77")
@click.argument("token_id", type=click.UUID)
@data_option
@json_option
def revoke(*, token_id: uuid.UUID, data: Path, as_json: bool) -> None:
    """Make a token useless, at once."""
    with database.reach(data) as settings, database.unit_of_work(settings) as session:
        facts = _describe(tokens.revoke_token(session, token_id, actor=None))
    if as_json:
        output.print_json(facts)
        return
    click.echo(f"Token '{facts['name']}' of {facts['user']} was revoked.")


def _get_user(session: Session, email: str) -> User:
    found = users.find_user(session, email)
    if found is None:
        raise UserNotFound(email)
    return found


def _describe(row: ApiToken) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "hint": row.hint,
        "user": row.user.email,
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "last_used_at": row.last_used_at,
        "revoked_at": row.revoked_at,
    }

"""`ggez user`: who may come in. Sign-in links are printed once and stored as a digest only."""

import datetime as dt
import os
import uuid
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from cli import database
from cli.machine import instance
from cli.machine.folder import DataFolder
from cli.options import data_option, json_option
from cli.terminal import output
from domain import clock
from domain.users import queries
from domain.users import service as users
from domain.users.errors import UserNotFound
from domain.users.models import LinkPurpose, Role, User

_DEFAULT_BASE_URL = "http://127.0.0.1:8000"


@click.group(epilog="Example: ggez user add ana@example.org --role researcher")
def user() -> None:
    """Add people, list them, and let them in with one-time links."""


@user.command(epilog="Example: ggez user add ana@example.org --name 'Ana Dewi' --role researcher")
@click.argument("email")
@click.option("--name", default="", help="How the panel calls this person.")
@click.option(
    "--role",
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="What this person may do: administer, do research, or rate.",
)
@data_option
@json_option
def add(*, email: str, name: str, role: str, data: Path, as_json: bool) -> None:
    """Add a person and print a link that signs them in once."""
    with database.reach(data) as settings, database.unit_of_work(settings) as session:
        added = users.create_user(session, email=email, name=name, role=role)
        facts = _describe(added) | _make_link(session, added, data)
    if as_json:
        output.print_json(facts)
        return
    click.echo(f"{facts['email']} was added as {facts['role']}.")
    _print_link(facts)


@user.command("list", epilog="Example: ggez user list --json")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most.")
@click.option("--before", type=click.UUID, help="Go on after this id, the last one of a list.")
@data_option
@json_option
def list_(*, limit: int, before: uuid.UUID | None, data: Path, as_json: bool) -> None:
    """List people, the newest first."""
    with database.reach(data) as settings, database.unit_of_work(settings) as session:
        people = [
            _describe(person) for person in queries.list_people(session, limit=limit, before=before)
        ]
    if as_json:
        output.print_items(people)
        return
    columns = ("email", "role", "name", "disabled_at", "id")
    header = ("EMAIL", "ROLE", "NAME", "DISABLED", "ID")
    output.print_table(header, [[person[column] for column in columns] for person in people])


@user.command(epilog="Example: ggez user link ana@example.org")
@click.argument("email")
@click.option("--reset", is_flag=True, help="Using the link also forgets the password.")
@data_option
@json_option
def link(*, email: str, reset: bool, data: Path, as_json: bool) -> None:
    """Print a link that signs a person in once. Earlier links of theirs stop working."""
    purpose = LinkPurpose.RESET if reset else LinkPurpose.SIGN_IN
    with database.reach(data) as settings, database.unit_of_work(settings) as session:
        found = users.find_user(session, email)
        if found is None:
            raise UserNotFound(email)
        facts = _describe(found) | _make_link(session, found, data, purpose)
    if as_json:
        output.print_json(facts)
        return
    _print_link(facts)


def _describe(person: User) -> dict[str, Any]:
    return {
        "id": person.id,
        "email": person.email,
        "name": person.name,
        "role": person.role,
        "created_at": person.created_at,
        "disabled_at": person.disabled_at,
    }


def _make_link(
    session: Session, person: User, data: Path, purpose: LinkPurpose = LinkPurpose.SIGN_IN
) -> dict[str, Any]:
    token = users.create_sign_in_link(session, person, purpose)
    running = instance.find_running(DataFolder.at(data))
    base_url = running.base_url if running else os.environ.get("GGEZ_BASE_URL", _DEFAULT_BASE_URL)
    return {
        "link": f"{base_url}/sign-in/{token}",
        "link_expires_at": clock.now() + users.LINK_VALID_FOR,
        "running": running is not None,
    }


def _print_link(facts: dict[str, Any]) -> None:
    expires_at: dt.datetime = facts["link_expires_at"]
    when = "" if facts["running"] else ", once 'ggez up' runs"
    click.echo(f"This link signs in once, until {expires_at:%Y-%m-%d %H:%M} UTC{when}:")
    click.echo(facts["link"])

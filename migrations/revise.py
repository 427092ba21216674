"""Write the next migration: compare the models with what the migrations so far make.

    make migrate MESSAGE="ratings carry a confidence"

Read what comes out before committing it: Alembic sees tables, columns and indexes, not intentions.
"""

import sys
from pathlib import Path

from alembic import command
from alembic.config import Config

from cli.embedded import temporary
from domain import schema
from domain.db import connect


def revise(message: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    number = int(schema.latest_version()) + 1
    with temporary.running_postgres() as url:
        engine = connect(url)
        with engine.begin() as connection:
            schema.migrate(connection)
            config.attributes["connection"] = connection
            command.revision(config, message=message, rev_id=f"{number:04d}", autogenerate=True)
        engine.dispose()


def main() -> None:
    message = " ".join(sys.argv[1:]).strip()
    if not message:
        sys.exit('Say what the migration does: make migrate MESSAGE="what it does"')
    revise(message)


if __name__ == "__main__":
    main()

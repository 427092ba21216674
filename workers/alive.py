"""`python -m workers.alive`: exit code 0 when a worker of this host gave a sign of life lately.

The health check of a container. Celery's own would need its remote control, which is off.
"""

import socket
import sys

from sqlalchemy import exists, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from domain.db import connect
from domain.jobs import pulses
from domain.jobs.models import WorkerPulse
from workers.settings import WorkerSettings


def is_alive(session: Session, host: str) -> bool:
    seen = exists().where(WorkerPulse.host == host, pulses.is_alive())
    return bool(session.scalar(select(seen)))


def main() -> int:
    engine = connect(WorkerSettings().database_url, pool_size=1)
    try:
        with Session(engine) as session:
            return 0 if is_alive(session, socket.gethostname()) else 1
    except SQLAlchemyError:
        return 1
    finally:
        engine.dispose()


if __name__ == "__main__":
    sys.exit(main())

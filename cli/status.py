"""`ggez status`: what runs on a data folder, and what it takes."""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
import psutil

from cli.machine import instance
from cli.machine.folder import DataFolder
from cli.machine.instance import Instance
from cli.options import data_option, json_option


@click.command(epilog="Example: ggez status --data ./var --json")
@data_option
@json_option
def status(*, data: Path, as_json: bool) -> None:
    """Say what runs on this data folder, since when, and how much memory it takes."""
    folder = DataFolder.at(data)
    found = _describe(folder, instance.find_running(folder))
    click.echo(json.dumps(found, indent=2) if as_json else _as_text(found))


def _describe(folder: DataFolder, running: Instance | None) -> dict[str, Any]:
    known: dict[str, Any] = {
        "version": version("ggez"),
        "data": str(folder.path),
        "running": running is not None,
    }
    if running is None:
        return known
    families = [("supervisor", running.pid, _measure_one(running.pid))]
    families += [(name, pid, _measure_family(pid)) for name, pid in running.processes.items()]
    processes = [
        {
            "name": name,
            "pid": pid,
            "memory_bytes": memory,
            "restarts": running.restarts.get(name, 0),
        }
        for name, pid, memory in families
    ]
    return {
        **known,
        "ready": running.ready,
        "base_url": running.base_url,
        "port": running.port,
        "started_at": running.started_at,
        "memory_bytes": sum(process["memory_bytes"] for process in processes),
        "processes": processes,
    }


def _measure_family(pid: int) -> int:
    """Of the process and all below it: of a worker also its jobs, of PostgreSQL its backends."""
    try:
        below = psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return 0
    return _measure_one(pid) + sum(_measure_one(child.pid) for child in below)


def _measure_one(pid: int) -> int:
    """Shared pages are divided among their users, so that the sum over processes is true."""
    try:
        return int(psutil.Process(pid).memory_full_info().pss)
    except psutil.Error:
        return 0


def _as_text(found: dict[str, Any]) -> str:
    if not found["running"]:
        return f"Nothing runs on the data folder {found['data']}."
    state = "is ready" if found["ready"] else "is starting"
    lines = [
        f"GG-EZ {found['version']} {state} at {found['base_url']} (data folder {found['data']}).",
        *(
            f"  {process['name']:<14} process {process['pid']:<8} "
            f"{process['memory_bytes'] / 2**20:6.0f} MiB"
            + (f"  restarted {process['restarts']} times" if process["restarts"] else "")
            for process in found["processes"]
        ),
        f"  Together {found['memory_bytes'] / 2**20:.0f} MiB.",
    ]
    return "\n".join(lines)

"""What this machine has and lacks, one finding each, with how to mend it."""

import importlib.metadata
import importlib.util
import ipaddress
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg
import redis as redis_library
from packaging.requirements import Requirement

from cli.embedded import postgres, process, redis
from cli.machine import children, instance, services
from cli.machine.folder import DataFolder
from domain.errors import Conflict, DomainError

_GIB = 2**30
_LEAST_DISK_GIB = 2
_COMFORTABLE_DISK_GIB = 20
_COMFORTABLE_MEMORY_GIB = 4
# One font per script that a region may need on charts and in reports.
_SCRIPTS = {"th": "Thai", "km": "Khmer", "my": "Burmese", "lo": "Lao", "ta": "Tamil"}
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True, kw_only=True)
class Finding:
    name: str
    ok: bool
    message: str
    essential: bool = False
    """Whether `ggez up` cannot do without it."""
    mend: str = ""


def examine(folder: DataFolder, port: int) -> Iterator[Finding]:
    yield _check_python()
    yield _check_packages()
    yield _check_service("PostgreSQL", services.given_database_url(), _reach_postgres)
    yield _check_service("Redis", services.given_redis_url(), _reach_redis)
    yield _check_process_tools()
    yield _check_folder(folder)
    yield _check_memory()
    yield _check_port(folder, port)
    yield _check_base_url(folder)
    yield _check_torch()
    yield _check_gpu()
    yield _check_chromium()
    yield _check_fonts()


def _check_python() -> Finding:
    found = ".".join(str(part) for part in sys.version_info[:3])
    return Finding(
        name="python",
        ok=sys.version_info[:2] == (3, 11),
        essential=True,
        message=f"Python {found}.",
        mend="Install Python 3.11 and run 'make setup'.",
    )


def _check_packages() -> Finding:
    try:
        required = [Requirement(line) for line in importlib.metadata.requires("ggez") or ()]
    except importlib.metadata.PackageNotFoundError:
        required = [Requirement("ggez")]
    wanted = [r for r in required if r.marker is None or r.marker.evaluate({"extra": ""})]
    missing = [r.name for r in wanted if not _is_installed(r.name)]
    return Finding(
        name="packages",
        ok=not missing,
        essential=True,
        message=f"Missing: {', '.join(missing)}." if missing else f"All {len(wanted)} are there.",
        mend="Run 'make setup'.",
    )


def _is_installed(package: str) -> bool:
    try:
        importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _check_service(name: str, given: str, reach: Callable[[str], str]) -> Finding:
    try:
        message, ok = reach(given), True
    except (DomainError, psycopg.Error, redis_library.RedisError, ValueError) as error:
        message, ok = " ".join(str(error).split()), False
    mend = f"Start that {name}, or unset its address." if given else "Run 'make setup'."
    return Finding(name=name.lower(), ok=ok, essential=True, message=message, mend=mend)


def _reach_postgres(given: str) -> str:
    if not given:
        return f"The embedded one: {postgres.find_binaries()}."
    with psycopg.connect(given, connect_timeout=5) as connection:
        return f"Version {connection.info.server_version // 10_000} answers."


def _reach_redis(given: str) -> str:
    if not given:
        return f"The embedded one: {redis.find_binary()}."
    with redis_library.Redis.from_url(given, socket_connect_timeout=5) as client:
        return f"Version {client.info('server')['redis_version']} answers."


def _check_process_tools() -> Finding:
    try:
        found = [process.find_tool(tool) for tool in ("setpriv", "sh")]
        postgres.check_reachable()
    except DomainError as error:
        return Finding(name="processes", ok=False, essential=True, message=str(error))
    message = f"Servers die with their parent, by {found[0]}."
    return Finding(name="processes", ok=True, essential=True, message=message)


def _check_folder(folder: DataFolder) -> Finding:
    existing = next(path for path in (folder.path, *folder.path.parents) if path.exists())
    free_gib = shutil.disk_usage(existing).free / _GIB
    writable = os.access(existing, os.W_OK | os.X_OK)
    message = f"{folder.path}: {free_gib:.0f} GiB are free."
    if not writable:
        message = f"{existing} cannot be written to by this user."
    return Finding(
        name="data",
        ok=writable and free_gib >= _COMFORTABLE_DISK_GIB,
        essential=not writable or free_gib < _LEAST_DISK_GIB,
        message=message,
        mend=f"Choose another folder with --data; {_COMFORTABLE_DISK_GIB} GiB hold a first study.",
    )


def _check_memory() -> Finding:
    available_gib = psutil.virtual_memory().available / _GIB
    return Finding(
        name="memory",
        ok=available_gib >= _COMFORTABLE_MEMORY_GIB,
        message=f"{available_gib:.1f} GiB are available.",
        mend=f"Jobs that load models want {_COMFORTABLE_MEMORY_GIB} GiB; 'ML=0' needs two.",
    )


def _check_port(folder: DataFolder, port: int) -> Finding:
    running = instance.find_running(folder)
    if running is not None:
        message = f"GG-EZ runs at {running.base_url}."
        return Finding(name="port", ok=True, message=message)
    try:
        children.open_port("127.0.0.1", port).close()
    except Conflict as error:
        mend = "Stop what uses it, or 'ggez up --port 0'."
        return Finding(name="port", ok=False, message=str(error), mend=mend)
    return Finding(name="port", ok=True, message=f"Port {port} is free.")


def _check_base_url(folder: DataFolder) -> Finding:
    running = instance.find_running(folder)
    url = os.environ.get("GGEZ_BASE_URL") or (running.base_url if running else "")
    host = urlsplit(url).hostname or "127.0.0.1"
    loopback = _is_loopback(host)
    message = f"Links begin with {url or 'http://127.0.0.1'}"
    return Finding(
        name="address",
        ok=not loopback,
        message=message + (": raters' phones cannot reach that." if loopback else "."),
        mend="Set GGEZ_BASE_URL to the address that others type, and start with --host 0.0.0.0 or "
        "behind a proxy.",
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _check_torch() -> Finding:
    there = importlib.util.find_spec("torch") is not None
    version = importlib.metadata.version("torch") if there else ""
    return Finding(
        name="torch",
        ok=there,
        message=f"torch {version}." if there else "Not installed: this machine rates, only.",
        mend="'make setup' without ML=0 installs it.",
    )


def _check_gpu() -> Finding:
    num_gpus = children.count_gpus()
    return Finding(
        name="gpu",
        ok=num_gpus > 0,
        message=f"{num_gpus} found." if num_gpus else "None found: jobs compute on the CPU.",
        mend="Install NVIDIA's driver when there is a card; 'nvidia-smi -L' must list it.",
    )


def find_chromium() -> str | None:
    """The system's, else one that Playwright fetched."""
    fetched = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or "~/.cache/ms-playwright")
    own = fetched.expanduser().glob("chromium-*/chrome-linux*/chrome")
    return next(filter(None, map(shutil.which, _BROWSERS)), None) or next(map(str, own), None)


def _check_chromium() -> Finding:
    found = find_chromium()
    return Finding(
        name="chromium",
        ok=found is not None,
        message=f"{found}." if found else "None: the browser tests cannot run.",
        mend="apt-get install chromium",
    )


def _check_fonts() -> Finding:
    tool = shutil.which("fc-list")
    missing = [name for code, name in _SCRIPTS.items() if tool is None or not _has(tool, code)]
    message = f"No font for {', '.join(missing)}." if missing else "All scripts have one."
    mend = "apt-get install fontconfig fonts-noto-core"
    return Finding(name="fonts", ok=not missing, message=message, mend=mend)


def _has(fc_list: str, language: str) -> bool:
    listed = subprocess.run([fc_list, f":lang={language}"], capture_output=True, check=False)
    return bool(listed.stdout.strip())

"""The services of docker-compose.yml fit the code, as far as one can tell without running them."""

import importlib.util
import re
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.settings import WebSettings
from domain.settings import Settings
from workers.settings import WorkerSettings

from .conftest import Source

Service = dict[str, Any]

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, Service] = COMPOSE["services"]
OURS = ("migrate", "web", "worker-cpu", "worker-gpu", "beat")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def stages() -> dict[str, list[str]]:
    """Stage -> its instructions, continued lines joined, comments gone."""
    found: dict[str, list[str]] = {}
    text = re.sub(r"\\\n\s*", " ", re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.MULTILINE))
    for line in filter(None, text.splitlines()):
        start = re.fullmatch(r"FROM (\S+) AS (\S+)", line)
        if start:
            current = found.setdefault(start[2], [])
        current.append(line)
    return found


def settings_of(service: str) -> type[Settings]:
    return WebSettings if service in {"web", "migrate"} else WorkerSettings


def words(service: str) -> list[str]:
    command = SERVICES[service]["command"]
    assert isinstance(command, list), "A list is not read by a shell."
    return [str(word) for word in command]


def test_the_services_are_these() -> None:
    assert set(SERVICES) == {"postgres", "redis", "migrate", "web", "proxy", "worker-cpu",
                             "worker-gpu", "beat"}  # fmt: skip


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_runs_as_somebody_other_than_root(name: str) -> None:
    service = SERVICES[name]
    if "build" not in service:
        assert service["user"] in {"postgres", "redis"}
        return
    target = service["build"]["target"]
    users = [line.split()[1] for line in stages()[target] if line.startswith("USER ")]
    assert users, f"Stage {target} names no USER."
    assert int(users[-1].partition(":")[0]) >= 10000


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_confined(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["read_only"] is True


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_says_whether_it_is_well_and_is_started_again(name: str) -> None:
    service = SERVICES[name]
    if name == "migrate":  # runs once; its exit code says it
        assert service["restart"] == "no"
        assert service["healthcheck"] == {"disable": True}
        return
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] == "CMD"
    assert {"interval", "timeout", "retries"} <= set(service["healthcheck"])


@pytest.mark.parametrize("name", OURS)
def test_every_name_in_the_environment_is_a_setting(name: str) -> None:
    known = {f"GGEZ_{field.upper()}" for field in settings_of(name).model_fields}
    given = {key for key in SERVICES[name]["environment"] if key.startswith("GGEZ_")}
    assert given <= known, f"No such setting: {given - known}"
    secret = {key.upper() for key in SERVICES[name]["secrets"] if key.startswith("ggez_")}
    assert secret <= known


@pytest.mark.parametrize("name", OURS)
def test_every_value_in_the_environment_is_one_the_setting_takes(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, value in SERVICES[name]["environment"].items():
        if value is not None:
            monkeypatch.setenv(key, re.sub(r"\$\{\w+:-(.*?)\}", r"\1", str(value)))
    assert settings_of(name)().redis_url == "redis://redis:6379/0"


def test_names_in_the_dockerfile_are_settings() -> None:
    known = {f"GGEZ_{field.upper()}" for field in Settings.model_fields}
    assert set(re.findall(r"GGEZ_\w+", DOCKERFILE)) <= known


def test_the_database_address_is_a_secret_and_no_plain_text() -> None:
    for name in OURS:
        assert "GGEZ_DATABASE_URL" not in SERVICES[name]["environment"]
        assert "ggez_database_url" in SERVICES[name]["secrets"]
    for secret in COMPOSE["secrets"].values():
        assert secret["file"].startswith("./deploy/secrets/")
    assert "deploy/secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_the_script_that_makes_the_secrets_makes_those_that_are_mounted() -> None:
    script = ROOT / "deploy" / "make-secrets.sh"
    assert script.stat().st_mode & stat.S_IXUSR
    text = script.read_text(encoding="utf-8")
    for secret in COMPOSE["secrets"].values():
        assert f"secrets/{Path(secret['file']).name}" in text


@pytest.mark.parametrize("name", ["web", "worker-cpu", "worker-gpu", "beat"])
def test_nothing_starts_before_the_database_is_migrated(name: str) -> None:
    conditions = {needed: how["condition"] for needed, how in SERVICES[name]["depends_on"].items()}
    assert conditions == {
        "migrate": "service_completed_successfully",
        "postgres": "service_healthy",
        "redis": "service_healthy",
    }


def test_the_proxy_waits_for_a_healthy_web_and_is_the_only_open_door() -> None:
    assert SERVICES["proxy"]["depends_on"] == {"web": {"condition": "service_healthy"}}
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]


def test_only_the_proxys_network_is_believed_about_addresses() -> None:
    (network,) = COMPOSE["networks"]["front"]["ipam"]["config"]
    assert SERVICES["web"]["environment"]["GGEZ_TRUSTED_PROXIES"] == network["subnet"]
    assert {name for name, service in SERVICES.items() if "front" in service["networks"]} == {
        "web",
        "proxy",
    }


def test_the_gpu_is_reserved_and_only_under_its_profile() -> None:
    gpu = SERVICES["worker-gpu"]
    (device,) = gpu["deploy"]["resources"]["reservations"]["devices"]
    assert device == {"driver": "nvidia", "count": 1, "capabilities": ["gpu"]}
    assert gpu["profiles"] == ["gpu"]
    assert "--queues=gpu" in words("worker-gpu")
    assert "CUDA_VISIBLE_DEVICES" not in gpu["environment"]


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("web", "uvicorn"),
        ("worker-cpu", "celery"),
        ("worker-gpu", "celery"),
        ("beat", "celery"),
        ("migrate", "alembic"),
    ],
)
def test_the_command_is_one_that_is_installed(name: str, module: str) -> None:
    assert words(name)[0] == module
    assert importlib.util.find_spec(module) is not None


def test_commands_and_health_checks_name_modules_that_exist() -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8") + DOCKERFILE
    named = set(re.findall(r"\b((?:app|workers)\.\w+)", text))
    assert named == {"app.main", "app.protocol", "workers.celery_app", "workers.alive"}
    for module in named:
        assert importlib.util.find_spec(module) is not None


def test_files_are_shared_by_all_who_read_or_write_them() -> None:
    for name in ("web", "worker-cpu", "worker-gpu", "beat"):
        assert "data:/var/lib/ggez" in SERVICES[name]["volumes"]
    assert "ENV PATH" in DOCKERFILE
    assert "GGEZ_DATA=/var/lib/ggez" in DOCKERFILE


def test_every_volume_network_and_secret_that_is_used_is_declared() -> None:
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            assert volume.partition(":")[0] in COMPOSE["volumes"]
        assert set(service["networks"]) <= set(COMPOSE["networks"])
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])


def test_the_dockerfile_copies_what_is_there_and_what_the_context_lets_in() -> None:
    let_in = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for line in (line for stage in stages().values() for line in stage):
        copied = re.fullmatch(r"COPY (?!--from)(.+) \S+", line)
        for path in copied[1].split() if copied else []:
            assert (ROOT / path).exists(), f"{path} is not there."
            assert f"!{path}" in let_in, f"{path} does not pass .dockerignore."


def test_every_package_is_in_an_image(source: Source) -> None:
    copied = set(re.findall(r"^COPY (\w+) \w+$", DOCKERFILE, flags=re.MULTILINE))
    assert set(source.packages) <= copied
    assert {"migrations", "templates", "static", "locales", "regions"} <= copied


def test_the_web_image_carries_no_torch() -> None:
    web = "\n".join(stages()["web"] + stages()["base"] + stages()["build"])
    assert "build-worker" not in web
    assert "ml" not in re.findall(r"COPY (\w+)", web)


def test_the_proxy_hides_the_metrics_and_answers_its_health_check() -> None:
    caddyfile = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8")
    assert re.search(r"path /metrics\n\s*respond @inside 404", caddyfile)
    assert "reverse_proxy web:8000" in caddyfile
    assert "http://127.0.0.1:8081" in caddyfile
    assert "http://127.0.0.1:8081/" in SERVICES["proxy"]["healthcheck"]["test"]

"""`ggez doctor`: what this machine lacks, and how to mend it."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from cli.errors import Failure
from cli.machine import checks
from cli.machine.checks import Finding
from cli.machine.folder import DataFolder
from cli.options import data_option, json_option


@click.command(epilog="Example: ggez doctor --json")
@data_option
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Where 'ggez up' shall listen.",
)
@json_option
@click.pass_context
def doctor(ctx: click.Context, *, data: Path, port: int, as_json: bool) -> None:
    """Check this machine and say how to mend what is missing.

    Ends with exit code 1 when something is missing that `ggez up` cannot do without.
    """
    findings = list(checks.examine(DataFolder.at(data), port))
    healthy = all(finding.ok or not finding.essential for finding in findings)
    if as_json:
        report = {"ok": healthy, "checks": [asdict(finding) for finding in findings]}
        click.echo(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        click.echo(_as_text(findings, healthy=healthy))
    if not healthy:
        ctx.exit(Failure.exit_code)


def _as_text(findings: Sequence[Finding], *, healthy: bool) -> str:
    lines = [line for finding in findings for line in _describe(finding)]
    verdict = "This machine can run GG-EZ." if healthy else "This machine cannot run GG-EZ yet."
    return "\n".join([*lines, verdict])


def _describe(finding: Finding) -> list[str]:
    mark = "ok" if finding.ok else "MISSING" if finding.essential else "note"
    lines = [f"{mark:<8} {finding.name:<11} {finding.message}"]
    if finding.mend and not finding.ok:
        lines.append(f"{'':<20} {finding.mend}")
    return lines

"""What must not stand in the repository: hosts of registries, paths of machines."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_no_registry_host_and_no_machine_path() -> None:
    forbidden = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|/root/|/home/\w+/|/work/")
    own = Path(__file__)
    offending = [
        path.relative_to(ROOT)
        for path in tracked()
        if path != own and path.is_file() and forbidden.search(path.read_text(errors="ignore"))
    ]
    assert offending == []


def test_requirements_are_locked_with_hashes() -> None:
    for name in ("tools", "run", "dev", "demo"):
        pinned = (ROOT / f"requirements/{name}.txt").read_text()
        requirements = re.findall(r"^[a-z].*?(?=^[a-z#]|\Z)", pinned, re.MULTILINE | re.DOTALL)
        assert requirements
        assert all("==" in item and "--hash=sha256:" in item for item in requirements)

"""Run bioctl from a fresh clone: `python3 run.py demo`, `python3 run.py test`.

Needs only Python 3.11+ and pip. The first call makes `.venv` beside this file and installs the
versions of `requirements.lock` and bioctl itself into it; later calls go straight to the command.
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENV = ROOT / ".venv"
PYTHON = ENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
SOURCES = ("pyproject.toml", "requirements.lock")
COMMANDS = {
    "demo": ["-m", "bioctl", "demo"],
    "test": ["-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", "-m", "not campaign"],
    "campaign": ["-m", "pytest", "-q", "-m", "campaign"],
    "bioctl": ["-m", "bioctl"],
}


def fingerprint() -> str:
    """Return what the environment must have been made from."""
    content = b"".join((ROOT / name).read_bytes() for name in SOURCES)
    return hashlib.sha256(content + sys.version.encode()).hexdigest()


def prepare() -> None:
    """Make the environment, unless it was made from the same sources."""
    ready = ENV / ".ready"
    if ready.exists() and ready.read_text() == fingerprint():
        return
    print("setting up .venv (once) ...", flush=True)
    # No pip inside: Debian ships venv without ensurepip; this Python's own pip installs into it.
    venv.create(ENV, with_pip=False, symlinks=os.name != "nt")
    pip = [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--quiet"]
    quiet = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    locked = ["--require-hashes", "--requirement", str(ROOT / "requirements.lock")]
    subprocess.run([*pip, *locked], check=True, env=quiet)
    subprocess.run([*pip, "--no-deps", "--editable", str(ROOT)], check=True, env=quiet)
    ready.write_text(fingerprint())


def main(arguments: list[str]) -> int:
    """Run one command in the environment."""
    if sys.version_info < (3, 11):
        sys.exit("bioctl needs Python 3.11 or newer")
    if not arguments or arguments[0] not in COMMANDS:
        sys.exit(f"usage: python3 run.py [{'|'.join(COMMANDS)}]")
    try:
        prepare()
    except subprocess.CalledProcessError:
        sys.exit("the environment could not be made: see what pip said above")
    command = [str(PYTHON), *COMMANDS[arguments[0]], *arguments[1:]]
    try:
        return subprocess.run(command, cwd=ROOT, check=False).returncode
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`bioctl plant`: the simulated plant, a program of its own that knows nothing of bioctl."""

import os
import sys
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer

from bioctl.cli.common import example, noun

app = noun("The simulated plant, to try bioctl without equipment.")

HomeOption = Annotated[Path, typer.Option("--home", help="Folder of the plant's own files.")]
HOME = Path("plant")


@app.command(epilog=example("bioctl plant serve --home plant --port 4840 --speed 60"))
def serve(
    home: HomeOption = HOME,
    port: Annotated[int, typer.Option(min=0, max=65535, help="TCP port; 0 takes any.")] = 4840,
    speed: Annotated[
        float, typer.Option(min=0, max=10_000, help="Simulated s per s; 0 waits to be advanced.")
    ] = 1.0,
    seed: Annotated[int | None, typer.Option(help="Makes noise repeatable.")] = None,
    plant: Annotated[
        str | None, typer.Option(metavar="F", help="Plant file, or a shipped plant's name.")
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME@AT", help="Break something: BR101.base_empty@30h/2h."),
    ] = None,
    no_noise: Annotated[bool, typer.Option("--no-noise", help="Ideal instruments.")] = False,
    accelerate: Annotated[
        bool, typer.Option("--accelerate", help="The same numbers, faster; needs numba.")
    ] = False,
) -> None:
    """Run the plant's OPC UA server until Ctrl-C."""
    more = [] if seed is None else ["--seed", str(seed)]
    more += [] if plant is None else ["--plant", plant]
    more += [word for name in fault or () for word in ("--fault", name)]
    more += ["--no-noise"] if no_noise else []
    more += ["--accelerate"] if accelerate else []
    _become("serve", "--home", str(home), "--port", str(port), "--speed", str(speed), *more)


@app.command(epilog=example("bioctl plant check autologous"))
def check(
    plant: Annotated[str, typer.Argument(help="Plant file, or a shipped plant's name.")],
) -> None:
    """Say whether a plant file is right, and which units it has."""
    _become("check", plant)


@app.command(epilog=example("bioctl plant tags autologous"))
def tags(
    plant: Annotated[str, typer.Argument(help="Plant file, or a shipped plant's name.")] = "demo",
) -> None:
    """Print a plant's tag list as its vendor would send it."""
    _become("tags", plant)


@app.command(
    epilog=example(
        "bioctl plant user bioctl --role control --home plant \\",
        "    --password-file demo-site/secrets/plant.password",
    )
)
def user(
    name: Annotated[str, typer.Argument(help="Name of the OPC UA user.")],
    role: Annotated[Literal["control", "view", "trainer"], typer.Option(help="What it may do.")],
    password_file: Annotated[
        Path, typer.Option(envvar="BIOCTL_PASSWORD_FILE", help="Its first line is the password.")
    ],
    home: HomeOption = HOME,
) -> None:
    """Add a user to the plant's OPC UA server."""
    secret = ("--password-file", str(password_file))
    _become("user", name, "--role", role, *secret, "--home", str(home))


@app.command(epilog=example("bioctl plant trust demo-site/pki/own/bioctl.der --home plant"))
def trust(
    certificate: Annotated[Path, typer.Argument(help="Client certificate, DER.")],
    home: HomeOption = HOME,
) -> None:
    """Let a client with this certificate connect to the plant."""
    _become("trust", str(certificate), "--home", str(home))


def _become(*arguments: str) -> NoReturn:
    """Replace this process by the plant's: one process, one signal, no import between the two."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "bioctl_sim", *arguments])  # noqa: S606

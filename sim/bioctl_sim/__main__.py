"""`python -m bioctl_sim serve | check | tags | user | trust`: a plant as its own program."""

import argparse
import asyncio
import logging
import math
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bioctl_sim.certificates import trust, trusted_folder
from bioctl_sim.refused import Refused
from bioctl_sim.users import Role, Users

if TYPE_CHECKING:
    import socket

    from bioctl_sim.plant import Plant
    from bioctl_sim.server import PlantServer

_MAX_SPEED = 10_000.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return 0 done, 1 refused, 2 usage, 4 port in use or files not usable."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except Refused as refusal:
        return _say(str(refusal), 1)
    except OSError as error:
        place = error.filename or getattr(options, "home", "a file")
        return _say(f"{place} can't be used: {error.strerror}.", 4)


def _say(sentence: str, code: int = 0) -> int:
    sys.stderr.write(f"plant: {sentence}\n")
    return code


def _user(options: argparse.Namespace) -> int:
    text = options.password_file.read_text(encoding="utf-8")
    Users(options.home).add(options.name, Role(options.role), text.strip("\r\n"))
    return _say(f"user '{options.name}' may {options.role}.")


def _trust(options: argparse.Namespace) -> int:
    return _say(f"{trust(options.home, options.certificate)} is trusted.")


def _serve(options: argparse.Namespace) -> int:
    plant = _plant(options)
    # Only `serve` needs OPC UA, which takes half a second to load.
    from bioctl_sim.server import PortInUseError, listen  # noqa: PLC0415

    logging.basicConfig(level=logging.CRITICAL)
    try:
        listener = listen(options.port)
    except PortInUseError as refusal:
        return _say(str(refusal), 4)
    with listener:
        asyncio.run(_run(options, plant, listener))
    return 0


def _plant(options: argparse.Namespace) -> "Plant":
    from bioctl_sim.faults.spoken import spoken  # noqa: PLC0415
    from bioctl_sim.plant import Plant  # noqa: PLC0415
    from bioctl_sim.plantfile.load import load  # noqa: PLC0415

    orders = [spoken(text) for text in options.fault]
    file = load(options.plant)
    fast = options.accelerate
    return Plant(options.seed, not options.no_noise, file, orders, accelerated=fast)


def _check(options: argparse.Namespace) -> int:
    from bioctl_sim.build import tags_of  # noqa: PLC0415
    from bioctl_sim.plantfile.load import load  # noqa: PLC0415

    plant = load(options.plant)
    for spec in plant.units:
        sys.stdout.write(f"{spec.name}  {tags_of(spec).title}\n")
    faults = f", {len(plant.faults)} faults to come" if plant.faults else ""
    return _say(f"{options.plant} is fine: {plant.title}; {len(plant.units)} units{faults}.")


def _tags(options: argparse.Namespace) -> int:
    from bioctl_sim.plantfile.load import load  # noqa: PLC0415
    from bioctl_sim.vendorlist import vendor_list  # noqa: PLC0415

    sys.stdout.write(vendor_list(load(options.plant)))
    return 0


async def _run(options: argparse.Namespace, plant: "Plant", listener: "socket.socket") -> None:
    from bioctl_sim.clock import HostClock, PlantClock  # noqa: PLC0415
    from bioctl_sim.face import PlantFace  # noqa: PLC0415
    from bioctl_sim.plantlog import FILE_NAME, PlantLog  # noqa: PLC0415
    from bioctl_sim.server import PlantServer  # noqa: PLC0415

    options.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    _hint_at_missing(options.home)
    host = HostClock()
    with PlantLog(options.home / FILE_NAME) as log:
        clock = PlantClock(options.speed, host.monotonic())
        face = PlantFace(plant, clock, host, log)
        server = PlantServer(options.home, face, listener)
        await server.start()
        face.record("plant", "start", plant=plant.file.name, seed=plant.seed, speed=options.speed)
        try:
            await _until_told(server)
        finally:
            await server.stop()
            face.record("plant", "stop")


async def _until_told(server: "PlantServer") -> None:
    """Run until SIGTERM or SIGINT; a failure of the plant itself ends it too."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, told.set)
    sys.stdout.write(f"plant ready {server.url}\n")
    sys.stdout.flush()
    waiting = asyncio.create_task(told.wait())
    running = asyncio.create_task(server.run())
    await asyncio.wait({waiting, running}, return_when=asyncio.FIRST_COMPLETED)
    for task in (waiting, running):
        task.cancel()
    for result in await asyncio.gather(waiting, running, return_exceptions=True):
        if isinstance(result, Exception):
            raise result


def _hint_at_missing(home: Path) -> None:
    if not Users(home).names():
        _say(f"nobody can log in yet: python -m bioctl_sim user NAME --home {home} ...")
    if not any(trusted_folder(home).glob("*.der")):
        _say(f"no client is trusted yet: python -m bioctl_sim trust CERT.der --home {home}")


def _speed(text: str) -> float:
    speed = float(text)
    if not (math.isfinite(speed) and 0 <= speed <= _MAX_SPEED):
        raise argparse.ArgumentTypeError(f"expected 0 to {_MAX_SPEED:g}")
    return speed


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bioctl_sim",
        description="A simulated plant, as if bought from a vendor.",
        epilog="example: python -m bioctl_sim serve --home plant --port 4840 --speed 60",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    home = argparse.ArgumentParser(add_help=False)
    home.add_argument(
        "--home", type=Path, required=True, metavar="DIR", help="the plant's own files"
    )
    serve = commands.add_parser("serve", parents=[home], help="run the plant")
    serve.add_argument("--port", type=int, default=0, metavar="N", help="0: any free one")
    serve.add_argument(
        "--speed",
        type=_speed,
        default=1.0,
        metavar="X",
        help="simulated s per s while free; 0 waits for Advance",
    )
    serve.add_argument("--plant", default="demo", metavar="F", help="plant file or shipped name")
    serve.add_argument("--seed", type=int, metavar="S", help="of noise, errors and scatter")
    serve.add_argument("--no-noise", action="store_true", help="ideal sensors and actuators")
    serve.add_argument(
        "--accelerate", action="store_true", help="the same numbers, faster; needs numba"
    )
    serve.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="NAME@AT",
        help="break something: BR101.base_empty@30h/2h, BR101.AT101.drift=0.01@10h",
    )
    serve.set_defaults(run=_serve)
    check = commands.add_parser("check", help="say whether a plant file is right")
    tags = commands.add_parser("tags", help="print a plant's tag list as its vendor would send it")
    for command, run in ((check, _check), (tags, _tags)):
        command.add_argument("plant", metavar="PLANT", help="plant file or shipped name")
        command.set_defaults(run=run)
    user = commands.add_parser("user", parents=[home], help="add a user or change a password")
    user.add_argument("name", metavar="NAME")
    user.add_argument("--role", choices=[role.value for role in Role], required=True)
    user.add_argument("--password-file", type=Path, required=True, metavar="F")
    user.set_defaults(run=_user)
    trusted = commands.add_parser("trust", parents=[home], help="let a client program connect")
    trusted.add_argument("certificate", type=Path, metavar="CERT.der")
    trusted.set_defaults(run=_trust)
    return parser


if __name__ == "__main__":
    sys.exit(main())

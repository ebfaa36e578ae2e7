"""`python -m bioctl` and the `bioctl` command."""

from bioctl.cli.main import app


def main() -> None:
    """Run the command line; leaves with its exit code."""
    app(prog_name="bioctl")


if __name__ == "__main__":
    main()

"""Where recipes are found: inside an installed package, or in the checkout's `recipes/`."""

from pathlib import Path

from bioctl.errors import InputError
from bioctl.language.nearest import suggest, visible
from bioctl.language.prescan import MAX_BYTES, too_large
from bioctl.recipe.names import check_name

PACKAGE = Path(__file__).resolve().parent.parent


def recipe_folder() -> Path:
    """Return the folder of the shipped recipes: packaged in a wheel, else beside the package."""
    packaged = PACKAGE / "_recipes"
    return packaged if packaged.is_dir() else PACKAGE.parent / "recipes"


def recipe_names(folder: Path | None = None) -> tuple[str, ...]:
    """Return the names of all recipes of a folder, sorted; by default of the shipped ones."""
    return tuple(sorted(path.stem for path in (folder or recipe_folder()).glob("*.yaml")))


def find_recipe(name_or_path: str) -> Path:
    """Return the file of a recipe given by name or path; what a person types on a command line.

    Raises:
        InputError: no such file or name; the help tells the nearest name and where it looked.
    """
    if "/" not in name_or_path and "\\" not in name_or_path and "." not in name_or_path:
        return find_named(name_or_path)
    if "\0" in name_or_path or len(name_or_path) > 4096:
        raise InputError(f"'{visible(name_or_path)}' is no path.", help="name a recipe or a file.")
    path = Path(name_or_path)
    if not path.is_file():
        folder = path.parent if path.parent.is_dir() else recipe_folder()
        raise InputError(
            f"there is no recipe file '{visible(name_or_path, 200)}'.",
            help=f"{suggest(path.stem, recipe_names(folder), 'recipes')} looked in {folder}.",
        )
    return path


def find_named(name: str, folder: Path | None = None) -> Path:
    """Return the file of a recipe given by name alone; what a request over the network may ask.

    Raises:
        InputError: the name breaks the grammar of names (so no path gets through), or is unknown.
    """
    check_name(name, "the name of a recipe")
    inside = folder or recipe_folder()
    path = inside / f"{name}.yaml"
    if not path.is_file():
        raise InputError(
            f"there is no recipe '{name}'.",
            help=f"{suggest(name, recipe_names(inside), 'recipes')} looked in {inside}.",
        )
    return path


def read_recipe(path: Path) -> bytes:
    """Return the bytes of a recipe file for `load_recipe`; a huge file is not even read.

    Raises:
        InputError: over 1 MiB, or not readable.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise too_large(str(path))
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"can't read '{visible(str(path), 200)}': {error.strerror}.",
            help="check the path and its permissions.",
        ) from error

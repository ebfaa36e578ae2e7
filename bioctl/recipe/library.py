"""Where recipes are found: inside an installed package, or in the checkout's `recipes/`."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bioctl.errors import InputError
from bioctl.language.document import Mapping, Scalar, Sequence, parse
from bioctl.language.nearest import suggest, visible
from bioctl.language.prescan import MAX_BYTES, too_large
from bioctl.recipe.names import check_name

PACKAGE = Path(__file__).resolve().parent.parent
PARTS = "parts"
"""Folder beside recipes whose files they include."""


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


def part_reader(folder: Path) -> Callable[[str], tuple[bytes, str]]:
    """Return what reads the parts a recipe of this folder includes.

    A part stands in `parts/` beside the recipe, or among the shipped ones.
    """

    def read(name: str) -> tuple[bytes, str]:
        own = folder / PARTS
        path = own / f"{name}.yaml"
        if not path.is_file():
            path = find_part(name)
        return read_recipe(path), str(path)

    return read


def included_texts(text: str, file: Path) -> dict[str, str]:
    """Return the text of every part a recipe includes, by name; errors are left to the loader.

    The controller may stand on another machine: a batch starts with all it needs.
    """
    found: dict[str, str] = {}
    read, wanted = part_reader(file.parent), _includes(text)
    while wanted:
        name = wanted.pop()
        if name in found:
            continue
        with suppress(InputError, UnicodeDecodeError):
            check_name(name, "the name of a part")
            found[name] = read(name)[0].decode()
            wanted.extend(_includes(found[name]))
    return found


def _includes(text: str) -> list[str]:
    """Return the names after every `include` of a file; none where it is no YAML."""
    try:
        nodes = [parse(text, "part")]
    except InputError:
        return []
    found = []
    for node in nodes:  # grows while it is walked
        if isinstance(node, Mapping):
            child = node.entries.get("include")
            found.extend([child.text] if isinstance(child, Scalar) else [])
            nodes.extend(node.entries.values())
        nodes.extend(node.items if isinstance(node, Sequence) else ())
    return found


def shipped_part(name: str) -> tuple[bytes, str]:
    """Return content and file name of a shipped part."""
    return part_reader(recipe_folder())(name)


def find_part(name: str) -> Path:
    """Return the file of a shipped part.

    Raises:
        InputError: there is none of this name.
    """
    inside = recipe_folder() / PARTS
    path = inside / f"{name}.yaml"
    if not path.is_file():
        raise InputError(
            f"there is no part '{visible(name)}'.",
            help=suggest(name, recipe_names(inside), "parts"),
        )
    return path

"""Workflows from folders of TOML files: `blog.toml` is the workflow `blog`. docs/workflows.md says how to write one."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from application.ports.schema import SchemaMismatch
from application.ports.workflows import WorkflowCatalogue, WorkflowFault
from domain.errors import InvalidInput, WorkflowInvalid, WorkflowNotFound
from domain.workflows.definition import workflow_of
from domain.workflows.workflow import Workflow

SHIPPED = Path(__file__).parent / "shipped"
FILE_BYTES = 128 * 1024
FILES = 200


class TomlWorkflows(WorkflowCatalogue):
    """Everything is read when it is made; that never raises, for one bad file must not keep a server from starting.

    Each folder is read for itself, and its files take the place of those of the same name in the folders before it,
    also when they cannot be used: it would be a surprise to run the one that was replaced.
    """

    def __init__(self, folders: Sequence[Path], *, schema_mismatch: SchemaMismatch) -> None:
        self._schema_mismatch = schema_mismatch
        self._found: dict[str, Workflow | WorkflowFault] = {}
        self._folder_faults: list[WorkflowFault] = []
        for folder in folders:
            for file in self._files_in(folder):
                self._found[file.stem] = self._read(file)

    def names(self) -> tuple[str, ...]:
        return tuple(sorted(name for name, found in self._found.items() if isinstance(found, Workflow)))

    def get(self, name: str) -> Workflow:
        match self._found.get(name):
            case None:
                raise WorkflowNotFound(name)
            case WorkflowFault(mistakes=mistakes):
                raise WorkflowInvalid(name, mistakes)
            case workflow:
                return workflow

    def faults(self) -> tuple[WorkflowFault, ...]:
        return *self._folder_faults, *(found for found in self._found.values() if isinstance(found, WorkflowFault))

    def _files_in(self, folder: Path) -> list[Path]:
        """A file whose name begins with a dot is an editor's, and no workflow."""
        try:
            files = sorted(file for file in folder.iterdir() if file.suffix == ".toml" and file.name[0] != ".")
        except OSError as error:
            self._folder_faults.append(_fault(folder, f"cannot be read: {_why(error)}"))
            return []
        if len(files) > FILES:
            self._folder_faults.append(_fault(folder, f"has {len(files):,} files, of which the first {FILES} are read"))
        return files[:FILES]

    def _read(self, file: Path) -> Workflow | WorkflowFault:
        try:
            return workflow_of(file.stem, _toml_in(file), self._schema_mistake)
        except WorkflowInvalid as invalid:
            return _fault(file, *invalid.mistakes)
        except OSError as error:
            return _fault(file, f"cannot be read: {_why(error)}")
        except (ValueError, RecursionError) as error:  # tomllib's own, and a number that is too long for int()
            return _fault(file, f"is not TOML: {error}")

    def _schema_mistake(self, schema: Mapping[str, Any]) -> str | None:
        try:
            self._schema_mismatch({}, schema)
        except InvalidInput as refusal:
            return str(refusal).removeprefix(f"{refusal.field}: ")
        return None


def _toml_in(file: Path) -> dict[str, Any]:
    """A link is followed: that is how Kubernetes mounts files. An editor's mark at the beginning is no mistake."""
    if not file.is_file():
        raise OSError("it is no file")
    with file.open("rb") as opened:
        content = opened.read(FILE_BYTES + 1)
    if len(content) > FILE_BYTES:
        raise OSError(f"it has more than {FILE_BYTES:,} bytes")
    return tomllib.loads(content.decode("utf-8-sig"))


def _fault(path: Path, *mistakes: str) -> WorkflowFault:
    """A name that is no Unicode can be shown too."""
    return WorkflowFault(str(path).encode(errors="replace").decode(), mistakes)


def _why(error: OSError) -> str:
    return error.strerror or str(error)
